package dev.stoker.rules;

import java.util.Arrays;
import java.util.Optional;

/**
 * What is looked for. The codes are stable: they are the keys of the rules' file and the labels of
 * the exporter.
 */
public enum Rule {
    GPU_UTILISATION_LOW(
            "gpu-utilisation-low", "Requests run, and the GPUs that compute them do little."),
    GPU_MEMORY_HIGH(
            "gpu-memory-high",
            "A GPU's own memory is nearly full; what models hold weighs a step less."),
    HOST_MEMORY_HIGH(
            "host-memory-high",
            "The host's memory, which is the GPU's too where it is unified, is nearly full."),
    GPU_TEMPERATURE_HIGH(
            "gpu-temperature-high", "A GPU is hot, or close to where it slows itself down."),
    GPU_POWER_AT_LIMIT(
            "gpu-power-at-limit", "A GPU's power limit holds its clock, as is usual at full load."),
    GPU_THROTTLED("gpu-throttled", "A GPU's clock is held down by heat or by a lack of power."),
    GPU_FAULT(
            "gpu-fault",
            "A GPU is lost, must be reset or is silent, or driver and library do not match."),
    GPU_MEMORY_FAULTY(
            "gpu-memory-faulty",
            "A GPU's memory had errors that could not be corrected, or rows to be replaced."),
    GPU_LINK_DOWN("gpu-link-down", "Some of a GPU's links to other GPUs do not work."),
    SWAP_IN_USE("swap-in-use", "The host has swapped memory out."),
    MODEL_NOT_RESIDENT(
            "model-not-resident",
            "A model that should be in memory is not, or its runner is dead or silent."),
    CPU_FALLBACK(
            "cpu-fallback",
            "A model is computed by the processor, wholly or in part, though there is a GPU."),
    MODEL_PLACE_DISPUTED(
            "model-place-disputed",
            "What a server says of a model's place and what the GPUs' drivers say differ."),
    QUEUE_GROWING("queue-growing", "More and more requests wait."),
    CACHE_HIT_RATE_LOW(
            "cache-hit-rate-low", "Few of the prompts' tokens are found in the prefix cache."),
    KV_CACHE_FULL("kv-cache-full", "A server's memory for contexts is full."),
    SERVER_DOWN("server-down", "A server does not answer, or says that it does not work.");

    private final String code;
    private final String sentence;

    Rule(String code, String sentence) {
        this.code = code;
        this.sentence = sentence;
    }

    public String code() {
        return code;
    }

    /** Returns what it looks for. */
    public String sentence() {
        return sentence;
    }

    /** Returns the rule with that code. */
    public static Optional<Rule> ofCode(String code) {
        return Arrays.stream(values()).filter(rule -> rule.code.equals(code)).findFirst();
    }
}
