package dev.stoker.http;

/**
 * Decides whether a loop pauses blindly between polls or waits for the next event, and keeps the
 * account of its punctuality. One thread.
 *
 * <p>A thread that is woken for every event spends most of its time on waking up. When many reads
 * come that end nothing (tokens of many streams), a turn that brought something is followed by a
 * pause of 0.4 ms, and what comes meanwhile is read in one go. A pause that brought nothing is
 * followed by a wait for the next event: streams that began together speak together and are silent
 * together.
 */
final class Pace {
    static final long PAUSE_NANOS = 400_000;

    /** A poll that took longer than this has waited: what it brought came just then. */
    private static final long WAITED_NANOS = 50_000;

    /** The rates of reads and of ends are measured over so long. */
    private static final long RATE_NANOS = 20_000_000;

    /** From so many reads in that time on pauses are worth it: about two reads a pause. */
    private static final int READS_TO_BATCH = 80;

    /** Where every few reads one ends an exchange somebody waits for the next one. */
    private static final int READS_PER_END_TO_BATCH = 8;

    private final boolean mayBatch;
    private final LoopWatch watch;
    private boolean batching;
    private boolean woken;
    private long wokeNanos;
    private long lastPollNanos;
    private int readsInTurn;
    private long rateSince;
    private int reads;
    private int ends;

    Pace(boolean mayBatch, LoopWatch watch, long now) {
        this.mayBatch = mayBatch;
        this.watch = watch;
        this.lastPollNanos = now;
        this.rateSince = now;
    }

    /** Returns whether the coming poll shall pause instead of waiting for an event. */
    boolean pauses() {
        return batching && readsInTurn > 0;
    }

    /** A poll begins. */
    void begin() {
        woken = false;
        readsInTurn = 0;
    }

    /** Returns whether this is the first event of the poll: then {@link #woke} wants the time. */
    boolean isFirst() {
        return !woken;
    }

    void woke(long now) {
        woken = true;
        wokeNanos = now;
    }

    void read() {
        readsInTurn++;
        reads++;
    }

    void end() {
        ends++;
    }

    /**
     * A poll is over and all that it brought is dealt with.
     *
     * @param asked when it began
     * @param until when it was to end at the latest
     * @param paused whether it paused blindly
     */
    void settle(long asked, long until, long now, boolean paused) {
        if (woken) {
            watch.busy(now - wokeNanos);
            boolean waited = !paused && wokeNanos - asked > WAITED_NANOS;
            if (readsInTurn > 0) {
                watch.reads(readsInTurn, now - (waited ? wokeNanos : lastPollNanos));
            }
            lastPollNanos = wokeNanos;
        } else {
            lastPollNanos = now;
        }
        if (until < asked) {
            watch.overslept(asked - until);
        } else if (until < now && !woken) {
            watch.overslept(now - until);
        }
        if (now - rateSince >= RATE_NANOS) {
            batching =
                    mayBatch
                            && reads >= READS_TO_BATCH * ((now - rateSince) / (double) RATE_NANOS)
                            && reads >= READS_PER_END_TO_BATCH * ends;
            rateSince = now;
            reads = 0;
            ends = 0;
        }
    }
}
