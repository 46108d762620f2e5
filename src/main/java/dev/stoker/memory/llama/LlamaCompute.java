package dev.stoker.memory.llama;

import dev.stoker.memory.LlamaSettings;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelShape;

import java.util.Set;

/**
 * The buffers for intermediate results of one batch: what the graph allocator needs at its worst
 * moment. A model of the graphs, held against the log lines of real servers; not exact. Pure.
 *
 * <p>All terms are bytes. With u = 4 bytes for each token of a physical batch: e = u × embedding, F
 * = u × feed-forward width, Q = u × heads × key length, and so on; the mask has two bytes for each
 * token of the batch and each cell of the cache (four without flash attention).
 */
final class LlamaCompute {
    private static final Set<String> NO_QUERY =
            Set.of("phi3", "lfm2", "lfm2moe", "qwen35", "qwen35moe");
    private static final Set<String> GATED_QUERY = Set.of("qwen35", "qwen35moe", "qwen3next");

    private final String architecture;
    private final ModelShape shape;
    private final LlamaSettings settings;
    private final LlamaCache cache;
    private final boolean flash;
    private final double u;
    private final double e;
    private final double feedForward;
    private final double query;
    private final int heads;
    private final long valueWidest;
    private final int caches;
    private final boolean anyFull;
    private final boolean anyWindow;

    LlamaCompute(
            String architecture,
            ModelShape shape,
            LlamaSettings settings,
            LlamaCache cache,
            boolean flash,
            long microBatch) {
        this.architecture = architecture;
        this.shape = shape;
        this.settings = settings;
        this.cache = cache;
        this.flash = flash;
        u = 4.0 * microBatch;
        e = u * shape.embedding();
        long widestFeedForward = 0;
        long widestQuery = 0;
        int mostHeads = 0;
        long widestValue = 0;
        boolean full = false;
        boolean window = false;
        for (LayerShape layer : shape.layers()) {
            widestFeedForward =
                    Math.max(widestFeedForward, layer.experts() ? 0 : layer.feedForward());
            widestQuery = Math.max(widestQuery, (long) layer.heads() * layer.keyLength());
            mostHeads = Math.max(mostHeads, layer.heads());
            widestValue = Math.max(widestValue, layer.valueWidth());
            full |= layer.ownCache() && !layer.window();
            window |= layer.ownCache() && layer.window();
        }
        feedForward = u * widestFeedForward;
        query = u * widestQuery;
        heads = mostHeads;
        valueWidest = widestValue;
        anyFull = full;
        anyWindow = window;
        caches = (full ? 1 : 0) + (window ? 1 : 0);
    }

    /** Bytes of the masks of all caches. */
    double mask() {
        double perCell = (flash ? 0.5 : 1) * u;
        if (shape.encoder()) {
            return perCell * u / 4;
        }
        double cells = (anyFull ? cache.cells() : 0) + (anyWindow ? cache.windowCells() : 0);
        return perCell * cells;
    }

    /**
     * Returns what a device takes that computes layers.
     *
     * @param first whether it holds layer 0
     * @param alone whether it is the processor and computes all of the model
     */
    double device(boolean first, boolean alone) {
        double attention = attention(first);
        double most = Math.max(attention, feedForwardPart(first));
        double state = statePart();
        if (state > 0) {
            most = Math.max(most + mask(), state + (anyFull || anyWindow ? mask() : 0));
        } else {
            most += mask();
        }
        if (alone) {
            most += e;
        }
        if (shape.encoder()) {
            most += u * heads * (u / 4);
        }
        return most + embeddings() + scratch();
    }

    private double feedForwardPart(boolean first) {
        double dense = 0;
        if (feedForward > 0) {
            double q = first && !NO_QUERY.contains(architecture) ? query : 0;
            dense =
                    architecture.equals("cohere2")
                            ? 3 * feedForward + 4 * e
                            : 3 * feedForward + 2 * e + q;
        }
        if (!shape.experts().any()) {
            return dense;
        }
        double used = u * shape.experts().used();
        double d = used * shape.embedding();
        double x = used * shape.experts().feedForward();
        double s = u * shape.experts().sharedFeedForward();
        double mixture = Math.max(2 * d + x + 2 * e + 2 * s, 3 * x + 3 * e);
        return Math.max(dense, mixture);
    }

    private double attention(boolean first) {
        if (shape.latent()) {
            long rank = shape.number("attention.kv_lora_rank", 512);
            long key = shape.layers().getFirst().keyLength();
            return u * heads * (key + rank) + query + 4 * e + (flash ? 0 : scores());
        }
        if (flash || caches == 0) {
            return first ? query + 2 * e : 2 * e;
        }
        double queries = GATED_QUERY.contains(architecture) ? 3 * query : 2 * query;
        return scores() + 2 * e + queries + 2 * u * valueWidest * caches;
    }

    private double scores() {
        return u
                * heads
                * Math.max(anyFull ? cache.cells() : 0, anyWindow ? cache.windowCells() : 0);
    }

    private double statePart() {
        long most = 0;
        int layers = 0;
        for (LayerShape layer : shape.layers()) {
            most = Math.max(most, layer.stateBytes());
            layers += layer.stateBytes() > 0 ? 1 : 0;
        }
        if (layers == 0) {
            return 0;
        }
        double state = (double) most * cache.slots();
        long inner = shape.number("ssm.inner_size", 0);
        if (architecture.startsWith("rwkv") || architecture.equals("arwkv7")) {
            return 17.8 * e + state;
        }
        if (inner == 0) {
            return 0;
        }
        if (architecture.equals("mamba") || architecture.equals("jamba")) {
            return 6 * u * inner + state;
        }
        double width =
                2.0 * inner
                        + 2.0
                                * shape.number("ssm.group_count", 1)
                                * shape.number("ssm.state_size", 0)
                        + shape.number("ssm.time_step_rank", 0);
        return 3.3 * u * width + state;
    }

    /** Returns what the host takes beside GPUs that hold every layer. */
    double hostBeside() {
        double bytes = 2 * e + mask();
        long perLayer = shape.number("embedding_length_per_layer_input", 0);
        bytes += u * perLayer * shape.blocks();
        if (!flash) {
            bytes += 2 * u * valueWidest * caches;
        }
        return bytes;
    }

    double embedding() {
        return e;
    }

    /** Logits of all tokens of a batch, where a model that generates makes embeddings. */
    private double embeddings() {
        return settings.embeddings() && !shape.embedsOnly() ? u * shape.vocabulary() : 0;
    }

    /** A rotation of quantised keys. */
    private double scratch() {
        if (!settings.keys().quantized() && !settings.values().quantized()) {
            return 0;
        }
        double key = shape.layers().getFirst().keyLength();
        return key % 64 == 0 ? 16.0 / 3 * key * key : 0;
    }

    /** What CUDA takes to widen quantised keys and values of one layer for flash attention. */
    double widened() {
        if (!settings.keys().quantized() && !settings.values().quantized()) {
            return 0;
        }
        double most = 0;
        for (LayerShape layer : shape.layers()) {
            double width =
                    (settings.keys().quantized() ? layer.keyWidth() : 0)
                            + (settings.values().quantized() ? layer.valueWidth() : 0);
            double cells = layer.window() ? cache.windowCells() : cache.cells();
            most = Math.max(most, 2 * width * cells * cache.streams());
        }
        return most;
    }
}
