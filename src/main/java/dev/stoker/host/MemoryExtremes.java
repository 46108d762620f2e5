package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

/**
 * The extremes of memory over a span of time, as far as samples saw them: a peak between two
 * samples is missed.
 *
 * @param leastAvailable the least that was available to the server
 * @param mostResident the most that the server's process tree held
 * @param measure what {@code mostResident} is: {@code pss} or {@code rss}; empty where unknown
 * @param mostCgroup the most that was charged to the server's control group
 * @param samples how many looks there were
 */
public record MemoryExtremes(
        Reading<Bytes> leastAvailable,
        Reading<Bytes> mostResident,
        String measure,
        Reading<Bytes> mostCgroup,
        long samples) {

    private static final String NO_LOOK = "memory was not looked at yet";

    static MemoryExtremes none() {
        return new MemoryExtremes(
                Reading.failed(NO_LOOK), Reading.failed(NO_LOOK), "", Reading.failed(NO_LOOK), 0);
    }

    /**
     * Returns the extremes of this span and one look more; a look that fails does not hide the ones
     * before.
     */
    MemoryExtremes with(
            Reading<Bytes> available, Reading<Bytes> resident, String how, Reading<Bytes> cgroup) {
        // Figures of two kinds do not mix: after a change the sum that over-counts is kept.
        boolean replaces = how.equals("rss") && measure.equals("pss");
        boolean ignored = how.equals("pss") && measure.equals("rss");
        return new MemoryExtremes(
                extreme(leastAvailable, available, false),
                replaces
                        ? resident
                        : ignored ? mostResident : extreme(mostResident, resident, true),
                how.isEmpty() || ignored ? measure : how,
                extreme(mostCgroup, cgroup, true),
                samples + 1);
    }

    private static Reading<Bytes> extreme(Reading<Bytes> before, Reading<Bytes> now, boolean most) {
        if (!before.isKnown()) {
            return now;
        }
        return now.isKnown()
                ? Reading.known(
                        most ? before.value().max(now.value()) : before.value().min(now.value()))
                : before;
    }
}
