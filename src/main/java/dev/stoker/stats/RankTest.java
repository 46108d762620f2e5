package dev.stoker.stats;

import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.apache.commons.statistics.inference.PValueMethod;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;

import java.util.Arrays;
import java.util.function.DoublePredicate;

/**
 * Comparison by ranks: one wild measurement among few moves a mean, but not a rank. The ratio is
 * Hodges and Lehmann's (Annals of Mathematical Statistics 34, 1963): the median of all ratios of a
 * second to a first measurement; for pairs the median of the Walsh averages of their log ratios.
 * The interval holds the ratios that the test, exact for few measurements without ties, does not
 * refuse at 5 %. Pure.
 */
final class RankTest {
    private static final double LEVEL = 0.05;

    private RankTest() {}

    static Change unpaired(double[] a, double[] b) {
        double[] ratios = new double[a.length * b.length];
        int k = 0;
        for (double x : a) {
            for (double y : b) {
                ratios[k++] = y / x;
            }
        }
        Arrays.sort(ratios);
        double p =
                MannWhitneyUTest.withDefaults()
                        .with(AlternativeHypothesis.TWO_SIDED)
                        .with(method(a.length + b.length))
                        .test(b, a)
                        .getPValue();
        int outside = refused(ratios, scale -> unpairedP(a, b, scale) > LEVEL);
        return new Change(median(ratios), interval(ratios, outside), p, Change.Method.RANK_SUM);
    }

    static Change paired(double[] a, double[] b) {
        double[] logs = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            logs[i] = Math.log(b[i] / a[i]);
        }
        double[] walsh = new double[logs.length * (logs.length + 1) / 2];
        int k = 0;
        for (int i = 0; i < logs.length; i++) {
            for (int j = i; j < logs.length; j++) {
                walsh[k++] = Math.exp((logs[i] + logs[j]) / 2);
            }
        }
        Arrays.sort(walsh);
        int outside = refused(walsh, scale -> pairedP(logs, Math.log(scale)) > LEVEL);
        return new Change(
                median(walsh),
                interval(walsh, outside),
                pairedP(logs, 0),
                Change.Method.SIGNED_RANK);
    }

    /**
     * Returns how many of the sorted ratios, from the low end, the test refuses: the test's answer
     * changes only at these, so it is asked between two of them, and by symmetry the high end loses
     * as many.
     */
    private static int refused(double[] sorted, DoublePredicate accepted) {
        int outside = 0;
        while (outside < sorted.length / 2) {
            double below = outside == 0 ? sorted[0] / 2 : sorted[outside - 1];
            double between = Math.sqrt(below * sorted[outside]);
            if (accepted.test(between)) {
                return outside;
            }
            outside++;
        }
        return outside;
    }

    /** With nothing to leave out there are too few measurements for any interval of 95 %. */
    private static Interval interval(double[] sorted, int outside) {
        return outside == 0
                ? new Interval(0, Double.POSITIVE_INFINITY)
                : new Interval(sorted[outside - 1], sorted[sorted.length - outside]);
    }

    private static double unpairedP(double[] a, double[] b, double scale) {
        double[] scaled = Arrays.stream(a).map(v -> v * scale).toArray();
        return MannWhitneyUTest.withDefaults()
                .with(method(a.length + b.length))
                .test(b, scaled)
                .getPValue();
    }

    private static double pairedP(double[] logs, double shift) {
        double[] shifted = Arrays.stream(logs).map(v -> v - shift).toArray();
        if (Arrays.stream(shifted).allMatch(v -> v == 0)) {
            return 1;
        }
        return WilcoxonSignedRankTest.withDefaults()
                .with(method(logs.length))
                .test(shifted)
                .getPValue();
    }

    private static PValueMethod method(int n) {
        return n <= 50 ? PValueMethod.EXACT : PValueMethod.ASYMPTOTIC;
    }

    private static double median(double[] sorted) {
        int n = sorted.length;
        return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }
}
