package dev.stoker.memory.llama;

import dev.stoker.memory.CacheType;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelShape;

import java.util.Set;

/**
 * The buffers for intermediate results of one batch: what the graph allocator needs at its worst
 * moment. A model of the graphs, held against the log lines of real servers; not exact: for
 * architectures whose graph is not known. Pure.
 *
 * <p>All terms are bytes. With u = 4 bytes for each token of a physical batch: e = u × embedding, F
 * = u × feed-forward width, Q = u × heads × key length, and so on; the mask has two bytes for each
 * token of the batch and each cell of the cache (four without flash attention).
 */
final class LlamaCompute {
    /** Their feed-forward part has no gate, and its activation overwrites its input. */
    private static final Set<String> NO_GATE =
            Set.of(
                    "gpt2",
                    "bloom",
                    "falcon",
                    "gptneox",
                    "starcoder",
                    "starcoder2",
                    "nemotron",
                    "apertus",
                    "mpt",
                    "gptj",
                    "bert",
                    "jina-bert-v3",
                    "nomic-bert-moe",
                    "codeshell",
                    "jais",
                    "plm",
                    "arcee");

    /** They norm behind a part, not before it, so that a part's input is kept. */
    private static final Set<String> NORM_AFTER =
            Set.of("olmo2", "exaone4", "smollm3", "olmoe", "minicpm3");

    /** Encoders with a gate in their feed-forward part, and without embeddings of places. */
    private static final Set<String> GATED_ENCODER =
            Set.of("nomic-bert", "jina-bert-v2", "modern-bert");

