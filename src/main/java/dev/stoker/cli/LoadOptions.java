package dev.stoker.cli;

import dev.stoker.base.UserError;
import dev.stoker.load.Arrivals;
import dev.stoker.load.LoadSettings;
import dev.stoker.load.LoadStep;
import dev.stoker.load.Objective;
import dev.stoker.load.Sweep;
import dev.stoker.load.TraceFile;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What a load test can be told about its load, and how it becomes steps. Filled by picocli. */
final class LoadOptions {
    private static final Duration DEFAULT_DURATION = Duration.ofSeconds(30);
    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(10);
    private static final Duration SWEEP_DURATION = Duration.ofSeconds(10);
    private static final int DEFAULT_USERS = 8;
    private static final int MOST_USERS = 50_000;
    private static final double HIGHEST_RATE = 1_000_000;

    /** How requests of an open loop are spread. */
    enum Spread {
        CONSTANT,
        POISSON
    }

    @Parameters(
            paramLabel = "MODEL",
            arity = "0..1",
            description = "The model. Default: the one that is loaded, or the only one there is.")
    @Nullable String model;

    @Option(
            names = {"-c", "--concurrency"},
            paramLabel = "N[,N…]",
            hideParamSyntax = true,
            split = ",",
            description =
                    "Closed loop: so many users, each sends again when its answer came; several"
                            + " numbers are tried one after the other. Default: 8.")
    @Nullable List<Integer> concurrency;

