package dev.stoker.model;

import java.util.Map;
import java.util.Set;

/**
 * Which rules llama.cpp has for which architecture, by its name in {@code general.architecture}.
 *
 * <p>Source: {@code llama-arch.cpp}, {@code llama-model.cpp} and {@code models/*.cpp} of llama.cpp
 * b10434. The sets name what {@code load_arch_hparams} of each architecture reads and what {@code
 * create_memory} makes of it.
 */
final class Architectures {
    /** These keep neither keys nor values. */
    static final Set<String> ENCODERS =
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

    /** Text generators that see the whole text at once: they keep neither keys nor values. */
    static final Set<String> DIFFUSERS = Set.of("dream", "llada", "llada-moe", "rnd1");

    /** Every layer has a state, and none attends. */
    static final Set<String> RECURRENT =
            Set.of("mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7");

    /** Layers without key-value heads have a state. */
    static final Set<String> STATE_WITHOUT_KV_HEADS =
            Set.of("jamba", "plamo2", "granitehybrid", "lfm2", "lfm2moe", "kimi-linear", "kimi-k3");

    /** Layers have a state unless they are listed, or one of so many: the default is given. */
    static final Map<String, Integer> FULL_INTERVAL =
            Map.of("qwen3next", 4, "qwen35", 4, "qwen35moe", 4, "minimax-01", 8);

    /** Layers have a state where they have neither key-value heads nor a feed-forward part. */
    static final Set<String> NEMOTRON = Set.of("nemotron_h", "nemotron_h_moe");

    /** Only these read {@code ssm.group_count}. */
    static final Set<String> STATE_GROUPS =
            Set.of(
                    "mamba2",
                    "falcon-h1",
                    "granitehybrid",
                    "nemotron_h",
                    "nemotron_h_moe",
                    "plamo2",
                    "qwen3next",
                    "qwen35",
                    "qwen35moe");

    /** Only these read {@code nextn_predict_layers}. */
    static final Set<String> PREDICTING =
            Set.of(
                    "bailingmoe2",
                    "cohere2moe",
                    "deepseek2",
                    "deepseek32",
                    "deepseek4",
                    "exaone-moe",
                    "exaone4",
                    "glm-dsa",
                    "glm4",
                    "glm4moe",
                    "hy_v3",
                    "mimo2",
                    "mistral4",
                    "nemotron_h",
                    "nemotron_h_moe",
                    "qwen35",
                    "qwen35moe",
                    "qwen3next",
                    "step35");

    /** The blocks for multi-token prediction have no place in the main cache of these. */
    static final Set<String> NO_CACHE_FOR_PREDICTION =
            Set.of(
                    "deepseek32",
                    "glm-dsa",
                    "hy_v3",
                    "mimo2",
                    "minimax-01",
                    "qwen35",
                    "qwen35moe",
                    "qwen3next",
                    "step35");

    /** Attention is latent where both lengths of {@code *_mla} are told; only these read them. */
    static final Set<String> LATENT =
            Set.of("deepseek2", "deepseek32", "glm-dsa", "kimi-k3", "kimi-linear", "mistral4");

    /** Of every so many layers the last looks back over the whole context. */
    static final Map<String, Integer> FULL_LAST =
            Map.ofEntries(
                    Map.entry("afmoe", 4),
                    Map.entry("cohere2", 4),
                    Map.entry("exaone-moe", 4),
                    Map.entry("exaone4", 4),
                    Map.entry("gemma-embedding", 6),
                    Map.entry("gemma2", 2),
                    Map.entry("gemma3", 6),
                    Map.entry("gemma3n", 5),
                    Map.entry("gpt-oss", 2),
                    Map.entry("llama4", 4),
                    Map.entry("mellum", 4),
                    Map.entry("muse-glimmer", 4),
                    Map.entry("olmo2", 4),
                    Map.entry("plamo3", 8));

    /** The same, the first of each group. */
    static final Map<String, Integer> FULL_FIRST =
            Map.of("cohere2moe", 4, "laguna", 4, "modern-bert", 3, "smallthinker", 4);

    /** Of those with a period, these take an array of flags instead where there is one. */
    static final Set<String> PERIOD_OR_FLAGS = Set.of("cohere2moe", "mellum", "muse-glimmer");

    /** These have a flag for each layer, and no period. */
    static final Set<String> WINDOW_FLAGS =
            Set.of("gemma4", "gemma4-assistant", "step35", "mimo2", "dflash");

    /** Every architecture that is not named above. */
    private static final Set<String> PLAIN =
            Set.of(
                    "apertus",
                    "arcee",
                    "arctic",
                    "baichuan",
                    "bailingmoe",
                    "bitnet",
                    "bloom",
                    "chameleon",
                    "chatglm",
                    "codeshell",
                    "cogvlm",
                    "command-r",
                    "dbrx",
                    "deci",
                    "deepseek",
                    "deepseek2-ocr",
                    "dots1",
                    "eagle3",
                    "ernie4_5",
                    "ernie4_5-moe",
                    "exaone",
                    "falcon",
                    "gemma",
                    "gpt2",
                    "gptj",
                    "gptneox",
                    "granite",
                    "granitemoe",
                    "graniteswitch",
                    "grok",
                    "grovemoe",
                    "hunyuan-dense",
                    "hunyuan-moe",
                    "hunyuan_vl",
                    "internlm2",
                    "jais",
                    "jais2",
                    "llama",
                    "llama-embed",
                    "maincoder",
                    "minicpm",
                    "minicpm3",
                    "minimax-m2",
                    "minimax-m3",
                    "mistral3",
                    "mpt",
                    "nanbeige",
                    "nemotron",
                    "olmo",
                    "olmoe",
                    "openelm",
                    "orion",
                    "paddleocr",
                    "pangu-embedded",
                    "phi2",
                    "phi3",
                    "phimoe",
                    "plamo",
                    "plm",
                    "pockettts",
                    "qwen",
                    "qwen2",
                    "qwen2moe",
                    "qwen2vl",
                    "qwen3",
                    "qwen3moe",
                    "qwen3tts",
                    "qwen3vl",
                    "qwen3vlmoe",
                    "refact",
                    "seed_oss",
                    "smollm3",
                    "stablelm",
                    "starcoder",
                    "starcoder2",
                    "t5",
                    "t5encoder",
                    "talkie",
                    "xverse");

    private Architectures() {}

    /** Returns whether llama.cpp b10434 has an architecture of this name. */
    static boolean known(String name) {
        return PLAIN.contains(name)
                || ENCODERS.contains(name)
                || DIFFUSERS.contains(name)
                || RECURRENT.contains(name)
                || STATE_WITHOUT_KV_HEADS.contains(name)
                || STATE_GROUPS.contains(name)
                || FULL_INTERVAL.containsKey(name)
                || PREDICTING.contains(name)
                || FULL_LAST.containsKey(name)
                || FULL_FIRST.containsKey(name)
                || WINDOW_FLAGS.contains(name);
    }
}
