package dev.stoker.explain.account;

/** The requests that ended last, to tell which ran beside others. Bounded. */
final class LatelyEnded {
    private static final int MOST = 512;
    private static final long SECOND = 1_000_000;

    private final long[] starts = new long[MOST];
    private final long[] ends = new long[MOST];
    private int count;

    void add(long start, long end) {
        starts[count % MOST] = start;
        ends[count % MOST] = end;
        count++;
    }

    /** Returns whether another request ended while this one ran. */
    boolean overlaps(long start, long end) {
        for (int i = 1; i <= Math.min(count, MOST); i++) {
            int at = (count - i) % MOST;
            if (ends[at] < start - SECOND) {
                return false;
            }
            if (ends[at] > start && starts[at] < end) {
                return true;
            }
        }
        return false;
    }
}
