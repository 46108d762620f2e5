package dev.stoker.load;

import dev.stoker.base.Reading;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Looks for the most that a server can do. First closed loops with 1, 2, 4 … users, until twice the
 * users bring less than a tenth more tokens: the knee is the fewest users that reach nine tenths of
 * the highest throughput. Then, if there are objectives, open loops with random arrivals: it halves
 * the distance between the highest rate that met all objectives and the lowest that did not.
 *
 * <p>Pure: it decides by the steps so far alone.
 *
 * @param measure how long each load is measured
 * @param warmUp before that
 * @param objectives whether there are any
 * @param seed of the arrivals
 */
public record Sweep(Duration measure, Duration warmUp, boolean objectives, long seed) {
    private static final int MOST_USERS = 4096;
    private static final double GAIN = 1.1;
    private static final double NEAR_TOP = 0.9;
    private static final int RATE_STEPS = 5;

    /**
     * What a sweep found.
     *
     * @param knee the step at the knee; empty where no throughput was known
     * @param best the step with the highest rate that met all objectives; empty if none did, or
     *     there are none
     */
    public record Found(Optional<StepSummary> knee, Optional<StepSummary> best) {}

    /** Returns the next load to try, or nothing when the sweep is over. */
    public Optional<LoadStep> next(List<StepSummary> soFar) {
        List<StepSummary> closed = soFar.stream().filter(s -> s.started().users() > 0).toList();
        List<StepSummary> open = soFar.stream().filter(s -> s.started().users() == 0).toList();
        if (open.isEmpty() && rises(closed)) {
            int users = closed.isEmpty() ? 1 : closed.getLast().started().users() * 2;
            return Optional.of(step(new Arrivals.Closed(users)));
        }
        return objectives && open.size() < RATE_STEPS ? rate(closed, open) : Optional.empty();
    }

    private static boolean rises(List<StepSummary> closed) {
        if (closed.isEmpty()) {
            return true;
        }
        StepSummary last = closed.getLast();
        if (last.started().users() >= MOST_USERS || last.ok() == 0 || !last.why().equals("done")) {
            return false;
        }
        double before = closed.size() < 2 ? 0 : throughput(closed.get(closed.size() - 2));
        return throughput(last) >= before * GAIN;
    }

    private Optional<LoadStep> rate(List<StepSummary> closed, List<StepSummary> open) {
        double ceiling =
                closed.stream().mapToDouble(s -> s.requestsPerSecond().orElse(0.0)).max().orElse(0);
        double met =
                open.stream()
                        .filter(StepSummary::meetsObjectives)
                        .mapToDouble(s -> s.started().perSecond())
                        .max()
                        .orElse(0);
        double missed =
                open.stream()
                        .filter(s -> !s.meetsObjectives())
                        .mapToDouble(s -> s.started().perSecond())
                        .min()
                        .orElse(ceiling);
        double rate = Math.round((met + missed) / 2 * 1000) / 1000.0;
        return rate <= 0 || missed <= met
                ? Optional.empty()
                : Optional.of(step(new Arrivals.Poisson(rate, seed)));
    }

    private LoadStep step(Arrivals arrivals) {
        return new LoadStep(
                arrivals, Duration.ZERO, warmUp, Optional.of(measure), OptionalLong.empty());
    }

    /** Returns what the steps say. */
    public static Found found(List<StepSummary> steps) {
        List<StepSummary> closed = steps.stream().filter(s -> s.started().users() > 0).toList();
        double top = closed.stream().mapToDouble(Sweep::throughput).max().orElse(0);
        return new Found(
                closed.stream().filter(s -> top > 0 && throughput(s) >= top * NEAR_TOP).findFirst(),
                steps.stream()
                        .filter(s -> s.started().perSecond() > 0)
                        .filter(s -> !s.verdicts().isEmpty() && s.meetsObjectives())
                        .reduce((a, b) ->
                                a.started().perSecond() >= b.started().perSecond() ? a : b));
    }

    private static double throughput(StepSummary s) {
        return s.outputTokensPerSecond() instanceof Reading.Known<Double>(Double rate)
                ? rate
                : s.requestsPerSecond().orElse(0.0);
    }
}
