package dev.stoker.history;

import dev.stoker.stats.Spread;

import java.util.List;
import java.util.Objects;

/**
 * A metric's values in one run.
 *
 * @param samples in the order of the run
 * @param absent why there are none; empty where there are some
 */
public record Series(Metric metric, List<Sample> samples, String absent) {
    public Series {
        Objects.requireNonNull(metric, "metric is null");
        samples = List.copyOf(samples);
        if (samples.isEmpty() == absent.isEmpty()) {
            throw new IllegalArgumentException("either values or the reason why there are none");
        }
    }

    public static Series of(Metric metric, List<Sample> samples) {
        return new Series(metric, samples, "");
    }

    public static Series absent(Metric metric, String reason) {
        return new Series(metric, List.of(), reason.isEmpty() ? "not known" : reason);
    }

    public double[] values() {
        return samples.stream().mapToDouble(Sample::value).toArray();
    }

    /** Returns the spread of the values; there must be one. */
    public Spread spread() {
        return Spread.of(values());
    }
}
