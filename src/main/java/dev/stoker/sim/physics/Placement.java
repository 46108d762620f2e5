package dev.stoker.sim.physics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where a model's layers lie. Pure.
 *
 * @param layers layers a GPU, in the box's order
 * @param gpuBytes bytes a GPU: weights, cache and compute buffer
 * @param hostBytes bytes in the host's memory, beside those of GPUs that share it
 * @param onHost layers computed by the processor
 */
public record Placement(List<Integer> layers, List<Long> gpuBytes, long hostBytes, int onHost) {
    /**
     * Compute and output buffers on each device that holds layers: llama.cpp takes 250–400 MiB for
     * such models.
     */
    public static final long COMPUTE_BYTES = 300L << 20;

    public Placement {
        layers = List.copyOf(layers);
        gpuBytes = List.copyOf(gpuBytes);
    }

    public long onGpus() {
        return gpuBytes.stream().mapToLong(Long::longValue).sum();
    }

    public long total() {
        return onGpus() + hostBytes;
    }

    /** Bytes of one layer: its share of the weights and of the cache. */
    static long layerBytes(ModelSpec model, long contextTokens) {
        return (model.weightBytes() + model.kvBytesPerToken() * contextTokens) / model.layers();
    }

    /** Bytes of the whole model on one device. */
    public static long wholeBytes(ModelSpec model, long contextTokens) {
        return layerBytes(model, contextTokens) * model.layers() + COMPUTE_BYTES;
    }

    /**
     * Places a model: on one GPU where it fits (the one with most room), else over all of them, and
     * what then does not fit on the host. A GPU that shares the host's memory takes everything;
     * whether there is enough shows when it is allocated.
     *
     * @param free bytes a GPU that may be taken
     * @param spread whether to use all GPUs although one would do
     * @param wanted layers on GPUs; negative for as many as fit
     */
    public static Placement of(
            ModelSpec model,
            long contextTokens,
            List<Box.Gpu> gpus,
            List<Long> free,
            boolean spread,
            int wanted) {
        long layer = layerBytes(model, contextTokens);
        int most = wanted < 0 ? model.layers() : Math.min(wanted, model.layers());
        List<Integer> order =
                IntStream.range(0, gpus.size())
                        .boxed()
                        .sorted(Comparator.comparingLong((Integer i) -> -free.get(i)))
                        .toList();
        int[] counts = new int[gpus.size()];
        int left = most;
        if (!spread && !order.isEmpty() && room(gpus, free, order.getFirst(), layer) >= most) {
            counts[order.getFirst()] = most;
            left = 0;
        } else {
            long all = order.stream().mapToLong(i -> room(gpus, free, i, layer)).sum();
            for (int i : order) {
                long share =
                        all == 0
                                ? 0
                                : Math.ceilDiv(
                                        most * room(gpus, free, i, layer), Math.max(all, most));
                counts[i] = (int) Math.min(left, Math.min(share, room(gpus, free, i, layer)));
                left -= counts[i];
            }
        }
        return build(layer, counts, left + model.layers() - most);
    }

    private static long room(List<Box.Gpu> gpus, List<Long> free, int gpu, long layer) {
        return gpus.get(gpu).shared()
                ? Integer.MAX_VALUE
                : Math.max(0, (free.get(gpu) - COMPUTE_BYTES) / layer);
    }

    private static Placement build(long layer, int[] counts, int onHost) {
        List<Integer> layers = new ArrayList<>();
        List<Long> bytes = new ArrayList<>();
        for (int count : counts) {
            layers.add(count);
            bytes.add(count == 0 ? 0L : count * layer + COMPUTE_BYTES);
        }
        long host = onHost == 0 ? 0 : onHost * layer + COMPUTE_BYTES;
        return new Placement(layers, bytes, host, onHost);
    }
}
