package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.suite.Task;

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
 * @param checking how answers are checked, where the prompts are tests
 */
public record BenchRequest(
        List<String> models,
        List<Task> prompts,
        int iterations,
        OptionalLong contextLength,
        Unload unload,
        Restart restart,
        Bytes restartAbove,
        Duration stall,
        long seed,
        int parallelSmall,
        Checking checking) {
    public BenchRequest {
        models = List.copyOf(models);
        prompts = List.copyOf(prompts);
    }

    /** A request whose prompts are no tests. */
    public BenchRequest(
            List<String> models,
            List<Task> prompts,
            int iterations,
            OptionalLong contextLength,
            Unload unload,
            Restart restart,
            Bytes restartAbove,
            Duration stall,
            long seed,
            int parallelSmall) {
        this(
                models,
                prompts,
                iterations,
                contextLength,
                unload,
                restart,
                restartAbove,
                stall,
                seed,
                parallelSmall,
                Checking.none());
    }

    /**
     * How answers are checked.
     *
     * @param suite the suite's name; empty where there is none
     * @param runCode whether code that models write may be run
     */
    public record Checking(String suite, boolean runCode) {
        public static Checking none() {
            return new Checking("", false);
        }

        public boolean isSuite() {
            return !suite.isEmpty();
        }
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
