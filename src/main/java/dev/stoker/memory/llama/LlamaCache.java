package dev.stoker.memory.llama;

import dev.stoker.memory.CacheType;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelShape;

/**
 * The sizes of llama.cpp's caches: cells, streams, and the bytes that each layer takes. Pure.
 *
 * <p>Source: {@code llama-context.cpp}, {@code llama-kv-cache*.cpp} and {@code
 * llama-memory-recurrent.cpp} of llama.cpp b10434.
 *
 * @param context tokens of context in all, after rounding
 * @param slots sequences
 * @param streams caches that slots have each of their own; 1 where they share one
 * @param cells of the cache of the whole context, a stream
 * @param windowCells of the cache of layers with a window, a stream
 */
record LlamaCache(long context, int slots, int streams, long cells, long windowCells) {
    private static final int PAD = 256;

    static LlamaCache of(ModelShape shape, LlamaSettings settings, long context, long microBatch) {
        int slots = slots(settings);
        boolean unified = unified(settings);
        // Where keys are compressed, each slot has a cache of its own, as long as the whole one.
        boolean apart = shape.layers().stream().anyMatch(l -> l.compression() > 0);
        long padded = pad(Math.max(1, context));
        long cells = unified ? padded : pad(Math.max(1, padded / slots));
        long all = unified ? padded : Math.multiplyExact(cells, (long) slots);
        long window =
                shape.slidingWindow() == 0 || settings.fullWindowCache()
                        ? cells
                        : pad(
                                Math.min(
                                        cells,
                                        shape.slidingWindow() * (unified && !apart ? slots : 1)
                                                + microBatch));
        return new LlamaCache(all, slots, unified && !apart ? 1 : slots, cells, window);
    }

    static int slots(LlamaSettings settings) {
        return Math.max(1, settings.parallel().orElse(4));
    }

    static boolean unified(LlamaSettings settings) {
        return settings.unifiedCache().orElse(settings.parallel().isEmpty());
    }

    private static long pad(long cells) {
        return Math.ceilDiv(cells, (long) PAD) * PAD;
    }

    /**
     * Returns the bytes of keys and values of one layer.
     *
     * @param kind where it lies
     * @param widestValue elements of the widest layer's values where all are padded to it, else 0
     */
    long layer(
            DeviceKind kind,
            LayerShape layer,
            LlamaSettings settings,
            boolean latent,
            long widestValue) {
        if (!layer.ownCache()) {
            return 0;
        }
        long rows = Math.multiplyExact(layer.window() ? windowCells : cells, (long) streams);
        long value = latent ? 0 : widestValue > 0 ? widestValue : layer.valueWidth();
        long bytes =
                tensor(kind, settings.keys(), layer.keyWidth(), rows)
                        + tensor(kind, settings.values(), value, rows);
        long further =
                layer.compression() > 0
                        ? pad(Math.max(1, Math.ceilDiv(cells, (long) layer.compression())))
                        : cells;
        long width =
                settings.keys().rowBytes(layer.indexLength())
                        + (layer.compression() > 0
                                ? settings.keys().rowBytes(layer.keyWidth())
                                : 0);
        return bytes + Math.multiplyExact(Math.multiplyExact(further, (long) streams), width);
    }

    private static long tensor(DeviceKind kind, CacheType type, long width, long rows) {
        return CudaRows.bytes(kind, Math.multiplyExact(rows, type.rowBytes(width)), width, rows);
    }
}
