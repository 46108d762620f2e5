package dev.stoker.stats;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Percentile-t bootstrap of a ratio of means (Efron and Tibshirani, An Introduction to the
 * Bootstrap, 1993, chapter 12): the studentised distribution is taken from the data instead of
 * Student's table, which holds for the skewed figures that latencies are. Needs some twenty
 * measurements; with five, resamples repeat one value too often. The random numbers come from a
 * fixed seed, so that the same data give the same interval. Pure.
 */
final class Bootstrap {
    static final int RESAMPLES = 1999;
    private static final long SEED = 0x5704e2L;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final LogRatio seen;
    private final double[] students = new double[RESAMPLES];

    private Bootstrap(LogRatio seen) {
        this.seen = seen;
    }

    static Change unpaired(double[] a, double[] b) {
        Bootstrap run = new Bootstrap(LogRatio.unpaired(a, b));
        double[] ra = new double[a.length];
        double[] rb = new double[b.length];
        for (int i = 0; i < RESAMPLES; i++) {
            for (int k = 0; k < ra.length; k++) {
                ra[k] = a[run.random.nextInt(a.length)];
            }
            for (int k = 0; k < rb.length; k++) {
                rb[k] = b[run.random.nextInt(b.length)];
            }
            run.add(i, LogRatio.unpaired(ra, rb));
        }
        return run.change(Change.Method.BOOTSTRAP);
    }

    static Change paired(double[] a, double[] b) {
        Bootstrap run = new Bootstrap(LogRatio.paired(a, b));
        double[] ra = new double[a.length];
        double[] rb = new double[b.length];
        for (int i = 0; i < RESAMPLES; i++) {
            for (int k = 0; k < ra.length; k++) {
                int pick = run.random.nextInt(a.length);
                ra[k] = a[pick];
                rb[k] = b[pick];
            }
            run.add(i, LogRatio.paired(ra, rb));
        }
        return run.change(Change.Method.PAIRED_BOOTSTRAP);
    }

    /** A resample of one value only has no error and so no place: it counts as far out. */
    private void add(int i, LogRatio resample) {
        double away = resample.log() - seen.log();
        students[i] =
                resample.error() > 0
                        ? away / resample.error()
                        : away == 0 ? 0 : Math.copySign(Double.POSITIVE_INFINITY, away);
    }

    private Change change(Change.Method method) {
        if (seen.error() == 0) {
            return seen.change(method);
        }
        Arrays.sort(students);
        // 1999 resamples: the 50th from either end is the 2.5 % point exactly.
        int tail = (RESAMPLES + 1) / 40;
        double low = Math.exp(seen.log() - students[RESAMPLES - tail] * seen.error());
        double high = Math.exp(seen.log() - students[tail - 1] * seen.error());
        return new Change(Math.exp(seen.log()), new Interval(low, high), pValue(), method);
    }

    /** The smallest level at which the interval would leave out a ratio of 1. */
    private double pValue() {
        double t = seen.log() / seen.error();
        int below = 0;
        int above = 0;
        for (double s : students) {
            below += s <= t ? 1 : 0;
            above += s >= t ? 1 : 0;
        }
        return Math.min(1, 2.0 * (Math.min(below, above) + 1) / (RESAMPLES + 1));
    }
}
