package dev.stoker.stats;

/**
 * Picks the comparison that fits the data and makes it. What was tried on simulated measurements,
 * and is held by {@code ChangeOfMeansTest}:
 *
 * <ul>
 *   <li>few measurements: Student's t on log ratios keeps its 5 % from three measurements each on,
 *       and sees a drop of 20 % at a spread of 8 % in 95 of 100 comparisons of five with five. The
 *       rank sum test sees it in 91, and nothing at all with three; the bootstrap claims too much.
 *   <li>few with one wild measurement, such as a first token that took three times as long: Student
 *       sees a drop of 20 % among eight in 28 of 100, ranks in 82.
 *   <li>twenty and more: the percentile-t bootstrap, which does not mind skewed figures.
 * </ul>
 *
 * <p>Pure; the same data give the same answer.
 */
public final class ChangeOfMeans {
    /** From so many measurements on either side the bootstrap is used. */
    static final int MANY = 20;

    /** Above so many in all a mean is normal enough for Student, and resampling takes long. */
    static final int VERY_MANY = 20_000;

    /** With fewer no rank test can be sure at 5 %: the exact one of 4 and 4 starts at 2.9 %. */
    private static final int FEWEST_FOR_RANKS = 5;

    /** The signed rank test of five pairs is never below 6 %. */
    private static final int FEWEST_PAIRS_FOR_RANKS = 6;

    /** A measurement further from the others' mean than so many of their deviations is wild. */
    private static final double WILD = 10;

    private ChangeOfMeans() {}

    /**
     * Compares measurements that have nothing to do with one another.
     *
     * @param a at least two, all above zero
     * @param b at least two, all above zero
     */
    public static Change unpaired(double[] a, double[] b) {
        require(a);
        require(b);
        int few = Math.min(a.length, b.length);
        if (few >= MANY && a.length + b.length <= VERY_MANY) {
            return Bootstrap.unpaired(a, b);
        }
        return few >= FEWEST_FOR_RANKS && few < MANY && (isWild(a) || isWild(b))
                ? RankTest.unpaired(a, b)
                : LogRatio.unpaired(a, b).change(Change.Method.WELCH);
    }

    /**
     * Compares measurements that were taken in turns, so that each has a partner that met the same
     * conditions.
     *
     * @param a at least two, all above zero
     * @param b as many
     */
    public static Change paired(double[] a, double[] b) {
        require(a);
        require(b);
        if (a.length != b.length) {
            throw new IllegalArgumentException(a.length + " and " + b.length + " are no pairs");
        }
        if (a.length >= MANY && a.length <= VERY_MANY) {
            return Bootstrap.paired(a, b);
        }
        return a.length >= FEWEST_PAIRS_FOR_RANKS && a.length < MANY && isWild(ratios(a, b))
                ? RankTest.paired(a, b)
                : LogRatio.paired(a, b).change(Change.Method.PAIRED_T);
    }

    private static void require(double[] values) {
        if (values.length < 2) {
            throw new IllegalArgumentException("a comparison needs two measurements of each");
        }
        for (double v : values) {
            if (!(v > 0) || v == Double.POSITIVE_INFINITY) {
                throw new IllegalArgumentException("no positive measurement: " + v);
            }
        }
    }

    private static double[] ratios(double[] a, double[] b) {
        double[] ratios = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            ratios[i] = b[i] / a[i];
        }
        return ratios;
    }

    /** Whether one value stands apart from all the others. */
    private static boolean isWild(double[] values) {
        double[] others = new double[values.length - 1];
        for (int i = 0; i < values.length; i++) {
            System.arraycopy(values, 0, others, 0, i);
            System.arraycopy(values, i + 1, others, i, values.length - 1 - i);
            double mean = LogRatio.mean(others);
            double sd = Math.sqrt(LogRatio.relativeVariance(others)) * mean;
            double away = Math.abs(values[i] - mean);
            // Rounded counters can be equal to the last digit; a neighbour of them is not wild.
            if (away > WILD * sd && away > 0.1 * mean) {
                return true;
            }
        }
        return false;
    }
}
