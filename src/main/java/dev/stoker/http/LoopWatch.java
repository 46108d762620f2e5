package dev.stoker.http;

import java.util.Arrays;

/**
 * Gathers a loop's own lateness. Lags fall into buckets of a quarter of a power of two, so that a
 * percentile is at most a fifth too high. One thread.
 */
final class LoopWatch {
    private static final int BUCKETS = 4 * 64;

    private final long[] counts = new long[BUCKETS];
    private long reads;
    private long busy;
    private long max;
    private long since;

    LoopWatch(long now) {
        since = now;
    }

    /** So many reads were stamped at most so late. */
    void reads(int n, long lagNanos) {
        reads += n;
        counts[bucket(lagNanos)] += n;
        max = Math.max(max, lagNanos);
    }

    /** The loop woke up so much later than it wanted. */
    void overslept(long nanos) {
        max = Math.max(max, nanos);
    }

    void busy(long nanos) {
        busy += nanos;
    }

    LoopFigures take(long now) {
        LoopFigures figures =
                new LoopFigures(reads, busy, now - since, percentile(0.5), percentile(0.99), max);
        Arrays.fill(counts, 0);
        reads = 0;
        busy = 0;
        max = 0;
        since = now;
        return figures;
    }

    private long percentile(double p) {
        long rank = (long) Math.ceil(p * reads);
        long seen = 0;
        for (int i = 0; i < BUCKETS && reads > 0; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return Math.min(upper(i), max);
            }
        }
        return 0;
    }

    private static int bucket(long nanos) {
        if (nanos < 4) {
            return (int) Math.max(0, nanos);
        }
        int power = 63 - Long.numberOfLeadingZeros(nanos);
        return 4 * (power - 1) + (int) ((nanos >>> (power - 2)) & 3);
    }

    private static long upper(int bucket) {
        if (bucket < 4) {
            return bucket;
        }
        int power = bucket / 4 + 1;
        return ((4L + (bucket & 3) + 1) << (power - 2)) - 1;
    }
}
