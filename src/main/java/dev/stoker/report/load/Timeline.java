package dev.stoker.report.load;

import dev.stoker.base.Reading;
import dev.stoker.load.LoadEvent;
import dev.stoker.trace.RequestTrace;

/**
 * The course of one step in a fixed number of stretches of equal length, whatever the number of
 * requests. Used by one thread.
 */
final class Timeline {
    static final int STRETCHES = 120;

    private final double lengthNanos;
    private final double[] tokens = new double[STRETCHES];
    private final long[] begun = new long[STRETCHES];
    private final long[] failed = new long[STRETCHES];

    /** Nanoseconds in flight: what began or ended within a stretch, and below what went through. */
    private final double[] partly = new double[STRETCHES];

    private final long[] through = new long[STRETCHES + 1];
    private boolean uncounted;

    /**
     * @param endNanos when the last request of the step was over
     */
    Timeline(long endNanos) {
        lengthNanos = Math.max(1, endNanos / (double) STRETCHES);
    }

    private int stretch(long nanos) {
        return Math.clamp((long) (nanos / lengthNanos), 0, STRETCHES - 1);
    }

    void add(LoadEvent.RequestEnded request) {
        RequestTrace trace = request.trace();
        begun[stretch(request.at())]++;
        inFlight(request.at(), request.at() + Math.max(0, trace.endNanos()));
        if (!trace.isOk()) {
            boolean stopped =
                    trace.outcome() instanceof RequestTrace.Outcome.Failed(String kind, String _)
                            && kind.equals("cancelled");
            failed[stretch(request.at() + trace.endNanos())] += stopped ? 0 : 1;
            return;
        }
        long[] stamps = trace.chunkNanos();
        if (!(trace.outputTokens() instanceof Reading.Known<Long>(Long n))) {
            uncounted = true;
            return;
        }
        if (stamps.length == 0) {
            tokens[stretch(request.at() + trace.endNanos())] += n;
            return;
        }
        double each = n / (double) stamps.length;
        for (long stamp : stamps) {
            tokens[stretch(request.at() + stamp)] += each;
        }
    }

    private void inFlight(long from, long to) {
        int first = stretch(from);
        int last = stretch(to);
        if (first == last) {
            partly[first] += (double) (to - from);
            return;
        }
        partly[first] += (first + 1) * lengthNanos - from;
        partly[last] += to - last * lengthNanos;
        through[first + 1]++;
        through[last]--;
    }

    double lengthSeconds() {
        return lengthNanos / 1e9;
    }

    double endSeconds() {
        return lengthSeconds() * STRETCHES;
    }

    /** Returns output tokens a second in each stretch. */
    double[] tokensPerSecond() {
        return rates(tokens);
    }

    /** Returns whether the server gave no count for some of the answers. */
    boolean isUncounted() {
        return uncounted;
    }

    /** Returns how many requests were in flight on average in each stretch. */
    double[] inFlight() {
        double[] mean = new double[STRETCHES];
        long now = 0;
        for (int i = 0; i < STRETCHES; i++) {
            now += through[i];
            mean[i] = now + partly[i] / lengthNanos;
        }
        return mean;
    }

    /**
     * Returns how many requests a second began. So many stretches are put together that about five
     * began in each: one request alone would look like a burst.
     */
    double[] begunPerSecond() {
        int[] widths = {1, 2, 3, 4, 5, 6, 8, 10, 12};
        int width = 1;
        for (int w : widths) {
            width = w;
            if (begun(0, STRETCHES) * w >= 5L * STRETCHES) {
                break;
            }
        }
        double[] rates = new double[STRETCHES / width];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = begun(i * width, (i + 1) * width) / (lengthSeconds() * width);
        }
        return rates;
    }

    long begun(int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += begun[i];
        }
        return sum;
    }

    long failed(int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += failed[i];
        }
        return sum;
    }

    private double[] rates(double[] counts) {
        double[] rates = new double[STRETCHES];
        for (int i = 0; i < STRETCHES; i++) {
            rates[i] = counts[i] / lengthSeconds();
        }
        return rates;
    }
}
