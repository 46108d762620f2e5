package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.bench.BenchRequest;
import dev.stoker.bench.BenchRequest.Checking;
import dev.stoker.bench.BenchRequest.Restart;
import dev.stoker.bench.BenchRequest.Unload;
import dev.stoker.bench.PromptSet;
import dev.stoker.suite.Haystack;
import dev.stoker.suite.Suite;
import dev.stoker.suite.Suites;
import dev.stoker.suite.Task;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a benchmark can be told, and how it becomes a request. Filled by picocli. */
final class BenchOptions {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,7})\\s*(ms|s|m|h)?");

    @Parameters(
            paramLabel = "MODEL",
            arity = "0..*",
            description =
                    "Models to measure, in this order. Without: every local one, small first.")
    List<String> models = new ArrayList<>();

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "Measured repetitions of each prompt. Default: 3.")
    @Nullable Integer iterations;

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            description = {
                "Own prompts: a text file (one prompt), or JSON:",
                "[{\"name\": …, \"prompt\": …, \"max_tokens\": …}, …]"
            })
    @Nullable Path prompts;

    @Option(
            names = "--suite",
            paramLabel = "SUITE",
            description = {
                "Ask the tests of a suite and check the answers: standard, vision (charts and"
                        + " scenes, for models that see), or a YAML file. A failed check ends with"
                        + " 1."
            })
    @Nullable String suite;

    @Option(
            names = "--run-code",
            description = {
                "Run the code that models write for a suite: locked up, ten seconds, 512 MiB,"
                        + " without network where the host allows that. Without: it is only read."
            })
    boolean runCode;

    @Option(
            names = "--haystack",
            paramLabel = "TOKENS",
            description = {
                "How long the long texts of a suite are. Default: as the suite says (3000). Made"
                        + " shorter where the model's context is."
            })
    @Nullable Integer haystack;

    @Option(
            names = "--context",
            paramLabel = "TOKENS",
            description = "Context length to load with. Default: the server's own.")
    @Nullable Long context;

    @Option(
            names = "--unload",
            paramLabel = "WHEN",
            description = {
                "never|between: take each model out of memory after its turn. Default: between;"
                        + " UNLOAD_BETWEEN_MODELS=false means never."
            })
    @Nullable Unload unload;

    @Option(
            names = "--restart",
            paramLabel = "WHEN",
            description = {
                "never|large|always: restart the server before a model. Default: large;"
                        + " RESTART_ON_LARGE_MODELS=false means never."
            })
    @Nullable Restart restart;

    @Option(
            names = "--restart-above",
            paramLabel = "SIZE",
            description = "A model with a larger file counts as large. Default: 40GB.")
    @Nullable String restartAbove;

    @Option(
            names = "--stall",
            paramLabel = "TIME",
            description = "Without a byte for so long a request has stalled. Default: 120s.")
    @Nullable String stall;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed, for servers that honour one. Default: 42.")
    @Nullable Long seed;

    @Option(
            names = "--parallel-small",
            paramLabel = "N",
            arity = "0..1",
            fallbackValue = "3",
            description = {
                "Measure up to N (3) small models at once, when they fit with room to spare. Their"
                        + " figures are then those of a shared machine."
            })
    @Nullable Integer parallelSmall;

    /**
     * Returns the request, with the old script's environment variables where no option is given.
     */
    BenchRequest request(Map<String, String> env) {
        BenchRequest d = BenchRequest.defaults();
        Optional<Suite> chosen = suite();
        return new BenchRequest(
                models,
                chosen.map(this::tests)
                        .orElseGet(() -> prompts == null ? d.prompts() : PromptSet.read(prompts)),
                between("--iterations", iterations, d.iterations(), 1, 1000),
                context == null
                        ? OptionalLong.empty()
                        : OptionalLong.of(positive("--context", context)),
                unload != null
                        ? unload
                        : truth(env, "UNLOAD_BETWEEN_MODELS") ? d.unload() : Unload.NEVER,
                restart != null
                        ? restart
                        : truth(env, "RESTART_ON_LARGE_MODELS") ? d.restart() : Restart.NEVER,
                restartAbove == null ? d.restartAbove() : Bytes.parse(restartAbove),
                stall == null ? d.stall() : duration("--stall", stall),
                seed(),
                between("--parallel-small", parallelSmall, d.parallelSmall(), 1, 16),
                chosen.map(s -> new Checking(s.name(), runCode)).orElse(Checking.none()));
    }

    private Optional<Suite> suite() {
        if (suite == null) {
            if (runCode || haystack != null) {
                throw UserError.wrongUse(
                        (runCode ? "--run-code" : "--haystack")
                                + " belongs to a suite, and none was given.",
                        "Add --suite standard, or leave it out.");
            }
            return Optional.empty();
        }
        if (prompts != null) {
            throw UserError.wrongUse(
                    "--suite and --prompts were both given.", "Choose one of them.");
        }
        return Optional.of(Suites.find(suite, seed()));
    }

    /** Returns the seed, which also decides what drawn pictures show. */
    long seed() {
        return seed == null ? BenchRequest.defaults().seed() : seed;
    }

    private List<Task> tests(Suite chosen) {
        if (haystack == null) {
            return chosen.tests();
        }
        int tokens = between("--haystack", haystack, 0, Haystack.SHORTEST, 10_000_000);
        return chosen.tests().stream().map(t -> t.withHaystack(tokens)).toList();
    }

    /** Returns whether any option was given that a resumed run already has. */
    boolean anyGiven() {
        return !models.isEmpty()
                || iterations != null
                || prompts != null
                || suite != null
                || runCode
                || haystack != null
                || context != null
                || unload != null
                || restart != null
                || restartAbove != null
                || stall != null
                || seed != null
                || parallelSmall != null;
    }

    private static int between(
            String option, @Nullable Integer given, int other, int low, int high) {
        if (given == null) {
            return other;
        }
        if (given < low || given > high) {
            throw UserError.wrongUse(
                    "Expected "
                            + low
                            + " to "
                            + high
                            + " for "
                            + option
                            + ", but got "
                            + given
                            + ".",
                    "");
        }
        return given;
    }

    private static long positive(String option, long given) {
        if (given < 1) {
            throw UserError.wrongUse(
                    "Expected a number from 1 for " + option + ", but got " + given + ".", "");
        }
        return given;
    }

    /** Reads a truth value as shells write it; unset is true, as it was in the script. */
    private static boolean truth(Map<String, String> env, String name) {
        String value = env.getOrDefault(name, "true").strip().toLowerCase(Locale.ROOT);
        return switch (value) {
            case "true", "1", "yes", "on", "" -> true;
            case "false", "0", "no", "off" -> false;
            default ->
                    throw UserError.wrongUse(
                            "Expected true or false in the environment variable "
                                    + name
                                    + ", but got '"
                                    + value
                                    + "'.",
                            "");
        };
    }

    /** Reads a duration such as 500ms, 120s, 2m, 1h; a bare number is seconds. */
    static Duration duration(String option, String text) {
        Matcher m = DURATION.matcher(text.strip());
        if (!m.matches()) {
            throw UserError.wrongUse(
                    "Expected a time such as 120s or 2m for "
                            + option
                            + ", but got '"
                            + text
                            + "'.",
                    "");
        }
        long n = Long.parseLong(m.group(1));
        Duration d =
                switch (m.group(2) == null ? "s" : m.group(2)) {
                    case "ms" -> Duration.ofMillis(n);
                    case "m" -> Duration.ofMinutes(n);
                    case "h" -> Duration.ofHours(n);
                    default -> Duration.ofSeconds(n);
                };
        if (d.isZero()) {
            throw UserError.wrongUse("Expected a time above zero for " + option + ".", "");
        }
        return d;
    }
}
