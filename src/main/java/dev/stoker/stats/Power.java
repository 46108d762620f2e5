package dev.stoker.stats;

import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

import java.util.OptionalInt;

/**
 * How many measurements a comparison needs: the smallest number on each side with which a two-sided
 * t test at 5 % sees a change in nine of ten comparisons. The non-central t distribution is
 * approximated after Johnson and Welch (Biometrika 31, 1940). Pure.
 */
public final class Power {
    /** Share of comparisons in which a true change is to be seen. */
    public static final double WANTED = 0.9;

    /** Where more would be needed the answer is "too many": nobody measures that often. */
    public static final int MOST = 1000;

    private Power() {}

    /**
     * Returns how many measurements are needed on each side; empty if more than {@link #MOST}.
     *
     * @param spreadA standard deviation over mean, first side
     * @param spreadB the same, second side
     * @param ratio the change that is to be seen, such as 0.95 for a loss of 5 %
     */
    public static OptionalInt needed(double spreadA, double spreadB, double ratio) {
        double variance = spreadA * spreadA + spreadB * spreadB;
        return search(n -> Math.sqrt(variance / n), n -> 2 * n - 2, ratio);
    }

    /**
     * Returns how many pairs are needed; empty if more than {@link #MOST}.
     *
     * @param spread standard deviation of the pairs' relative differences
     */
    public static OptionalInt neededPairs(double spread, double ratio) {
        return search(n -> spread / Math.sqrt(n), n -> n - 1, ratio);
    }

    private interface ErrorOfN {
        double at(int n);
    }

    private interface DegreesOfN {
        double at(int n);
    }

    private static OptionalInt search(ErrorOfN error, DegreesOfN degrees, double ratio) {
        double effect = Math.abs(Math.log(ratio));
        if (effect == 0) {
            return OptionalInt.empty();
        }
        for (int n = atLeast(error, effect); n <= MOST; n++) {
            if (power(effect / error.at(n), degrees.at(n)) >= WANTED) {
                return OptionalInt.of(n);
            }
        }
        return OptionalInt.empty();
    }

    /** Where the spread were known, so many would do: the search begins there, not at two. */
    private static int atLeast(ErrorOfN error, double effect) {
        double ratio = (1.959 + 1.281) * error.at(1) / effect;
        return (int) Math.clamp(Math.floor(ratio * ratio), 2, MOST + 1.0);
    }

    /**
     * Returns the share of comparisons in which a true effect is seen.
     *
     * @param effect in standard errors
     * @param degrees of freedom
     */
    static double power(double effect, double degrees) {
        if (effect == Double.POSITIVE_INFINITY) {
            return 1;
        }
        double critical = TDistribution.of(degrees).inverseSurvivalProbability(0.025);
        double z =
                (critical * (1 - 1 / (4 * degrees)) - effect)
                        / Math.sqrt(1 + critical * critical / (2 * degrees));
        return NormalDistribution.of(0, 1).survivalProbability(z);
    }

    /** Returns the spread of a set of measurements as {@link #needed} wants it. */
    public static double spread(double[] values) {
        return Math.sqrt(LogRatio.relativeVariance(values));
    }

    /** Returns the spread of pairs as {@link #neededPairs} wants it. */
    public static double spreadOfPairs(double[] a, double[] b) {
        return LogRatio.paired(a, b).error() * Math.sqrt(a.length);
    }
}
