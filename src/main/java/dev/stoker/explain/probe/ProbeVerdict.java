package dev.stoker.explain.probe;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.explain.account.Attribution;
import dev.stoker.explain.account.Attribution.Cause;
import dev.stoker.server.state.ModelState;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Says in one sentence what one request's time was lost to, and what to do. Pure.
 *
 * @param causes those that matter, the largest first
 * @param next commands and settings
 */
public record ProbeVerdict(String sentence, List<Cause> causes, List<String> next) {
    private static final double MUCH = 0.10;
    private static final double WAITING = 0.20;

    /** A load that is shorter is only the look whether the model is there. */
    private static final double REAL_LOAD_MILLIS = 150;

    private static final double SLOWER = 0.85;

    public ProbeVerdict {
        causes = List.copyOf(causes);
        next = List.copyOf(next);
    }

    /**
     * Judges a request that was answered.
     *
     * @param log what the server's log says of it; empty where it can't be read
     */
    public static ProbeVerdict of(
            Probe.Result result, ProbeParts parts, Expected expected, Optional<Attribution> log) {
        return new Judge(result, parts, expected, log).judge();
    }

    /** Collects what is to be said. */
    private static final class Judge {
        private final Probe.Result result;
        private final ProbeParts parts;
        private final Expected expected;
        private final Optional<Attribution> log;
        private final String model;
        private final List<Cause> causes = new ArrayList<>();
        private final List<String> next = new ArrayList<>();

        Judge(Probe.Result result, ProbeParts parts, Expected expected, Optional<Attribution> log) {
            this.result = result;
            this.parts = parts;
            this.expected = expected;
            this.log = log;
            this.model = Text.plain(result.model(), 60);
        }

        ProbeVerdict judge() {
            double load = parts.share(parts.load()).orElse(0);
            double queue = parts.share(parts.queue()).orElse(0);
            double client = parts.share(parts.client()).orElse(0);
            boolean loaded = load >= MUCH && parts.load().orElse(0) >= REAL_LOAD_MILLIS;
            String why = loaded ? loaded(load) : "";
            waits(queue, client);
            onGpu();
            String speed = speed();
            String sentence;
            if (loaded) {
                sentence = percent(load) + " of the " + total() + " was loading " + model + why;
            } else if (queue >= WAITING && queue >= client) {
                sentence =
                        percent(queue)
                                + " of the "
                                + total()
                                + " was waiting in the server before "
                                + model
                                + " got its turn";
            } else if (client >= WAITING) {
                sentence =
                        percent(client)
                                + " of the "
                                + total()
                                + " was spent on the way and in the client, not in the server";
            } else {
                sentence = speed;
            }
            if (next.isEmpty() && expected.baseline().isEmpty()) {
                next.add("Keep a baseline to compare with: stoker bench " + model);
            }
            if (next.isEmpty()) {
                next.add("See how it does when many ask: stoker load " + model);
            }
            causes.sort((a, b) -> Double.compare(b.share().orElse(-1), a.share().orElse(-1)));
            return new ProbeVerdict(
                    sentence + ".", causes, next.stream().distinct().limit(5).toList());
        }

        private String loaded(double load) {
            List<Cause> told =
                    log.map(Attribution::causes).orElse(List.of()).stream()
                            .filter(c -> c.share().orElse(0) > 0)
                            .toList();
            if (!told.isEmpty()) {
                causes.addAll(told);
                log.ifPresent(l ->
                        l.next().stream()
                                .filter(step -> !step.contains("--probe"))
                                .forEach(next::add));
            }
            List<String> left = result.left();
            Optional<String> pusher =
                    log.map(Attribution::evictions).orElse(List.of()).stream()
                            .map(Attribution.Eviction::by)
                            .filter(by -> !by.equals(model))
                            .findFirst();
            String why;
            if (pusher.isPresent()) {
                why = ", whose place " + pusher.get() + " had taken";
            } else if (!told.isEmpty()) {
                String first = told.getFirst().evidence();
                why = ": " + first.substring(first.indexOf(": ") + 2, first.length() - 1);
            } else if (result.wasThere().isPresent()) {
                why = ", although it was listed as loaded";
            } else {
                why = ", which was not in memory";
            }
            if (!left.isEmpty()) {
                String gone = Text.plain(String.join(", ", left), 120);
                why += "; " + gone + " had to leave for it";
            }
            if (told.isEmpty()) {
                causes.add(
                        new Cause(
                                left.isEmpty() ? "load.first" : "swap.count",
                                OptionalDouble.of(load),
                                String.format(
                                        Locale.ROOT,
                                        "The load took %.1f s.",
                                        parts.load().orElse(0) / 1000)));
            }
            if (!left.isEmpty() && next.stream().noneMatch(s -> s.contains("stoker plan"))) {
                next.add(
                        "See whether they fit together: stoker plan "
                                + model
                                + " "
                                + Text.plain(String.join(" ", left), 120));
            }
            if (next.isEmpty()) {
                next.add(
                        "See how often that happens: stoker explain, or stoker explain --watch"
                                + " 10m");
            }
            return why;
        }

