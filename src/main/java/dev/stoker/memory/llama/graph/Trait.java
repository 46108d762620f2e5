package dev.stoker.memory.llama.graph;

import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** In what an architecture's graph differs from the usual, beyond what its tensors' names tell. */
enum Trait {
    /** It norms by mean and variance, not by the root mean square. */
    MEAN_NORM,
    /** The embeddings are scaled. */
    SCALED_INPUT,
    /** Queries are scaled by themselves. */
    SCALED_QUERY,
    /** The logits are scaled. */
    SCALED_LOGITS,
    /** The stream comes first in each sum. */
    KEPT_FIRST,
    /** The stream comes first in the sum with the feed-forward part's result. */
    MIDDLE_FIRST,
    /** What a part adds to the stream is scaled. */
    SCALED_RESIDUAL,
    /** The attention's scores are kept within bounds. */
    CAPPED_SCORES,
    /** A part's result is normed, not its input. */
    NORM_BEHIND,
    /** Queries and keys are normed after they were rotated. */
    NORM_AFTER_ROPE,
    /** Attention and feed-forward part read the same input. */
    PARALLEL,
    /** As before, and their results are added up first. */
    PARALLEL_SUM,
    /** As before, attention's first. */
    ATTENTION_FIRST,
    /** The feed-forward part reads what attention reads where it has no norm of its own. */
    SHARED_NORM,
    /** Every place is told by four numbers. */
    FOUR_PLACES,
    /** The attention's result is weighed by a gate that reads what attention reads. */
    GATED_ATTENTION,
    /** Queries and keys are normed without weights. */
    BARE_NORM,
    /** Where queries are not rotated they are scaled by place. */
    SCALED_BY_PLACE,
    /** The experts' inputs are weighed, not their results. */
    EXPERTS_WEIGHED_BEFORE,
    /** The experts are chosen by the layer's input. */
    EXPERTS_BY_INPUT,
    /** Nothing is rotated. */
    NO_ROPE,
    /** Every fourth layer is not rotated. */
    EVERY_FOURTH_UNTURNED,
    /** Only layers with a window are rotated. */
    ROPE_IN_WINDOWS,
    /** What no logits are asked for is dropped after the last layer, not in it. */
    ALL_ROWS,
    /** As before, and after the last norm. */
    ALL_ROWS_NORMED,
    /** Attention and a state read the same input, and their results are added up. */
    BOTH_IN_SUM,
    /** Values are normed, without weights. */
    NORMED_VALUES,
    /** It makes no logits where embeddings are asked for. */
    EMBEDS_OR_SPEAKS,
    /** It reads a text as a whole: no cache, and no logits. */
    ENCODES,
    /** What no logits are asked for is dropped at the end of the last layer. */
    ROWS_AT_END,
    /** The logits are kept where they are. */
    KEPT_LOGITS,
    /** The chosen experts' weights are not made to sum up to one. */
    EXPERTS_NOT_NORMED,
    /** Each expert's fit is judged by itself. */
    EXPERTS_BY_SIGMOID,
    /** The experts are chosen first, then weighed against each other. */
    EXPERTS_BY_CHOSEN;

