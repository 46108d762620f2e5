package dev.stoker.bench;

import dev.stoker.base.Bytes;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * What the user asks of a benchmark.
 *
 * @param models names; empty for every local model of the server
 * @param prompts the set, at least one
 * @param iterations measured repetitions of each prompt, from 1
 * @param contextLength tokens a slot; empty for the server's default
 * @param unload when models are taken out of memory
 * @param restart when the server is restarted
 * @param restartAbove models larger than this get a fresh server when {@code restart} is LARGE
 * @param stall a request without any byte for so long has stalled
 * @param seed for servers that honour one
 * @param parallelSmall at most so many small models at once; 1 for one after the other
 */
public record BenchRequest(
        List<String> models,
        List<BenchPrompt> prompts,
        int iterations,
        OptionalLong contextLength,
        Unload unload,
        Restart restart,
        Bytes restartAbove,
        Duration stall,
        long seed,
        int parallelSmall) {
    public BenchRequest {
        models = List.copyOf(models);
        prompts = List.copyOf(prompts);
    }

    /** When models are taken out of memory. */
    public enum Unload {
        NEVER,
        BETWEEN
    }

    /** When the server is restarted. */
    public enum Restart {
        NEVER,
        /**
         * Before a model that is large or predicted not to fit, and after a failure that calls for
         * it.
         */
        LARGE,
        /** Before every model, and after a failure that calls for it. */
        ALWAYS
    }

    /**
     * Returns the defaults: every model, the built-in prompts, 3 iterations, full memory
     * management.
     */
    public static BenchRequest defaults() {
        return new BenchRequest(
                List.of(),
                PromptSet.standard(),
                3,
                OptionalLong.empty(),
                Unload.BETWEEN,
                Restart.LARGE,
                Bytes.gb(40),
                Duration.ofSeconds(120),
                42,
                1);
    }
}
