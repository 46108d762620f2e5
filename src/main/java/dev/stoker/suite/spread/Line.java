package dev.stoker.suite.spread;

import org.apache.commons.statistics.distribution.TDistribution;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A straight line by least squares through what a factor does within the tests: both sides are
 * taken as differences from the mean of their test, so that what tests have in common is no cause.
 *
 * @param slope change of the rate's logarithm for one of the factor
 * @param explained share of the variance within the tests, 0 to 1
 * @param chance how likely so steep a line is in one direction if the factor does nothing
 * @param least the smallest value of the factor
 * @param most the largest
 */
record Line(double slope, double explained, double chance, double least, double most) {

    /** Returns how much the factor changes the rate's logarithm from its least to its most. */
    double effect() {
        return Math.abs(slope) * (most - least);
    }

    /** Returns the line; empty where the factor is not known of all requests, or stays the same. */
    static Optional<Line> through(Decomposition parts, Factor factor) {
        List<Observation> all = parts.observations();
        int freedom = parts.freedom() - 1;
        if (freedom < 2 || !all.stream().allMatch(o -> o.factors().containsKey(factor))) {
            return Optional.empty();
        }
        Map<String, double[]> sums = new HashMap<>();
        double least = Double.MAX_VALUE;
        double most = -Double.MAX_VALUE;
        for (Observation o : all) {
            double x = value(o, factor);
            double[] sum = sums.computeIfAbsent(o.task(), t -> new double[2]);
            sum[0] += x;
            sum[1]++;
            least = Math.min(least, x);
            most = Math.max(most, x);
        }
        double xx = 0;
        double xy = 0;
        double yy = 0;
        for (Observation o : all) {
            double[] sum = sums.getOrDefault(o.task(), new double[] {0, 1});
            double x = value(o, factor) - sum[0] / sum[1];
            double y = parts.residual(o);
            xx += x * x;
            xy += x * y;
            yy += y * y;
        }
        if (xx < 1e-12 || yy < 1e-12) {
            return Optional.empty();
        }
        double explained = Math.min(1, xy * xy / (xx * yy));
        double rest = Math.max(1e-12, 1 - explained);
        double t = Math.sqrt(explained * freedom / rest);
        return Optional.of(
                new Line(
                        xy / xx,
                        explained,
                        TDistribution.of(freedom).survivalProbability(t),
                        least,
                        most));
    }

    private static double value(Observation o, Factor factor) {
        return o.factors().getOrDefault(factor, 0.0);
    }
}
