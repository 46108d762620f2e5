package dev.stoker.stats;

import org.apache.commons.statistics.distribution.TDistribution;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * The spread of a few measurements of the same thing. Pure.
 *
 * @param n how many, at least one
 * @param mean arithmetic mean
 * @param sd sample standard deviation (n−1); empty for one measurement
 * @param min the smallest
 * @param max the largest
 * @param ciLow lower end of the 95 % interval of the mean by Student's t; empty for one measurement
 * @param ciHigh its upper end
 */
public record Spread(
        int n,
        double mean,
        OptionalDouble sd,
        double min,
        double max,
        OptionalDouble ciLow,
        OptionalDouble ciHigh) {

    /**
     * Returns the spread of at least one finite measurement.
     *
     * @throws IllegalArgumentException if there is none, or one is not finite
     */
    public static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("a spread needs a measurement");
        }
        for (double v : values) {
            if (!Double.isFinite(v)) {
                throw new IllegalArgumentException("not a measurement: " + v);
            }
        }
        int n = values.length;
        double min = Arrays.stream(values).min().getAsDouble();
        double max = Arrays.stream(values).max().getAsDouble();
        double mean = Math.clamp(Arrays.stream(values).sum() / n, min, max);
        if (n == 1) {
            return new Spread(
                    1,
                    mean,
                    OptionalDouble.empty(),
                    min,
                    max,
                    OptionalDouble.empty(),
                    OptionalDouble.empty());
        }
        double squares = 0;
        for (double v : values) {
            squares += (v - mean) * (v - mean);
        }
        double sd = Math.sqrt(squares / (n - 1));
        double half = TDistribution.of(n - 1).inverseSurvivalProbability(0.025) * sd / Math.sqrt(n);
        return new Spread(
                n,
                mean,
                OptionalDouble.of(sd),
                min,
                max,
                OptionalDouble.of(mean - half),
                OptionalDouble.of(mean + half));
    }

    /** Returns sd/mean; empty for one measurement or a mean of zero. */
    public OptionalDouble coefficientOfVariation() {
        return sd.isEmpty() || mean == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(sd.getAsDouble() / Math.abs(mean));
    }
}
