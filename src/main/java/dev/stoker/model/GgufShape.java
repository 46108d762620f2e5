package dev.stoker.model;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Works out the shape of a model from the metadata of its GGUF header, with the rules that
 * llama.cpp has for each architecture: which layers look back over a window only, which keep keys
 * and values of their own, which have a state. Pure.
 *
 * <p>Source: {@code llama-model.cpp}, {@code llama-hparams.cpp} and {@code models/*.cpp} of
 * llama.cpp b10434. An architecture that is not known here is read by the general rules.
 */
final class GgufShape {
    /** llama.cpp refuses more. */
    private static final long MOST_BLOCKS = 4096;

    private static final long MOST_LENGTH = 1L << 40;

    /** These keep neither keys nor values. */
    private static final Set<String> ENCODERS =
            Set.of(
                    "bert",
                    "jina-bert-v2",
                    "jina-bert-v3",
                    "nomic-bert",
                    "nomic-bert-moe",
                    "neo-bert",
                    "eurobert",
                    "modern-bert",
                    "gemma-embedding",
                    "wavtokenizer-dec");

    private static final Set<String> DIFFUSERS = Set.of("dream", "llada", "llada-moe", "rnd1");

    private static final Set<String> RECURRENT =
            Set.of("mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7");

    /** Layers without key-value heads have a state. */
    private static final Set<String> BY_KV_HEADS =
            Set.of("jamba", "plamo2", "granitehybrid", "lfm2", "lfm2moe", "kimi-linear", "kimi-k3");

    private static final Set<String> BY_INTERVAL =
            Set.of("qwen3next", "qwen35", "qwen35moe", "minimax-01");

    private static final Set<String> NEMOTRON = Set.of("nemotron_h", "nemotron_h_moe");

    /** The blocks for multi-token prediction have no place in the main cache of these. */
    private static final Set<String> NO_CACHE_FOR_PREDICTION =
            Set.of("step35", "hy_v3", "hy-v3", "glm-dsa", "mimo2", "deepseek32");

    /** Every so many layers one looks back over the whole context: the last of each group. */
    private static final Map<String, Integer> FULL_LAST =
            Map.ofEntries(
                    Map.entry("gemma2", 2),
                    Map.entry("gemma3", 6),
                    Map.entry("gemma3n", 5),
                    Map.entry("gemma-embedding", 6),
                    Map.entry("gpt-oss", 2),
                    Map.entry("cohere2", 4),
                    Map.entry("llama4", 4),
                    Map.entry("olmo2", 4),
                    Map.entry("exaone4", 4),
                    Map.entry("exaone-moe", 4),
                    Map.entry("plamo3", 8),
                    Map.entry("afmoe", 4),
                    Map.entry("mellum", 4),
                    Map.entry("muse-glimmer", 4));

    /** The same, the first of each group. */
    private static final Map<String, Integer> FULL_FIRST =
            Map.of("cohere2moe", 4, "smallthinker", 4, "modern-bert", 3, "laguna", 4);

    /** These tell each layer's window in an array, and have none without. */
    private static final Set<String> BY_ARRAY =
            Set.of("gemma4", "gemma4-assistant", "step35", "mimo2", "dflash");

    private final Header header;
    private final String architecture;
    private final Map<String, Tensor> tensors;
    private final List<String> remarks;
    private int blocks;
    private int prediction;
    private long embedding;

    private GgufShape(
            Header header, String architecture, Map<String, Tensor> tensors, List<String> remarks) {
        this.header = header;
        this.architecture = architecture;
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
        return new GgufShape(header, architecture, tensors, remarks).shape();
    }

    private Reading<ModelShape> shape() {
        long told = number("block_count", -1);
        embedding = number("embedding_length", -1);
        if (told < 1 || told > MOST_BLOCKS || embedding < 1) {
            return Reading.failed(
                    "the header does not tell block_count and embedding_length of "
                            + Text.plain(architecture, 60));
        }
        for (String key :
                List.of("attention.head_count", "attention.head_count_kv", "feed_forward_length")) {
            if (header.leftOut(key(key))) {
                return Reading.failed("the source leaves out " + key(key));
            }
        }
        long loops = architecture.equals("nanbeige") ? Math.max(1, number("num_loops", 1)) : 1;
        if (told * loops > MOST_BLOCKS) {
            return Reading.failed("the header claims " + told * loops + " layers");
        }
        blocks = (int) (told * loops);
        prediction = (int) Math.clamp(number("nextn_predict_layers", 0), 0, blocks - 1L);
        if (prediction > 0
                && architecture.equals("deepseek4")
                && !tensors.isEmpty()
                && !tensors.containsKey("blk." + (blocks - prediction) + ".nextn.eh_proj.weight")) {
            prediction = 0;
        }
        long window = window();
        boolean latent =
                number("attention.key_length_mla", 0) > 0
                        && number("attention.value_length_mla", 0) > 0;
        boolean encoder = ENCODERS.contains(architecture);
        ModelShape.Experts experts = experts();
        List<LayerShape> layers = new ArrayList<>(blocks);
        for (int i = 0; i < blocks; i++) {
            layers.add(layer(i, (int) told, window, latent, experts));
        }
        return Reading.known(
                new ModelShape(
                        blocks,
                        prediction,
                        number("context_length", 0),
                        embedding,
                        vocabulary(),
                        layers,
                        experts,
                        window,
                        latent,
                        encoder,
                        encoder
                                || architecture.equals("t5encoder")
                                || header.keys().contains(key("pooling_type"))
                                || (number("attention.causal", 1) == 0
                                        && !DIFFUSERS.contains(architecture)),
                        numbers()));
    }

    private LayerShape layer(
            int i, int inFile, long window, boolean latent, ModelShape.Experts experts) {
        int inOrder = i % inFile;
        int heads = (int) element("attention.head_count", inOrder, 0);
        int kvHeads = (int) element("attention.head_count_kv", inOrder, heads);
        long feedForward = element("feed_forward_length", inOrder, 0);
        boolean windowed = window > 0 && windowed(i, kvHeads);
        long firstHeads = element("attention.head_count", 0, 0);
        int usual = firstHeads > 0 ? (int) (embedding / firstHeads) : 0;
        int key = firstHeads > 0 ? (int) number("attention.key_length", usual) : 0;
        int value = firstHeads > 0 ? (int) number("attention.value_length", usual) : 0;
        if (windowed) {
            key = (int) number("attention.key_length_swa", key);
            value = (int) number("attention.value_length_swa", value);
        }
        boolean state = hasState(i, kvHeads, feedForward);
        boolean cache = hasCache(i, state, feedForward);
        return new LayerShape(
                heads,
                kvHeads,
                key,
                latent ? 0 : value,
                feedForward,
                windowed,
                cache,
                state ? stateBytes((int) firstHeads, key) : 0,
                index(i, value),
                isMixture(i, experts));
    }

    private boolean hasState(int i, int kvHeads, long feedForward) {
        if (i >= blocks - prediction) {
            return false;
        }
        if (RECURRENT.contains(architecture) || architecture.equals("falcon-h1")) {
            return true;
        }
        if (BY_KV_HEADS.contains(architecture)) {
            return kvHeads == 0;
        }
        if (NEMOTRON.contains(architecture)) {
            return kvHeads == 0 && feedForward == 0;
        }
        if (BY_INTERVAL.contains(architecture)) {
            Optional<List<Long>> listed = header.wholes(key("attention.recurrent_layers"));
            if (listed.isPresent() && listed.get().size() > i) {
                return listed.get().get(i) != 0;
            }
            long interval =
                    number("full_attention_interval", architecture.equals("minimax-01") ? 8 : 4);
            return interval < 1 || (i + 1) % interval != 0;
        }
        return false;
    }

    private boolean hasCache(int i, boolean state, long feedForward) {
        if (ENCODERS.contains(architecture)
                || DIFFUSERS.contains(architecture)
                || RECURRENT.contains(architecture)) {
            return false;
        }
        boolean predicts = i >= blocks - prediction;
        if (predicts
                && (NO_CACHE_FOR_PREDICTION.contains(architecture)
                        || BY_INTERVAL.contains(architecture))) {
            return false;
        }
        if (architecture.equals("falcon-h1")) {
            return true;
        }
        if (NEMOTRON.contains(architecture)) {
            return !state && feedForward == 0;
        }
        if (architecture.equals("gemma3n")) {
            return i < 20;
        }
        if (architecture.equals("gemma4")) {
            return i < blocks - number("attention.shared_kv_layers", 0);
        }
        return !state;
    }

    /** Sparse attention keeps one further key a token, by which it chooses. */
    private int index(int i, int value) {
        int length = (int) number("attention.indexer.key_length", 0);
        if (length <= 0 || i >= blocks - prediction) {
            return 0;
        }
        return switch (architecture) {
            case "deepseek32" -> length;
            case "glm-dsa" -> {
                Optional<List<Long>> types = header.wholes(key("attention.indexer.types"));
                yield types.isPresent() && types.get().size() > i && types.get().get(i) == 0
                        ? 0
                        : length;
            }
            case "minimax-m3" -> i >= number("leading_dense_block_count", 0) ? length + value : 0;
            default -> 0;
        };
    }

    private long window() {
        long told = number("attention.sliding_window", 0);
        return switch (architecture) {
            case "phi3" -> 0;
            case "gemma2" -> told > 0 ? told : 4096;
            case "exaone4" -> blocks == 64 ? Math.max(told, 0) == 0 ? 4096 : told : 0;
            case "exaone-moe" -> told > 0 ? told : 128;
            case "llama4" ->
                    header.keys().contains(key("attention.sliding_window")) && told == 0 ? 0 : 8192;
            case "smallthinker" -> told > 0 ? 4096 : 0;
            default ->
                    FULL_LAST.containsKey(architecture)
                                    || FULL_FIRST.containsKey(architecture)
                                    || BY_ARRAY.contains(architecture)
                                    || architecture.equals("lfm2")
                                    || architecture.equals("lfm2moe")
                                    || architecture.equals("deepseek4")
                            ? Math.max(told, 0)
                            : 0;
        };
    }

    private boolean windowed(int i, int kvHeads) {
        if (architecture.equals("deepseek4")) {
            return true;
        }
        if (i >= blocks - prediction) {
            return false;
        }
        if (architecture.startsWith("lfm2")) {
            return kvHeads != 0;
        }
        String pattern = "attention.sliding_window_pattern";
        Optional<List<Long>> listed = header.wholes(key(pattern));
        if (listed.isPresent()) {
            return i < listed.get().size() && listed.get().get(i) != 0;
        }
        boolean first = FULL_FIRST.containsKey(architecture);
        Integer usual = first ? FULL_FIRST.get(architecture) : FULL_LAST.get(architecture);
        OptionalLong told = header.whole(key(pattern));
        if (usual == null) {
            return told.isPresent() && told.getAsLong() != 0;
        }
        long period = told.orElse(usual);
        if (period <= 0) {
            return true;
        }
        return first ? i % period != 0 : i % period < period - 1;
    }

    private long stateBytes(int firstHeads, int key) {
        long wkv = number("wkv.head_size", 0);
        long shortConvolution = number("shortconv.l_cache", 0);
        long kda = number("kda.head_dim", 0);
        long kernel = number("ssm.conv_kernel", 0);
        long inner = number("ssm.inner_size", 0);
        long groups = number("ssm.group_count", 0);
        long width = number("ssm.state_size", 0);
        long rolling;
        long state;
        if (wkv > 0) {
            rolling = number("token_shift_count", 2) * embedding;
            state = embedding * wkv;
        } else if (shortConvolution > 0) {
            rolling = embedding * (shortConvolution - 1);
            state = 0;
        } else if (kda > 0) {
            rolling = 3 * (kernel > 0 ? kernel - 1 : 3) * firstHeads * kda;
            state = kda * kda * firstHeads;
        } else if (architecture.equals("minimax-01")) {
            rolling = 0;
            state = (long) key * key * firstHeads;
        } else {
            rolling = Math.max(kernel - 1, 0) * (inner + 2 * groups * width);
            state = width * inner;
        }
        return 4 * (rolling + state);
    }

    private ModelShape.Experts experts() {
        long count = number("expert_count", 0);
        if (count <= 0 || (count == 1 && architecture.startsWith("hunyuan"))) {
            return ModelShape.Experts.NONE;
        }
        long feedForward = number("expert_feed_forward_length", 0);
        if (feedForward <= 0) {
            feedForward = tensorRows("ffn_up_exps");
        }
        if (feedForward <= 0) {
            feedForward = element("feed_forward_length", 0, 0);
        }
        long shared = number("expert_shared_feed_forward_length", 0);
        if (shared <= 0) {
            shared = tensorRows("ffn_up_shexp");
        }
        if (shared <= 0) {
            shared = number("expert_shared_count", 0) * feedForward;
        }
        return new ModelShape.Experts(
                (int) Math.min(count, 65_536),
                (int) Math.clamp(number("expert_used_count", 0), 0, 65_536),
                feedForward,
                shared);
    }

    private boolean isMixture(int i, ModelShape.Experts experts) {
        if (!experts.any()) {
            return false;
        }
        if (!tensors.isEmpty()) {
            String block = "blk." + i + ".";
            return tensors.containsKey(block + "ffn_down_exps.weight")
                    || tensors.containsKey(block + "ffn_gate_inp.weight");
        }
        long step =
                Math.max(1, number("interleave_moe_layer_step", number("moe_every_n_layers", 1)));
        return i >= number("leading_dense_block_count", 0) && (i + 1) % step == 0;
    }

    /** The second dimension of the first such tensor: the width of a feed-forward part. */
    private long tensorRows(String part) {
        for (int i = 0; i < blocks; i++) {
            Tensor tensor = tensors.get("blk." + i + "." + part + ".weight");
            if (tensor != null && tensor.dimensions().size() > 1) {
                return tensor.dimensions().get(1);
            }
        }
        return 0;
    }

    private long vocabulary() {
        long told = number("vocab_size", 0);
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

    private Map<String, Long> numbers() {
        Map<String, Long> all = new LinkedHashMap<>();
        String prefix = architecture + ".";
        for (String key : header.keys()) {
            if (key.startsWith(prefix)) {
                String name = key.substring(prefix.length());
                header.whole(key).ifPresent(n -> all.put(name, n));
                if (name.startsWith("attention.head_count")) {
                    header.wholes(key)
                            .filter(list -> !list.isEmpty())
                            .ifPresent(list -> {
                                all.put(name + ".min", java.util.Collections.min(list));
                                all.put(name + ".max", java.util.Collections.max(list));
                            });
                }
            }
        }
        return all;
    }

    private String key(String name) {
        return architecture + "." + name;
    }

    /** A whole number within what any model has; others are told and left out. */
    private long number(String name, long other) {
        OptionalLong told = header.whole(key(name));
        if (told.isEmpty()) {
            return other;
        }
        return sane(name, told.getAsLong(), other);
    }

    private long element(String name, int index, long other) {
        OptionalLong told = header.whole(key(name));
        if (told.isPresent()) {
            return sane(name, told.getAsLong(), other);
        }
        Optional<List<Long>> listed = header.wholes(key(name));
        if (listed.isEmpty()) {
            return other;
        }
        return index < listed.get().size() ? sane(name, listed.get().get(index), other) : 0;
    }

    private long sane(String name, long number, long other) {
        if (number >= -1 && number < MOST_LENGTH) {
            return number;
        }
        String remark =
                "The header's "
                        + Text.plain(key(name), 80)
                        + " of "
                        + number
                        + " was not believed.";
        if (!remarks.contains(remark)) {
            remarks.add(remark);
        }
        return other;
    }
}
