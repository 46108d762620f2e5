package dev.stoker.server.state;

import dev.stoker.base.Reading;

/**
 * How much a server, or one runner of it, has to do.
 *
 * @param running requests that are being computed
 * @param waiting requests that have come and wait
 * @param slots requests that can be computed at once
 * @param busySlots those slots that compute
 * @param kvCacheUse the used share of the memory for contexts, 0 to 1; of several engines the
 *     fullest
 */
public record Work(
        Reading<Long> running,
        Reading<Long> waiting,
        Reading<Long> slots,
        Reading<Long> busySlots,
        Reading<Double> kvCacheUse) {

    /** Returns the work of a model that sleeps: a request would wake it. */
    static Work asleep(Reading<Long> slots) {
        return new Work(
                Reading.known(0L),
                Reading.known(0L),
                slots,
                Reading.known(0L),
                Reading.unsupported("the model sleeps"));
    }

    /** Returns work of which nothing is known. */
    static Work unsupported(String reason) {
        return new Work(
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason));
    }

    /** Returns work that should be known, and was not told this time. */
    static Work failed(String reason) {
        return new Work(
                Reading.failed(reason),
                Reading.failed(reason),
                Reading.failed(reason),
                Reading.failed(reason),
                Reading.failed(reason));
    }
}