    @Option(
            names = "--rate",
            paramLabel = "R[,R…]",
            hideParamSyntax = true,
            split = ",",
            description =
                    "Open loop: so many requests a second, whatever the server does; several rates"
                            + " are tried one after the other.")
    @Nullable List<Double> rates;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description =
                    "Open loop: replay a recorded load, JSON lines such as {\"at\": 1.25,"
                            + " \"prompt_tokens\": 512, \"max_tokens\": 128}.")
    @Nullable Path trace;

    @Option(
            names = "--sweep",
            description =
                    "Find the most that the server can do: 1, 2, 4 … users up to the knee; with"
                            + " --slo also the highest rate that meets it. 10s each without"
                            + " --duration.")
    boolean sweep;

    @Option(
            names = "--arrivals",
            paramLabel = "KIND",
            description = "How a rate is spread: constant or poisson. Default: poisson.")
    @Nullable Spread arrivals;

    @Option(
            names = "--ramp",
            paramLabel = "TIME",
            description = "Rise to the full load over so long; not measured. Default: none.")
    @Nullable String ramp;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            description =
                    "Full load before measuring. Default: a tenth of --duration, at most 10s; none"
                            + " with --requests.")
    @Nullable String warmUp;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            description = "Measure for so long, at each load. Default: 30s without --requests.")
    @Nullable String duration;

    @Option(
            names = {"-n", "--requests"},
            paramLabel = "N",
            description = "Measure so many requests, at each load.")
    @Nullable Long requests;

    @Option(
            names = "--max-error-rate",
            paramLabel = "SHARE",
            description =
                    "Stop a load when more of its requests fail: 0.1 or 10%%. Default: 50%%; 100%%"
                            + " to go on.")
    @Nullable String maxErrorRate;

    @Option(
            names = "--max-in-flight",
            paramLabel = "N",
            description =
                    "Open loop: no more requests at once; further ones wait, which is said."
                            + " Default: 10000.")
    @Nullable Integer mostInFlight;

    @Option(
            names = "--slo",
            paramLabel = "LIMITS",
            description =
                    "What users are promised, such as ttft_p95=500ms,itl_p95=50ms; gives the"
                            + " goodput.")
    @Nullable String slo;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of random arrivals and prompts, and of the server. Default: 42.")
    long seed = 42;

    private @Nullable List<TraceFile.Entry> entries;

    /** Returns the loads to try, in order. */
    List<LoadStep> steps() {
        long kinds =
                Stream.of(concurrency != null, rates != null, trace != null, sweep)
                        .filter(given -> given)
                        .count();
        if (kinds > 1) {
            throw UserError.wrongUse(
                    "More than one of --concurrency (closed loop), --rate (open loop), --trace and"
                            + " --sweep was given.",
                    "Choose one of them.");
        }
        if (sweep && (requests != null || ramp != null)) {
            throw UserError.wrongUse(
                    "A sweep goes by time, without a ramp.", "Give --duration, or nothing.");
        }
        if (trace != null && (requests != null || ramp != null || warmUp != null)) {
            throw UserError.wrongUse(
                    "A recorded load has its own number of requests and its own beginning.",
                    "Leave out --requests, --ramp and --warmup; --duration may cut it.");
        }
        if (arrivals != null && rates == null) {
            throw UserError.wrongUse("--arrivals says how --rate is spread.", "Give a --rate.");
        }
        if (mostInFlight != null && rates == null && trace == null) {
            throw UserError.wrongUse(
                    "--max-in-flight bounds an open loop; a closed one has its users.",
                    "Give a --rate or a --trace, or leave it out.");
        }
        List<LoadStep> steps = new ArrayList<>();
        for (Arrivals load : loads()) {
            steps.add(step(load));
        }
        return steps;
    }

    /** Returns the recorded requests; none without a trace. */
    List<TraceFile.Entry> recorded() {
        if (trace == null) {
            return List.of();
        }
        if (entries == null) {
            entries = TraceFile.read(trace);
        }
        return entries;
    }

    /** Returns the sweep, if one is wanted. */
    Optional<Sweep> sweep() {
        if (!sweep) {
            return Optional.empty();
        }
        LoadStep first = step(new Arrivals.Closed(1));
        return Optional.of(
                new Sweep(
                        first.duration().orElse(SWEEP_DURATION),
                        first.warmUp(),
                        slo != null,
                        seed));
    }

    private List<Arrivals> loads() {
        List<Arrivals> loads = new ArrayList<>();
        if (trace != null) {
            return List.of(
                    new Arrivals.Trace(recorded().stream().map(TraceFile.Entry::at).toList()));
        }
        if (sweep) {
            return List.of();
        }
        if (rates != null) {
            for (double rate : rates) {
                if (!(rate > 0) || rate > HIGHEST_RATE) {
                    throw UserError.wrongUse(
                            "Expected rates above 0 for --rate, but got " + rate + ".", "");
                }
                loads.add(
                        arrivals == Spread.CONSTANT
                                ? new Arrivals.Constant(rate)
                                : new Arrivals.Poisson(rate, seed));
            }
            return loads;
        }
        for (int users : concurrency == null ? List.of(DEFAULT_USERS) : concurrency) {
            if (users < 1 || users > MOST_USERS) {
                throw UserError.wrongUse(
                        "Expected 1 to "
                                + MOST_USERS
                                + " users for --concurrency, but got "
                                + users
                                + ".",
                        "");
            }
            loads.add(new Arrivals.Closed(users));
        }
        return loads;
    }

    private LoadStep step(Arrivals load) {
        if (requests != null && requests < 1) {
            throw UserError.wrongUse(
                    "Expected a number from 1 for --requests, but got " + requests + ".", "");
        }
        boolean isTrace = load instanceof Arrivals.Trace;
        boolean byTime = duration != null || (requests == null && !isTrace);
        Duration measured =
                duration == null
                        ? (sweep ? SWEEP_DURATION : DEFAULT_DURATION)
                        : BenchOptions.duration("--duration", duration);
        Duration lead =
                warmUp != null
                        ? orNone("--warmup", warmUp)
                        : !byTime || requests != null || isTrace
                                ? Duration.ZERO
                                : shorter(measured.dividedBy(10), LONGEST_WARM_UP);
        return new LoadStep(
                load,
                ramp == null ? Duration.ZERO : orNone("--ramp", ramp),
                lead,
                byTime ? Optional.of(measured) : Optional.empty(),
                requests == null ? OptionalLong.empty() : OptionalLong.of(requests));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Duration orNone(String option, String text) {
        return text.strip().matches("0+\\s*(ms|s|m|h)?")
                ? Duration.ZERO
                : BenchOptions.duration(option, text);
    }

    LoadSettings settings(Duration thinkTime, boolean conversations) {
        int most = mostInFlight == null ? 10_000 : mostInFlight;
        if (most < 1 || most > MOST_USERS) {
            throw UserError.wrongUse(
                    "Expected 1 to " + MOST_USERS + " for --max-in-flight, but got " + most + ".",
                    "");
        }
        return new LoadSettings(
                maxErrorRate == null ? 0.5 : Shares.read("--max-error-rate", maxErrorRate),
                thinkTime,
                conversations,
                rates == null && trace == null ? Integer.MAX_VALUE : most);
    }

    List<Objective> objectives() {
        return slo == null ? List.of() : Objective.parse(slo);
    }

    /** Writes what was asked, with the defaults filled in. */
    void describe(ObjectNode o, List<LoadStep> steps) {
        ArrayNode loads = o.putArray("loads");
        for (LoadStep step : steps) {
            loads.add(step.arrivals().label());
        }
        LoadStep first = steps.isEmpty() ? step(new Arrivals.Closed(1)) : steps.getFirst();
        o.put("sweep", sweep).put("arrivals", first.arrivals().code());
        o.put("ramp_seconds", first.ramp().toMillis() / 1e3);
        o.put("warmup_seconds", first.warmUp().toMillis() / 1e3);
        first.duration().ifPresent(d -> o.put("duration_seconds", d.toMillis() / 1e3));
        first.requests().ifPresent(n -> o.put("requests", n));
        o.put("max_error_rate", settings(Duration.ZERO, false).maxErrorRate()).put("seed", seed);
        if (trace != null) {
            o.put("trace_sha256", LoadPromptOptions.hash(trace));
        }
        ArrayNode limits = o.putArray("objectives");
        objectives().forEach(x -> limits.add(x.text().toLowerCase(Locale.ROOT)));
    }
}
