package dev.stoker.model;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Works out the shape of a model from the metadata of its GGUF header, with the rules that
 * llama.cpp has for each architecture: which layers look back over a window only, which keep keys
 * and values of their own, which have a state. Pure. Used by one thread.
 *
 * <p>Source: {@code llama-model.cpp}, {@code llama-hparams.cpp}, {@code llama-kv-cache-*.cpp} and
 * {@code models/*.cpp} of llama.cpp b10434. An architecture that it does not know is read by the
 * general rules, and a remark says so.
 */
final class GgufShape {
    /** Beyond this no header is believed. */
    private static final long MOST_BLOCKS = 4096;

    /** {@code LLAMA_MAX_LAYERS}: llama.cpp refuses more. */
    private static final int MOST_LOADED = 512;

    private static final int MOST_HEADS = 1 << 12;
    private static final int MOST_HEAD_LENGTH = 1 << 14;
    private static final long MOST_CONTEXT = 1L << 32;

    /** Layers of gemma3n from here on share the cache of earlier ones. */
    private static final int GEMMA3N_OWN_CACHE = 20;

    /** From this context on, glm-dsa means version 5.2, of which not every layer has an index. */
    private static final long GLM_52_CONTEXT = 1 << 20;

    private static final int GLM_52_LISTED = 102;

    private final Header header;
    private final HeaderNumbers numbers;
    private final String architecture;
    private final boolean known;
    private final Map<String, Tensor> tensors;
    private final List<String> remarks;
    private int inFile;
    private int blocks;
    private int prediction;
    private long embedding;

    private GgufShape(
            Header header, String architecture, Map<String, Tensor> tensors, List<String> remarks) {
        this.header = header;
        this.numbers = new HeaderNumbers(header, architecture, remarks);
        this.architecture = architecture;
        this.known = Architectures.known(architecture);
        this.tensors = tensors;
        this.remarks = remarks;
    }

    /**
     * Returns the shape, or why it can't be told.
     *
     * @param tensors by name; empty where they are unknown
     * @param remarks gets a sentence for what is odd
     */
    static Reading<ModelShape> of(
            Header header, String architecture, Map<String, Tensor> tensors, List<String> remarks) {
        if (architecture.equals("clip")) {
            return Reading.failed(
                    "this is a projector (mmproj), which is loaded beside a model, not a model");
        }
        String kind = header.text("general.type").orElse("");
        if (kind.equals("adapter") || kind.equals("imatrix")) {
            return Reading.failed("this is of the type " + kind + ", not a model");
        }
        try {
            return new GgufShape(header, architecture, tensors, remarks).shape();
        } catch (ArithmeticException e) {
            return Reading.failed("the numbers of its header are beyond any model");
        }
    }

    private Reading<ModelShape> shape() {
        inFile = (int) numbers.number("block_count", 0, MOST_BLOCKS);
        embedding = numbers.number("embedding_length", 0);
        if (architecture.equals("wavtokenizer-dec")) {
            embedding = numbers.number("features_length", embedding);
        }
        if (inFile < 1 || embedding < 1) {
            return Reading.failed(
                    "the header does not tell block_count and embedding_length of "
                            + Text.plain(architecture, 60));
        }
        for (String name : perLayer()) {
            if (numbers.leftOut(name)) {
                return Reading.failed("the source leaves out " + numbers.key(name));
            }
        }
        countBlocks();
        if (blocks > MOST_BLOCKS) {
            return Reading.failed("the header claims " + blocks + " layers");
        }
        if (!known) {
            remarks.add(
                    "The architecture '"
                            + Text.plain(architecture, 60)
                            + "' is not one that llama.cpp b10434 has: its layers are read by the"
                            + " general rules.");
        }
        if (blocks > MOST_LOADED) {
            remarks.add("llama.cpp refuses models of more than " + MOST_LOADED + " layers.");
        }
        WindowRule windows = new WindowRule(numbers, architecture, blocks, blocks - prediction);
        boolean latent = latent();
        boolean encoder = Architectures.ENCODERS.contains(architecture);
        ModelShape.Experts experts = experts();
        List<LayerShape> layers = new ArrayList<>(blocks);
        for (int i = 0; i < blocks; i++) {
            layers.add(layer(i, windows.windowed(i), latent, experts));
        }
        return Reading.known(
                new ModelShape(
                        blocks,
                        prediction,
                        numbers.number("context_length", 0, MOST_CONTEXT),
                        embedding,
                        vocabulary(),
                        layers,
                        experts,
                        windows.tokens(),
                        latent,
                        encoder,
                        encoder || embedsOnly(),
                        furtherNumbers()));
    }

    /** Arrays without which layers can't be told apart. */
    private List<String> perLayer() {
        List<String> names = new ArrayList<>();
        names.add("attention.head_count");
        names.add("attention.head_count_kv");
        names.add("feed_forward_length");
        if (Architectures.WINDOW_FLAGS.contains(architecture)
                || Architectures.PERIOD_OR_FLAGS.contains(architecture)
                || !known) {
            names.add("attention.sliding_window_pattern");
        }
        if (Architectures.FULL_INTERVAL.containsKey(architecture) || !known) {
            names.add("attention.recurrent_layers");
        }
        names.add("attention.indexer.types");
        names.add("attention.compress_ratios");
        return names;
    }

    private void countBlocks() {
        blocks = inFile;
        prediction = 0;
        if (architecture.equals("nanbeige")) {
            // The same layers are run again and again, each time with a cache of their own.
            long loops = Math.max(1, numbers.number("num_loops", 1));
            blocks = Math.toIntExact(Math.multiplyExact((long) inFile, loops));
        } else if (architecture.equals("graniteswitch")) {
            // A last layer without weights, of one head, that chooses among adapters.
            blocks = inFile + 1;
            prediction = 1;
        } else if (Architectures.PREDICTING.contains(architecture) || !known) {
            prediction = (int) Math.min(numbers.number("nextn_predict_layers", 0), inFile - 1L);
            if (architecture.equals("deepseek4")
                    && !tensors.isEmpty()
                    && !tensors.containsKey(
                            "blk." + (inFile - prediction) + ".nextn.eh_proj.weight")) {
                prediction = 0;
            }
        }
    }

    private boolean latent() {
        return architecture.equals("deepseek4")
                || ((Architectures.LATENT.contains(architecture) || !known)
                        && numbers.number("attention.key_length_mla", 0) > 0
                        && numbers.number("attention.value_length_mla", 0) > 0);
    }

    private boolean embedsOnly() {
        return architecture.equals("t5encoder")
                || numbers.has("pooling_type")
                || (numbers.has("attention.causal")
                        && numbers.number("attention.causal", 1) == 0
                        && !Architectures.DIFFUSERS.contains(architecture));
    }

    private LayerShape layer(int i, boolean windowed, boolean latent, ModelShape.Experts experts) {
        int at = i % inFile;
        int firstHeads = heads("attention.head_count", 0, 0);
        int heads = heads("attention.head_count", at, 0);
        int kvHeads = heads("attention.head_count_kv", at, heads);
        long feedForward = numbers.element("feed_forward_length", at, 0);
        if (architecture.equals("graniteswitch") && i == inFile) {
            heads = 1;
            kvHeads = 1;
            feedForward = 0;
        }
        int usual = firstHeads > 0 ? (int) (embedding / firstHeads) : 0;
        boolean told = firstHeads > 0 || architecture.equals("plamo2");
        int key = told ? length("attention.key_length", usual) : 0;
        int value = told ? length("attention.value_length", usual) : 0;
        if (windowed) {
            key = length("attention.key_length_swa", key);
            value = length("attention.value_length_swa", value);
        }
        boolean state = hasState(i, kvHeads, feedForward);
        int compression = compression(i);
        return new LayerShape(
                heads,
                kvHeads,
                key,
                latent ? 0 : value,
                feedForward,
                windowed,
                hasCache(i, state, feedForward),
                state
                        ? StateSize.bytes(numbers, architecture, embedding, firstHeads, key)
                        : i < blocks - prediction
                                ? StateSize.compressor(numbers, compression, key)
                                : 0,
                index(i, value, compression),
                isMixture(i, experts),
                compression);
    }

    private int heads(String name, int index, int other) {
        return (int) Math.min(numbers.element(name, index, other), MOST_HEADS);
    }

    private int length(String name, int other) {
        return (int) Math.min(numbers.number(name, other), MOST_HEAD_LENGTH);
    }

    private boolean hasState(int i, int kvHeads, long feedForward) {
        if (i >= blocks - prediction) {
            return false;
        }
        if (Architectures.RECURRENT.contains(architecture) || architecture.equals("falcon-h1")) {
            return true;
        }
        if (Architectures.STATE_WITHOUT_KV_HEADS.contains(architecture)) {
            return kvHeads == 0;
        }
        if (Architectures.NEMOTRON.contains(architecture)) {
            return kvHeads == 0 && feedForward == 0;
        }
        Integer usual = Architectures.FULL_INTERVAL.get(architecture);
        if (usual == null && known) {
            return false;
        }
        if (numbers.has("attention.recurrent_layers")) {
            return numbers.element("attention.recurrent_layers", i, 0) != 0;
        }
        if (usual == null && !numbers.has("full_attention_interval")) {
            return kvHeads == 0 && StateSize.isTold(numbers);
        }
        long interval = numbers.number("full_attention_interval", usual == null ? 1 : usual);
        return interval < 1 || (i + 1) % interval != 0;
    }

    private boolean hasCache(int i, boolean state, long feedForward) {
        if (Architectures.ENCODERS.contains(architecture)
                || Architectures.DIFFUSERS.contains(architecture)
                || Architectures.RECURRENT.contains(architecture)) {
            return false;
        }
        if (i >= blocks - prediction
                && Architectures.NO_CACHE_FOR_PREDICTION.contains(architecture)) {
            return false;
        }
        if (Architectures.NEMOTRON.contains(architecture)) {
            return !state && feedForward == 0;
        }
        return switch (architecture) {
            case "falcon-h1" -> true;
            case "gemma3n" -> i < GEMMA3N_OWN_CACHE;
            // It looks at the cache of the model for which it proposes tokens.
            case "gemma4-assistant" -> false;
            default -> !state && i < blocks - sharing();
        };
    }

    /** How many of the last layers use the cache of earlier ones. */
    private long sharing() {
        return architecture.equals("gemma4") || !known
                ? numbers.number("attention.shared_kv_layers", 0)
                : 0;
    }

    /** Sparse attention keeps one further key a token, by which it chooses. */
    private int index(int i, int value, int compression) {
        int length = length("attention.indexer.key_length", 0);
        if (length == 0) {
            return 0;
        }
        boolean main = i < blocks - prediction;
        return switch (architecture) {
            case "deepseek32" -> main ? length : 0;
            case "glm-dsa" -> main && glmIndex(i) ? length : 0;
            case "minimax-m3" ->
                    i >= numbers.number("leading_dense_block_count", 0) ? length + value : 0;
            case "deepseek4" -> compression == StateSize.OVERLAPPING ? length : 0;
            default -> 0;
        };
    }

    private boolean glmIndex(int i) {
        if (numbers.has("attention.indexer.types")) {
            return numbers.element("attention.indexer.types", i, 1) != 0;
        }
        return numbers.number("context_length", 0, MOST_CONTEXT) < GLM_52_CONTEXT
                || i < 2
                || (i < GLM_52_LISTED && (i - 2) % 4 == 0);
    }

    private int compression(int i) {
        if (!architecture.equals("deepseek4")) {
            return 0;
        }
        long told = numbers.element("attention.compress_ratios", i, 0);
        return told == StateSize.OVERLAPPING || told == StateSize.PLAIN ? (int) told : 0;
    }

    private ModelShape.Experts experts() {
        long count = numbers.number("expert_count", 0);
        if (count == 0 || (count == 1 && architecture.startsWith("hunyuan"))) {
            return ModelShape.Experts.NONE;
        }
        long feedForward = numbers.number("expert_feed_forward_length", 0);
        if (feedForward == 0) {
            feedForward = tensorRows("ffn_up_exps");
        }
        if (feedForward == 0) {
            feedForward = numbers.element("feed_forward_length", 0, 0);
        }
        long shared = numbers.number("expert_shared_feed_forward_length", 0);
        if (shared == 0) {
            shared = tensorRows("ffn_up_shexp");
        }
        if (shared == 0) {
            shared = Math.multiplyExact(numbers.number("expert_shared_count", 0), feedForward);
        }
        return new ModelShape.Experts(
                (int) Math.min(count, 65_536),
                (int) Math.min(numbers.number("expert_used_count", 0), 65_536),
                feedForward,
                shared);
    }

    private boolean isMixture(int i, ModelShape.Experts experts) {
        if (!experts.any()) {
            return false;
        }
        if (!tensors.isEmpty()) {
            String block = "blk." + i % inFile + ".";
            return tensors.containsKey(block + "ffn_down_exps.weight")
                    || tensors.containsKey(block + "ffn_gate_inp.weight");
        }
        long step =
                Math.max(
                        1,
                        numbers.number(
                                "interleave_moe_layer_step",
                                numbers.number("moe_every_n_layers", 1)));
        return i >= numbers.number("leading_dense_block_count", 0) && (i + 1) % step == 0;
    }

    /** The second dimension of the first such tensor: the width of a feed-forward part. */
    private long tensorRows(String part) {
        for (int i = 0; i < inFile; i++) {
            Tensor tensor = tensors.get("blk." + i + "." + part + ".weight");
            if (tensor != null && tensor.dimensions().size() > 1) {
                return Math.min(tensor.dimensions().get(1), HeaderNumbers.MOST);
            }
        }
        return 0;
    }

    private long vocabulary() {
        long told = numbers.number("vocab_size", 0);
        if (told > 0) {
            return told;
        }
        OptionalLong counted = header.count("tokenizer.ggml.tokens");
        if (counted.isPresent()) {
            return counted.getAsLong();
        }
        Tensor table = tensors.get("token_embd.weight");
        return table != null && table.dimensions().size() > 1 ? table.dimensions().get(1) : 0;
    }

    private Map<String, Long> furtherNumbers() {
        Map<String, Long> all = new LinkedHashMap<>();
        String prefix = numbers.key("");
        for (String key : header.keys()) {
            if (key.startsWith(prefix)) {
                String name = key.substring(prefix.length());
                header.whole(key).ifPresent(n -> all.put(name, n));
                if (name.startsWith("attention.head_count")) {
                    numbers.list(name)
                            .filter(list -> !list.isEmpty())
                            .ifPresent(list -> {
                                all.put(name + ".min", Collections.min(list));
                                all.put(name + ".max", Collections.max(list));
                            });
                }
            }
        }
        return all;
    }
}
