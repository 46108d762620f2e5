package dev.stoker.suite.spread;

import dev.stoker.base.Reading;

/**
 * What went on beside a request: what could have made it slower than another one of its kind.
 *
 * @param othersCpuPermille work of all CPUs that was neither the server's nor this program's, in
 *     thousandths of what they can do
 * @param throttled 1 if heat slowed the CPU down, else 0
 * @param othersRequests requests that the server worked on just before this one was sent
 * @param pageIns how often programs of the host waited until memory was read back from the disk or
 *     the swap while the request ran
 * @param othersGpuPermille time of a GPU that was not the server's, in thousandths
 * @param clientPauseNanos how long this program stood still for its garbage collection
 */
public record Circumstances(
        Reading<Long> othersCpuPermille,
        Reading<Long> throttled,
        Reading<Long> othersRequests,
        Reading<Long> pageIns,
        Reading<Long> othersGpuPermille,
        Reading<Long> clientPauseNanos) {

    /** Returns circumstances of which nothing is known. */
    public static Circumstances unknown(String reason) {
        return new Circumstances(
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason));
    }
}
