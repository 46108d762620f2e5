package dev.stoker.load;

import java.util.function.LongConsumer;

/**
 * What of a step is measured: what began before it was ramp or warm-up, what comes after it is
 * drain. Every figure of a step and every drawing of one goes by this. Pure.
 *
 * @param from end of the ramp and the warm-up, nanoseconds after the step's start
 * @param to where the full load ended, likewise
 * @param end when the last request was over, likewise
 * @param steady whether the load was full throughout; if not, {@code to} is the end
 */
public record StepWindow(long from, long to, long end, boolean steady) {

    /** Returns whether a request's latencies count: it began after ramp and warm-up. */
    public boolean isMeasured(LoadEvent.RequestEnded request) {
        return request.at() >= from;
    }

    /** Returns whether a moment lies in the window. */
    public boolean holds(long nanos) {
        return nanos >= from && nanos <= to;
    }

    /** Gives the gaps between a request's chunks that both came in the window, nanoseconds. */
    public void gaps(LoadEvent.RequestEnded request, LongConsumer gap) {
        long[] stamps = request.trace().chunkNanos();
        for (int i = 1; i < stamps.length; i++) {
            if (holds(request.at() + stamps[i]) && request.at() + stamps[i - 1] >= from) {
                gap.accept(Math.max(0, stamps[i] - stamps[i - 1]));
            }
        }
    }
}
