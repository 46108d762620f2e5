package dev.stoker.memory.llama.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the compute buffers of a batch take, by device. Pure. */
public final class ComputeBuffers {
    private ComputeBuffers() {}

    private static final int MOST_LAYERS = 512;
    private static final int MOST_EXPERTS = 512;

    /**
     * @return bytes by device, in the batch's order of devices; empty where the architecture's
     *     graph is not known, or the model's numbers make no sense
     */
    public static Optional<long[]> of(Batch batch) {
        return graph(batch).map(graph -> bytes(graph, batch));
    }

    /**
     * Returns whether each layer's attention in one operation is computed where the layer is, which
     * llama.cpp tries with one token a sequence; empty where the graph is not known.
     */
    public static Optional<Boolean> attendsInPlace(Batch batch) {
        return graph(batch)
                .map(graph -> {
                    new Schedule(graph, batch.devices(), 1).cut();
                    return graph.nodes.stream()
                            .filter(n -> n.layer >= 0)
                            .allMatch(n -> n.device == batch.layers().get(n.layer));
                });
    }

    /**
     * Returns whether CUDA's backend attends in one operation with such heads.
     *
     * @param key values of a key's head
     * @param value values of a value's head
     * @param together heads of queries that share one of keys
     */
    public static boolean attends(long key, long value, long together) {
        return Heads.fit(key, value, together);
    }

    private static Optional<Graph> graph(Batch batch) {
        if (!batch.weights().containsKey("token_embd.weight")
                || batch.shape().blocks() > MOST_LAYERS
                || batch.shape().experts().used() > MOST_EXPERTS) {
            return Optional.empty();
        }
        try {
            return Trait.of(batch.architecture()).map(t -> new Decoder(batch, t).build());
        } catch (ArithmeticException | IllegalStateException e) {
            return Optional.empty(); // No such model can be run.
        }
    }

    static long[] bytes(Graph graph, Batch batch) {
        Schedule schedule = new Schedule(graph, batch.devices(), batch.copies());
        schedule.cut();
        List<Arena> arenas = new ArrayList<>();
        for (Device device : batch.devices()) {
            arenas.add(new Arena(device.alignment(), device.largestBuffer()));
        }
        new Layout(batch.devices(), arenas).lay(schedule.leaves(), schedule.nodes());
        return arenas.stream().mapToLong(Arena::most).toArray();
    }
}
