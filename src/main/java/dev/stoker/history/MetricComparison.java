package dev.stoker.history;

import dev.stoker.base.Reading;
import dev.stoker.stats.Change;
import dev.stoker.stats.Interval;
import dev.stoker.stats.Spread;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * One metric of one model in two runs.
 *
 * @param subject the model
 * @param a the first run's values
 * @param b the second run's values
 * @param changePercent from a to b; unknown with the reason
 * @param change the interval and how it was found; empty where there are too few values
 * @param needed how many values on each side would show a change of the threshold in nine of ten
 *     comparisons; empty if that is not known or more than anybody measures
 * @param stands whether the difference stands among all that were judged at once
 * @param regression whether it is worse by more than the threshold and stands
 */
public record MetricComparison(
        String subject,
        Metric metric,
        Reading<Spread> a,
        Reading<Spread> b,
        Reading<Double> changePercent,
        Optional<Change> change,
        Verdict verdict,
        OptionalInt needed,
        boolean stands,
        boolean regression) {

    /** Returns the 95 % interval of the change in percent. */
    public Optional<Interval> ci95Percent() {
        return change.map(
                c -> new Interval((c.ci95().low() - 1) * 100, (c.ci95().high() - 1) * 100));
    }

    /** Returns the smaller number of values of the two sides. */
    public int n() {
        return Math.min(a.map(Spread::n).orElse(0), b.map(Spread::n).orElse(0));
    }
}
