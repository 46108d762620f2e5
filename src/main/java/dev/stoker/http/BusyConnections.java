package dev.stoker.http;

import java.util.ArrayList;
import java.util.List;

/** The connections of a loop that carry an exchange now, and their time limits. One thread. */
final class BusyConnections {
    /** Which limit was passed. */
    enum Limit {
        CONNECT,
        SILENCE,
        TOTAL
    }

    /** Learns of a connection that has passed a limit; may take it away. */
    @FunctionalInterface
    interface Late {
        void late(LoopConnection connection, Limit limit, long now);
    }

    private final List<LoopConnection> all = new ArrayList<>();

    void add(LoopConnection c) {
        c.place = all.size();
        all.add(c);
    }

    void remove(LoopConnection c) {
        LoopConnection last = all.removeLast();
        if (c.place < all.size()) {
            all.set(c.place, last);
            last.place = c.place;
        }
        c.place = -1;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    LoopConnection last() {
        return all.getLast();
    }

    /**
     * Tells of those that have passed a limit.
     *
     * @return when the next one can pass one, if nothing is added and nothing comes meanwhile
     */
    long checkTimeouts(long now, Late late) {
        long next = Long.MAX_VALUE;
        for (int i = all.size() - 1; i >= 0; i--) {
            if (i >= all.size()) {
                continue;
            }
            LoopConnection c = all.get(i);
            long silence = c.connected ? c.silenceNanos : c.connectNanos;
            long left =
                    Math.min(silence - (now - c.lastNanos), c.totalNanos - (now - c.beganNanos));
            if (left >= 0) {
                next = Math.min(next, left);
            } else if (!c.connected) {
                late.late(c, Limit.CONNECT, now);
            } else if (now - c.lastNanos > silence) {
                late.late(c, Limit.SILENCE, now);
            } else {
                late.late(c, Limit.TOTAL, now);
            }
        }
        return next > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + next;
    }
}
