package dev.stoker.memory.llama.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the compute buffers of a batch take, by device. Pure. */
public final class ComputeBuffers {
    private ComputeBuffers() {}

    /**
     * @return bytes by device, in the batch's order of devices; empty where the architecture's
     *     graph is not known
     */
    public static Optional<long[]> of(Batch batch) {
        return traits(batch).map(traits -> bytes(new Decoder(batch, traits).build(), batch));
    }

    /**
     * Returns whether each layer's attention in one operation is computed where the layer is, which
     * llama.cpp tries with one token a sequence; empty where the graph is not known.
     */
    public static Optional<Boolean> attendsInPlace(Batch batch) {
        return traits(batch)
                .map(traits -> {
                    Graph graph = new Decoder(batch, traits).build();
                    new Schedule(graph, batch.devices(), 1).cut();
                    return graph.nodes.stream()
                            .filter(n -> n.layer >= 0)
                            .allMatch(n -> n.device == batch.layers().get(n.layer));
                });
    }

    private static Optional<Set<Trait>> traits(Batch batch) {
        return batch.weights().containsKey("token_embd.weight")
                ? Trait.of(batch.architecture())
                : Optional.empty();
    }

    static long[] bytes(Graph graph, Batch batch) {
        Schedule schedule = new Schedule(graph, batch.devices(), batch.copies());
        schedule.cut();
        List<Arena> arenas = new ArrayList<>();
        for (Device device : batch.devices()) {
            arenas.add(new Arena(device.alignment(), device.largestBuffer()));
        }
        new Layout(arenas).lay(schedule.leaves(), schedule.nodes());
        return arenas.stream().mapToLong(Arena::most).toArray();
    }
}
