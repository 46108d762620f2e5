package dev.stoker.report.load;

import dev.stoker.load.LoadEvent;
import dev.stoker.stats.RatioHistogram;
import dev.stoker.trace.RequestTrace;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The time to the first token of each request over the step. Up to {@value #MOST} requests are kept
 * one by one; beyond that only what the requests of each stretch of time have in common, so that
 * any number of them takes the same memory. Used by one thread.
 */
final class RequestDots {
    static final int MOST = 1500;
    static final int STRETCHES = 60;

    private final long endNanos;
    private long[] at = new long[64];
    private long[] ttft = new long[64];
    private int size;
    private RatioHistogram @Nullable [] stretches;
    private long[] failed = new long[64];
    private int failures;
    private boolean allFailures = true;

    RequestDots(long endNanos) {
        this.endNanos = Math.max(1, endNanos);
    }

    void add(LoadEvent.RequestEnded request) {
        RequestTrace trace = request.trace();
        if (trace.isOk()) {
            if (trace.chunkNanos().length > 0) {
                first(request.at(), Math.max(0, trace.chunkNanos()[0]));
            }
        } else if (trace.outcome() instanceof RequestTrace.Outcome.Failed(String kind, String _)
                && !kind.equals("cancelled")) {
            failed(request.at());
        }
    }

    private void first(long begun, long nanos) {
        if (stretches != null) {
            stretches[stretch(begun)].add(nanos);
            return;
        }
        if (size == MOST) {
            RatioHistogram[] all = new RatioHistogram[STRETCHES];
            Arrays.setAll(all, _ -> RatioHistogram.coarse());
            for (int i = 0; i < size; i++) {
                all[stretch(at[i])].add(ttft[i]);
            }
            all[stretch(begun)].add(nanos);
            stretches = all;
            at = new long[0];
            ttft = at;
            return;
        }
        if (size == at.length) {
            at = Arrays.copyOf(at, size * 2);
            ttft = Arrays.copyOf(ttft, size * 2);
        }
        at[size] = begun;
        ttft[size++] = nanos;
    }

    private void failed(long begun) {
        if (failures == MOST) {
            allFailures = false;
            return;
        }
        if (failures == failed.length) {
            failed = Arrays.copyOf(failed, failures * 2);
        }
        failed[failures++] = begun;
    }

    private int stretch(long nanos) {
        return Math.clamp((long) (nanos / (double) endNanos * STRETCHES), 0, STRETCHES - 1);
    }

    /** Returns whether every request can be drawn by itself. */
    boolean areSingle() {
        return stretches == null;
    }

    double[] atSeconds() {
        return Arrays.stream(at, 0, size).mapToDouble(n -> n / 1e9).toArray();
    }

    double[] ttftMillis() {
        return Arrays.stream(ttft, 0, size).mapToDouble(n -> n / 1e6).toArray();
    }

    /** Returns where failed requests began; the first {@value #MOST} of them. */
    double[] failedSeconds() {
        return Arrays.stream(failed, 0, failures).mapToDouble(n -> n / 1e9).toArray();
    }

    boolean hasAllFailures() {
        return allFailures;
    }

    /** Returns the middle of each stretch, seconds. */
    double[] middles() {
        double[] middles = new double[STRETCHES];
        Arrays.setAll(middles, i -> endNanos / 1e9 * (i + 0.5) / STRETCHES);
        return middles;
    }

    /** Returns a quantile of each stretch, milliseconds; no number where no request began. */
    double[] quantiles(double share) {
        double[] values = new double[STRETCHES];
        RatioHistogram[] all = stretches == null ? new RatioHistogram[0] : stretches;
        Arrays.setAll(
                values,
                i ->
                        i >= all.length || all[i].count() == 0
                                ? Double.NaN
                                : all[i].quantile(share) / 1e6);
        return values;
    }
}