        private void waits(double queue, double client) {
            if (queue >= MUCH) {
                String others =
                        result.others() instanceof Reading.Known<Long>(Long n) && n > 0
                                ? " The server worked on " + n + " other requests."
                                : "";
                causes.add(
                        new Cause(
                                "queue.slots",
                                OptionalDouble.of(queue),
                                millis(parts.queue())
                                        + " in the server before the prompt was read."
                                        + others));
                next.add("See who is served: stoker status");
            }
            if (client >= MUCH) {
                causes.add(
                        new Cause(
                                "client",
                                OptionalDouble.of(client),
                                millis(parts.client()) + " on the way and in the client."));
            }
        }

        private void onGpu() {
            Optional<Double> share =
                    result.isThere()
                            .map(ModelState::onGpuShare)
                            .filter(Reading::isKnown)
                            .map(Reading::value);
            if (share.isPresent() && share.get() > 0 && share.get() < 0.99) {
                causes.add(
                        new Cause(
                                "gpu.partial",
                                OptionalDouble.empty(),
                                percent(1 - share.get())
                                        + " of the model lies in the host's memory."));
                next.add("See what makes it fit: stoker plan " + model);
            }
        }

        /** Compares the rate with what it was and could be. */
        private String speed() {
            Reading<Double> told = result.trace().timings().decodeTokensPerSecond();
            Reading<Double> rate = told.isKnown() ? told : result.trace().decodeTokensPerSecond();
            if (!(rate instanceof Reading.Known<Double>(Double measured))) {
                return "The answer took " + total() + "; its rate is not known: " + rate.reason();
            }
            String sentence = String.format(Locale.ROOT, "%s writes %.1f tok/s", model, measured);
            if (expected.baseline().isPresent()) {
                double before = expected.baseline().getAsDouble();
                sentence +=
                        String.format(
                                Locale.ROOT,
                                ", %.0f %% of the %.1f of run %s",
                                100 * measured / before,
                                before,
                                expected.from());
                if (measured < SLOWER * before) {
                    next.add("See whether reloads made it slower: stoker degrade " + model);
                    cause(
                            "speed.below-baseline",
                            String.format(
                                    Locale.ROOT,
                                    "%.1f tok/s now, %.1f in run %s.",
                                    measured,
                                    before,
                                    expected.from()));
                }
            }
            if (expected.decode().isPresent()) {
                sentence +=
                        String.format(
                                Locale.ROOT,
                                expected.assumed()
                                        ? "; %.0f (%.0f–%.0f) if the memory is as fast as assumed"
                                        : "; the hardware allows about %.0f (%.0f–%.0f)",
                                expected.decode().getAsDouble(),
                                expected.low(),
                                expected.high());
                if (measured < expected.low() && !expected.assumed()) {
                    cause(
                            "speed.below-hardware",
                            String.format(
                                    Locale.ROOT,
                                    "%.1f GB/s are moved by %.1f tok/s of %.2f GB each; bound: %s.",
                                    expected.bytesPerToken() * measured / 1e9,
                                    measured,
                                    expected.bytesPerToken() / 1e9,
                                    expected.bound()));
                }
            }
            return sentence;
        }

        private void cause(String code, String evidence) {
            causes.add(new Cause(code, OptionalDouble.empty(), evidence));
            next.add("See what holds the hardware back: stoker gpu, stoker status");
        }

        private String total() {
            return millis(OptionalDouble.of(parts.total()));
        }

        private static String millis(OptionalDouble time) {
            double ms = time.orElse(0);
            return ms < 1000
                    ? String.format(Locale.ROOT, "%.0f ms", ms)
                    : String.format(Locale.ROOT, "%.1f s", ms / 1000);
        }

        private static String percent(double share) {
            return String.format(Locale.ROOT, "%.0f %%", 100 * share);
        }
    }
}
