package dev.stoker.cli;

import dev.stoker.base.UserError;
import dev.stoker.json.Json;
import dev.stoker.load.Arrivals;
import dev.stoker.load.LoadSettings;
import dev.stoker.load.LoadStep;
import dev.stoker.load.Objective;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** What a load test can be told about its load, and how it becomes steps. Filled by picocli. */
final class LoadOptions {
    private static final Duration DEFAULT_DURATION = Duration.ofSeconds(30);
    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(10);
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
            split = ",",
            description =
                    "Closed loop: so many users, each sends again when its answer came; several"
                            + " numbers are tried one after the other. Default: 8.")
    @Nullable List<Integer> concurrency;

    @Option(
            names = "--rate",
            paramLabel = "R[,R…]",
            split = ",",
            description =
                    "Open loop: so many requests a second, whatever the server does; several rates"
                            + " are tried one after the other.")
    @Nullable List<Double> rates;

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

    /** Returns the loads to try, in order. */
    List<LoadStep> steps() {
        if (concurrency != null && rates != null) {
            throw UserError.wrongUse(
                    "--concurrency (closed loop) and --rate (open loop) were both given.",
                    "Choose one of them.");
        }
        if (arrivals != null && rates == null) {
            throw UserError.wrongUse("--arrivals says how --rate is spread.", "Give a --rate.");
        }
        if (mostInFlight != null && rates == null) {
            throw UserError.wrongUse(
                    "--max-in-flight bounds an open loop; a closed one has its users.",
                    "Give a --rate, or leave it out.");
        }
        List<LoadStep> steps = new ArrayList<>();
        for (Arrivals load : loads()) {
            steps.add(step(load));
        }
        return steps;
    }

    private List<Arrivals> loads() {
        List<Arrivals> loads = new ArrayList<>();
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
        boolean byTime = duration != null || requests == null;
        Duration measured =
                duration == null ? DEFAULT_DURATION : BenchOptions.duration("--duration", duration);
        Duration lead =
                warmUp != null
                        ? orNone("--warmup", warmUp)
                        : !byTime || requests != null
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

    LoadSettings settings() {
        int most = mostInFlight == null ? 10_000 : mostInFlight;
        if (most < 1 || most > MOST_USERS) {
            throw UserError.wrongUse(
                    "Expected 1 to " + MOST_USERS + " for --max-in-flight, but got " + most + ".",
                    "");
        }
        return new LoadSettings(
                maxErrorRate == null ? 0.5 : share(maxErrorRate),
                Duration.ZERO,
                false,
                rates == null ? Integer.MAX_VALUE : most);
    }

    /** Reads {@code 10%} or {@code 0.1}. */
    private static double share(String text) {
        String bare = text.strip();
        boolean percent = bare.endsWith("%");
        try {
            double value =
                    Double.parseDouble(
                                    percent ? bare.substring(0, bare.length() - 1).strip() : bare)
                            / (percent ? 100 : 1);
            if (value >= 0 && value <= 1) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below, as any other text that is no share.
        }
        throw UserError.wrongUse(
                "Expected a share such as 0.1 or 10% for --max-error-rate, but got '" + text + "'.",
                "");
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
        LoadStep first = steps.getFirst();
        o.put("arrivals", first.arrivals().code());
        o.put("ramp_seconds", first.ramp().toMillis() / 1e3);
        o.put("warmup_seconds", first.warmUp().toMillis() / 1e3);
        first.duration().ifPresent(d -> o.put("duration_seconds", d.toMillis() / 1e3));
        first.requests().ifPresent(n -> o.put("requests", n));
        o.put("max_error_rate", settings().maxErrorRate()).put("seed", seed);
        ArrayNode limits = o.putArray("objectives");
        objectives().forEach(x -> limits.add(x.text().toLowerCase(Locale.ROOT)));
    }

    /** Returns the objectives as they were written into the options of a run. */
    static List<Objective> objectives(ObjectNode options) {
        List<Objective> objectives = new ArrayList<>();
        options.path("objectives")
                .forEach(x ->
                        Json.text(Json.object().set("x", x), "x")
                                .ifPresent(t -> objectives.addAll(Objective.parse(t))));
        return objectives;
    }
}