    private static final Map<String, Set<Trait>> KNOWN =
            Map.ofEntries(
                    Map.entry("llama", none()),
                    Map.entry("mistral3", none()),
                    Map.entry("qwen2", none()),
                    Map.entry("qwen3", none()),
                    Map.entry("seed_oss", none()),
                    Map.entry("internlm2", none()),
                    Map.entry("ernie4_5", none()),
                    Map.entry("smollm3", EnumSet.of(EVERY_FOURTH_UNTURNED)),
                    Map.entry("chatglm", none()),
                    Map.entry("glm4", none()),
                    Map.entry("apertus", none()),
                    Map.entry("hunyuan-dense", EnumSet.of(NORM_AFTER_ROPE)),
                    Map.entry("granite", EnumSet.of(SCALED_INPUT, SCALED_RESIDUAL, SCALED_LOGITS)),
                    Map.entry("phi3", EnumSet.of(SCALED_QUERY, MIDDLE_FIRST)),
                    Map.entry("gemma", EnumSet.of(SCALED_INPUT, SCALED_QUERY)),
                    Map.entry(
                            "gemma2",
                            EnumSet.of(SCALED_INPUT, SCALED_QUERY, SCALED_LOGITS, CAPPED_SCORES)),
                    Map.entry("gemma3", EnumSet.of(SCALED_INPUT, SCALED_QUERY)),
                    Map.entry("qwen2vl", EnumSet.of(FOUR_PLACES)),
                    Map.entry("falcon", EnumSet.of(MEAN_NORM, PARALLEL, PARALLEL_SUM)),
                    Map.entry(
                            "phi2",
                            EnumSet.of(
                                    MEAN_NORM,
                                    PARALLEL,
                                    PARALLEL_SUM,
                                    ATTENTION_FIRST,
                                    SCALED_QUERY)),
                    Map.entry("gptneox", EnumSet.of(MEAN_NORM, PARALLEL)),
                    Map.entry("starcoder2", EnumSet.of(MEAN_NORM)),
                    Map.entry("nemotron", EnumSet.of(MEAN_NORM)),
                    Map.entry("stablelm", EnumSet.of(MEAN_NORM, SHARED_NORM)),
                    Map.entry("bloom", EnumSet.of(MEAN_NORM, NO_ROPE)),
                    Map.entry("gpt2", EnumSet.of(MEAN_NORM, NO_ROPE)),
                    Map.entry("arctic", none()),
                    Map.entry("gemma3n", EnumSet.of(SCALED_INPUT, SCALED_LOGITS, NORMED_VALUES)),
                    Map.entry("plamo2", EnumSet.of(ROWS_AT_END, KEPT_LOGITS)),
                    Map.entry("rwkv6", EnumSet.of(MEAN_NORM)),
                    Map.entry("rwkv7", EnumSet.of(MEAN_NORM)),
                    Map.entry("t5encoder", EnumSet.of(NO_ROPE, ENCODES)),
                    Map.entry("gemma-embedding", EnumSet.of(SCALED_INPUT, SCALED_QUERY, ENCODES)),
                    Map.entry("kimi-linear", EnumSet.of(NO_ROPE)),
                    Map.entry("mamba", none()),
                    Map.entry("jamba", EnumSet.of(NO_ROPE, KEPT_FIRST, EXPERTS_NOT_NORMED)),
                    Map.entry(
                            "gemma4",
                            EnumSet.of(
                                    SCALED_INPUT, SCALED_LOGITS, NORMED_VALUES, ALL_ROWS_NORMED)),
                    Map.entry("qwen3vl", EnumSet.of(FOUR_PLACES)),
                    Map.entry("qwen3vlmoe", EnumSet.of(FOUR_PLACES)),
                    Map.entry("qwen35", EnumSet.of(FOUR_PLACES, ALL_ROWS_NORMED)),
                    Map.entry("qwen35moe", EnumSet.of(FOUR_PLACES, ALL_ROWS_NORMED)),
                    Map.entry("qwen3next", EnumSet.of(ALL_ROWS_NORMED)),
                    Map.entry("lfm2", EnumSet.of(KEPT_FIRST, EMBEDS_OR_SPEAKS)),
                    Map.entry("lfm2moe", EnumSet.of(KEPT_FIRST, EMBEDS_OR_SPEAKS)),
                    Map.entry("deepseek2", none()),
                    Map.entry("minicpm3", EnumSet.of(SCALED_INPUT, SCALED_RESIDUAL, SCALED_LOGITS)),
                    Map.entry("mamba2", none()),
                    Map.entry("nemotron_h", EnumSet.of(NO_ROPE, ALL_ROWS_NORMED)),
                    Map.entry(
                            "nemotron_h_moe",
                            EnumSet.of(NO_ROPE, ALL_ROWS_NORMED, EXPERTS_BY_SIGMOID)),
                    Map.entry("falcon-h1", EnumSet.of(BOTH_IN_SUM)),
                    Map.entry(
                            "granitehybrid",
                            EnumSet.of(SCALED_INPUT, SCALED_RESIDUAL, SCALED_LOGITS, NO_ROPE)),
                    Map.entry(
                            "llama4",
                            EnumSet.of(
                                    EVERY_FOURTH_UNTURNED,
                                    SCALED_BY_PLACE,
                                    BARE_NORM,
                                    EXPERTS_BY_SIGMOID,
                                    EXPERTS_NOT_NORMED,
                                    EXPERTS_WEIGHED_BEFORE)),
                    Map.entry(
                            "afmoe",
                            EnumSet.of(SCALED_INPUT, EVERY_FOURTH_UNTURNED, GATED_ATTENTION)),
                    Map.entry("smallthinker", EnumSet.of(EXPERTS_BY_INPUT, ROPE_IN_WINDOWS)),
                    Map.entry("qwen3moe", none()),
                    Map.entry("qwen2moe", EnumSet.of(EXPERTS_NOT_NORMED)),
                    Map.entry("olmoe", EnumSet.of(EXPERTS_NOT_NORMED)),
                    Map.entry("deepseek", EnumSet.of(EXPERTS_NOT_NORMED)),
                    Map.entry("bailingmoe", none()),
                    Map.entry("bailingmoe2", none()),
                    Map.entry("dots1", none()),
                    Map.entry("glm4moe", none()),
                    Map.entry("ernie4_5-moe", none()),
                    Map.entry("minimax-m2", none()),
                    Map.entry("phimoe", EnumSet.of(SCALED_QUERY, MIDDLE_FIRST)),
                    Map.entry("dbrx", EnumSet.of(MEAN_NORM)),
                    Map.entry("hunyuan-moe", EnumSet.of(NORM_AFTER_ROPE)),
                    Map.entry("gpt-oss", EnumSet.of(EXPERTS_BY_CHOSEN, ALL_ROWS)),
                    Map.entry(
                            "granitemoe", EnumSet.of(SCALED_INPUT, SCALED_RESIDUAL, SCALED_LOGITS)),
                    Map.entry("olmo2", EnumSet.of(NORM_BEHIND)),
                    Map.entry("exaone4", EnumSet.of(NORM_BEHIND, ROPE_IN_WINDOWS)),
                    Map.entry("command-r", EnumSet.of(MEAN_NORM, PARALLEL, SCALED_LOGITS)),
                    Map.entry(
                            "cohere2",
                            EnumSet.of(MEAN_NORM, PARALLEL, SCALED_LOGITS, ROPE_IN_WINDOWS)));

    private static Set<Trait> none() {
        return EnumSet.noneOf(Trait.class);
    }

    /** Returns an architecture's traits; empty where its graph is not known. */
    static Optional<Set<Trait>> of(String architecture) {
        return Optional.ofNullable(KNOWN.get(architecture));
    }
}
