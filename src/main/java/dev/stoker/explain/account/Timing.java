package dev.stoker.explain.account;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/**
 * The times that llama-server's slots told, until the request is seen that they belong to. Bounded.
 * Used by one thread.
 */
final class Timing {
    private static final int MOST = 256;
    private static final int MOST_OPEN = 4096;
    private static final long SLACK = 20_000;

    private final Map<Long, long[]> open = new HashMap<>();
    private final ArrayDeque<Done> done = new ArrayDeque<>();
    private boolean any;

    /** One answer: microseconds and tokens. */
    record Done(long prompt, long promptTokens, long answer, long answerTokens) {
        long total() {
            return prompt + answer;
        }
    }

    void prompt(int port, long slot, long micros, long tokens) {
        if (open.size() > MOST_OPEN) {
            open.clear();
        }
        open.put(key(port, slot), new long[] {micros, tokens, 0, 0});
        any = true;
    }

    void answer(int port, long slot, long micros, long tokens) {
        long[] times = open.get(key(port, slot));
        if (times != null) {
            times[2] = micros;
            times[3] = tokens;
        }
    }

    /** The last line of three; returns what they told. */
    Optional<Done> total(int port, long slot) {
        long[] times = open.remove(key(port, slot));
        if (times == null) {
            return Optional.empty();
        }
        Done one = new Done(times[0], times[1], times[2], times[3]);
        done.add(one);
        if (done.size() > MOST) {
            done.removeFirst();
        }
        return Optional.of(one);
    }

    /** The one that was told last is taken. */
    void taken() {
        done.pollLast();
    }

    /** Returns whether this log has such lines at all. */
    boolean any() {
        return any;
    }

    /** Takes the oldest one that fits into a request of this length. */
    Optional<Done> take(long latency) {
        for (Iterator<Done> i = done.iterator(); i.hasNext(); ) {
            Done one = i.next();
            if (one.total() <= latency + SLACK) {
                i.remove();
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    void forget() {
        open.clear();
        done.clear();
    }

    private static long key(int port, long slot) {
        return ((long) port << 32) + slot;
    }
}
