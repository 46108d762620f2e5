package dev.stoker.explain.account;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The latest loads of a server, for the requests that waited for them. Bounded. */
final class LoadWindows {
    private static final long SECOND = 1_000_000;
    private static final int MOST = 32;

    private final Deque<LoadWindow> windows = new ArrayDeque<>();

    void add(LoadWindow window) {
        windows.add(window);
        if (windows.size() > MOST) {
            windows.removeFirst();
        }
    }

    void clear() {
        windows.clear();
    }

    @Nullable LoadWindow last() {
        return windows.peekLast();
    }

    /**
     * Returns when a request ended. Its line tells the second; the lines before it, and what was
     * computed after the load that it waited for, tell more.
     */
    long end(long second, long micros, long computed, long now) {
        long end = now > second && now < second + SECOND ? now : second;
        LoadWindow last = last();
        if (last != null && last.end >= 0 && last.start >= end - micros - SECOND) {
            long reached = last.end + computed;
            return reached > end && reached < second + SECOND ? reached : end;
        }
        return end;
    }

    /**
     * Notes who asked for the loads that began while a request ran that waited for a load: of
     * several, the first to end.
     */
    void asked(long start, long end, String client, Ledger ledger) {
        for (LoadWindow w : windows) {
            if (!w.asked && w.end >= 0 && w.start >= start && w.start < end) {
                w.asked = true;
                w.model.asker = client;
                w.victims.forEach(victim -> ledger.asked(w.line.file(), victim, client));
            }
        }
    }

    /**
     * Returns how long a request waited for loads: from its start to the end of the last load in
     * it. One that was computed meanwhile did not wait. The models and the ledger are told.
     *
     * @param rest the time in which it was not computed
     * @param exact whether that is known
     * @param stamped whether the request's start is known better than to the second
     */
    long waitFor(
            long start,
            long end,
            long rest,
            boolean exact,
            boolean stamped,
            long now,
            Ledger ledger) {
        long until = Long.MIN_VALUE;
        long all = 0;
        List<LoadWindow> mine = new ArrayList<>();
        for (LoadWindow w : windows) {
            long last = w.endBefore(end, now);
            long inside = last - Math.max(start, w.start);
            boolean waited = rest >= (exact ? inside : last - w.start) / 2;
            if (inside > 0 && w.start < end && waited) {
                mine.add(w);
                until = Math.max(until, last);
                all += inside;
            }
        }
        long load = mine.isEmpty() ? 0 : Math.max(0, Math.min(rest, until - start));
        for (LoadWindow w : mine) {
            long inside = w.endBefore(end, now) - Math.max(start, w.start);
            long part = (long) (load * ((double) inside / all));
            w.model.waited(w.why, 0, part);
            ledger.swapMicros += w.why.isSwap() ? part : 0;
        }
        if (load > 0) {
            ledger.stages.add(mine, start, load, until, stamped);
        }
        return load;
    }
}