    /** Encoders that rotate queries and keys by their place. */
    private static final Set<String> ROTATED_ENCODER =
            Set.of("nomic-bert", "nomic-bert-moe", "modern-bert", "neo-bert", "jina-bert-v3");

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
    private final long keyWidest;
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
        long widestKey = 0;
        boolean full = false;
        boolean window = false;
        for (LayerShape layer : shape.layers()) {
            widestFeedForward =
                    Math.max(widestFeedForward, layer.experts() ? 0 : layer.feedForward());
            widestQuery = Math.max(widestQuery, (long) layer.heads() * layer.keyLength());
            mostHeads = Math.max(mostHeads, layer.heads());
            widestValue = Math.max(widestValue, layer.valueWidth());
            widestKey = Math.max(widestKey, layer.keyWidth());
            full |= layer.ownCache() && !layer.window();
            window |= layer.ownCache() && layer.window();
        }
        feedForward = u * widestFeedForward;
        query = u * widestQuery;
        heads = mostHeads;
        valueWidest = widestValue;
        keyWidest = widestKey;
        anyFull = full;
        anyWindow = window;
        caches = (full ? 1 : 0) + (window ? 1 : 0);
    }

    /** Bytes of the masks of all caches. */
    double mask() {
        double perCell = (flash ? 0.5 : 1) * u;
        if (shape.encoder()) {
            boolean both = architecture.equals("modern-bert"); // Windows, and layers without.
            return (both ? 2 : 1) * perCell * u / 4;
        }
        double cells = (anyFull ? cache.cells() : 0) + (anyWindow ? cache.windowCells() : 0);
        return perCell * cells;
    }

    /**
     * Returns what a device takes that computes layers.
     *
     * @param first whether it holds layer 0
     * @param how who computes
     * @param logits whether it also computes the output layer
     */
    double device(boolean first, Computes how, boolean logits) {
        double attention = attention(first);
        double most = Math.max(attention, feedForwardPart(how));
        double state = statePart();
        most += 5 * u; // Places, and which rows are asked for.
        if (state > 0) {
            most = Math.max(most + mask(), state + (anyFull || anyWindow ? mask() : 0));
        } else {
            most += mask();
        }
        if (how == Computes.ALONE
                && !NORM_AFTER.contains(architecture)
                && !GATED_ENCODER.contains(architecture)) {
            most += e;
        }
        if (architecture.startsWith("t5")) {
            most += 3.4 * u * heads * (u / 4); // A bias for each pair of tokens.
        }
        return Math.max(most, logits ? embeddings() : 0) + scratch();
    }

    /** Who computes. */
    enum Computes {
        /** A GPU whose backend puts the operations into another order, which saves memory. */
        REORDERED,
        /** A GPU of this machine. */
        GPU,
        /** A device that is reached by RPC. */
        REMOTE,
        /** The processor, which has the whole model. */
        ALONE,
        /** The processor, beside GPUs. */
        BESIDE
    }

    private double feedForwardPart(Computes how) {
        double kept = queries(how);
        double dense = feedForward > 0 ? dense(kept) : 0;
        if (!shape.experts().any()) {
            return dense;
        }
        double used = u * shape.experts().used();
        double d = used * shape.embedding();
        double x = used * shape.experts().feedForward();
        double s = u * shape.experts().sharedFeedForward();
        // What two of the experts' inputs leave free takes their output, where it is large enough.
        double mixture = (d <= 2 * x ? 3 * x : 3 * x + d) + 2 * e + 2 * s + kept;
        return Math.max(dense, mixture);
    }

    /**
     * A hole that the queries leave and that nothing else fits into: none where they are as wide as
     * the embedding.
     */
    private double queries(Computes how) {
        if (shape.latent() || architecture.equals("gemma3n")) {
            return 0;
        }
        if (NORM_AFTER.contains(architecture)) {
            return how == Computes.ALONE ? 0 : architecture.equals("minicpm3") ? e : query;
        }
        if (how == Computes.ALONE || query > e) {
            return query;
        }
        boolean narrower = query < e && query > 0;
        return narrower
                ? (how == Computes.REORDERED ? 2 : 1) * query
                : how == Computes.GPU ? query : 0;
    }

    private double dense(double kept) {
        double perLayer = u * shape.number("embedding_length_per_layer_input", 0) * shape.blocks();
        return switch (architecture) {
            case "cohere2", "command-r" -> 3 * feedForward + 4 * e + 2 * u * keyWidest;
            case "phi2" -> 2 * feedForward + 2 * e;
            case "gpt2", "bloom" -> feedForward + 3 * e;
            case "falcon" -> feedForward + 3 * e + 3 * u * keyWidest;
            case "gptneox" -> feedForward + 4 * e;
            case "gemma3n" -> 4.25 * feedForward + 7.75 * e;
            case "gemma4" ->
                    3 * feedForward
                            + 2 * e
                            + kept
                            + (perLayer > 0 ? 1.4026 * perLayer + 0.727 * feedForward : 0);
            case "qwen3vl", "qwen3vlmoe" -> 3 * feedForward + 6 * e;
            default ->
                    NO_GATE.contains(architecture)
                            ? feedForward + 2 * e
                            : 3 * feedForward + 2 * e + kept;
        };
    }

    private double attention(boolean first) {
        if (shape.latent()) {
            long rank = shape.number("attention.kv_lora_rank", 512);
            long key = shape.layers().getFirst().keyLength();
            long own = shape.number("attention.key_length_mla", key);
            return u * heads * (key + rank + 2 * own) + (flash ? 0 : scores());
        }
        if (shape.encoder() && !flash) {
            // The scores of all pairs, beside queries, keys, values, their sum and the residual.
            return u * heads * (u / 4) + (ROTATED_ENCODER.contains(architecture) ? 7 : 5) * e;
        }
        if (flash || caches == 0) {
            double narrowed = narrowed();
            double usual = first ? query + 2 * e : 2 * e;
            return narrowed > 0 ? narrowed + 2 * query + 2 * e : usual;
        }
        double queries =
                GATED_QUERY.contains(architecture)
                        ? 3 * query + e
                        : architecture.startsWith("gemma") ? 3 * query + 2 * e : query + e;
        return scores() + queries + 2 * u * valueWidest * caches;
    }

    /** Flash attention takes 16 bits: keys and values of 32 are copied, one layer at a time. */
    private double narrowed() {
        boolean keys = settings.keys() == CacheType.F32;
        boolean values = settings.values() == CacheType.F32;
        if (!keys && !values) {
            return 0;
        }
        double most = 0;
        for (LayerShape layer : shape.layers()) {
            double width = (keys ? layer.keyWidth() : 0) + (values ? layer.valueWidth() : 0);
            double cells = layer.window() ? cache.windowCells() : cache.cells();
            most = Math.max(most, 2 * width * cells * cache.streams());
        }
        return most;
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
        double bytes = 2 * e + mask() + 6 * u;
        if (architecture.equals("bert")) {
            bytes += e; // Embeddings of places are added on the host.
        }
        if (architecture.startsWith("qwen3vl")) {
            bytes += 3 * e;
        }
        long perLayer = shape.number("embedding_length_per_layer_input", 0);
        bytes += u * perLayer * shape.blocks();
        if (!flash) {
            bytes += 2 * u * valueWidest * caches;
        }
        return bytes;
    }

    /**
     * Returns what the host takes where a GPU lacks an operation of the first Mamba and the host
     * computes it instead.
     */
    double scans() {
        boolean first =
                architecture.equals("mamba")
                        || architecture.equals("jamba")
                        || architecture.equals("plamo2");
        return first ? 2.75 * u * shape.number("ssm.inner_size", 0) : 0;
    }

    /** Returns what the host takes for an output layer that is too large for the GPU. */
    double outputOnHost() {
        return 3 * e + embeddings();
    }

    /** Returns what the host takes where it computes attention without flash attention. */
    double attentionOnHost() {
        return scores() + 2 * e;
    }

    double embedding() {
        return e;
    }

    /** Logits of all tokens of a batch, where a model that generates makes embeddings. */
    private double embeddings() {
        return settings.embeddings() && !shape.encoder() ? u * shape.vocabulary() + 2 * e : 0;
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
