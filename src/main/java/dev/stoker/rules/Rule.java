package dev.stoker.rules;

import java.util.Arrays;
import java.util.Optional;

/**
 * What is looked for. The codes are stable: they are the keys of the rules' file and the labels of
 * the exporter.
 */
public enum Rule {
    /** Requests run, and the GPU that computes them does little. */
    GPU_UTILISATION_LOW("gpu-utilisation-low"),
    GPU_MEMORY_HIGH("gpu-memory-high"),
    HOST_MEMORY_HIGH("host-memory-high"),
    /** Above the mark, or close to the device's own slowdown temperature. */
    GPU_TEMPERATURE_HIGH("gpu-temperature-high"),
    GPU_POWER_AT_LIMIT("gpu-power-at-limit"),
    /** Its clock is held down by heat or by a lack of power. */
    GPU_THROTTLED("gpu-throttled"),
    /** Lost, to be reset, silent, or driver and library do not fit together. */
    GPU_FAULT("gpu-fault"),
    /** Memory errors that could not be corrected, or rows that are to be replaced. */
    GPU_MEMORY_FAULTY("gpu-memory-faulty"),
    /** Some of its links to other GPUs do not work. */
    GPU_LINK_DOWN("gpu-link-down"),
    SWAP_IN_USE("swap-in-use"),
    /** A model that was asked to be kept is not in memory, or its runner is dead. */
    MODEL_NOT_RESIDENT("model-not-resident"),
    /** A model computes on the processor, wholly or in part, though there is a GPU. */
    CPU_FALLBACK("cpu-fallback"),
    /** What the server says of a model's place and what the GPUs say differ. */
    MODEL_PLACE_DISPUTED("model-place-disputed"),
    QUEUE_GROWING("queue-growing"),
    CACHE_HIT_RATE_LOW("cache-hit-rate-low"),
    KV_CACHE_FULL("kv-cache-full"),
    SERVER_DOWN("server-down");

    private final String code;

    Rule(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }

    /** Returns the rule with that code. */
    public static Optional<Rule> ofCode(String code) {
        return Arrays.stream(values()).filter(rule -> rule.code.equals(code)).findFirst();
    }
}
