package dev.stoker.stats;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Gathers times. Up to {@value #EXACT} they are kept as they are and every percentile is exact (the
 * nearest rank); beyond that they go into a histogram whose percentiles are at most 0.1 % off.
 * Mean, standard deviation, smallest and largest are always exact (Welford's method). Used by one
 * thread.
 *
 * <p>Adding makes no object, but for the growth of the store.
 */
public final class LatencyDigest {
    static final int EXACT = 100_000;
    static final long P90_FROM = 64;
    static final long P95_FROM = 130;
    static final long P99_FROM = 662;
    private static final int DIGITS = 3;

    private long[] values = new long[64];
    private @Nullable Histogram histogram;
    private long n;
    private double mean;
    private double squares;
    private long min = Long.MAX_VALUE;
    private long max = Long.MIN_VALUE;

    /**
     * Adds a time.
     *
     * @param nanos 0 or more
     * @throws IllegalArgumentException for a negative one
     */
    public void add(long nanos) {
        if (nanos < 0) {
            throw new IllegalArgumentException("a time below zero: " + nanos);
        }
        n++;
        double delta = nanos - mean;
        mean += delta / n;
        squares += delta * (nanos - mean);
        min = Math.min(min, nanos);
        max = Math.max(max, nanos);
        if (histogram != null) {
            histogram.recordValue(nanos);
        } else if (n > EXACT) {
            histogram = new Histogram(DIGITS);
            for (int i = 0; i < EXACT; i++) {
                histogram.recordValue(values[i]);
            }
            histogram.recordValue(nanos);
            values = new long[0];
        } else {
            if (n > values.length) {
                values = Arrays.copyOf(values, (int) Math.min(EXACT, values.length * 2L));
            }
            values[(int) n - 1] = nanos;
        }
    }

    /** Returns how many times were added. */
    public long count() {
        return n;
    }

    /** Returns the distribution so far, in milliseconds. */
    public LatencySummary summary() {
        long[] sorted = histogram == null ? Arrays.copyOf(values, (int) n) : new long[0];
        Arrays.sort(sorted);
        return new LatencySummary(
                n,
                millis(n > 0, mean),
                millis(n > 1, Math.sqrt(squares / Math.max(1, n - 1))),
                millis(n > 0, (double) min),
                percentile(sorted, 0.50, 1),
                percentile(sorted, 0.90, P90_FROM),
                percentile(sorted, 0.95, P95_FROM),
                percentile(sorted, 0.99, P99_FROM),
                millis(n > 0, (double) max));
    }

    private OptionalDouble percentile(long[] sorted, double p, long from) {
        if (n < from) {
            return OptionalDouble.empty();
        }
        if (histogram != null) {
            long value = Math.clamp(histogram.getValueAtPercentile(p * 100), min, max);
            return millis(true, (double) value);
        }
        return millis(true, (double) sorted[(int) Math.ceil(p * n) - 1]);
    }

    private static OptionalDouble millis(boolean known, double nanos) {
        return known ? OptionalDouble.of(nanos / 1e6) : OptionalDouble.empty();
    }
}
