package dev.stoker.memory.llama.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the compute buffers of a batch take, by device. Pure. */
public final class ComputeBuffers {
    private ComputeBuffers() {}

    /**
     * @return bytes by device, in the batch's order of devices; empty where the architecture's
     *     graph is not known
     */
    public static Optional<long[]> of(Batch batch) {
        return Trait.of(batch.architecture())
                .filter(_ -> batch.weights().containsKey("token_embd.weight"))
                .map(traits -> bytes(new Decoder(batch, traits).build(), batch));
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
