package dev.stoker.rules;

import dev.stoker.server.state.ServerState;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Some samples of one server over the last minutes, so that what happened in all of that time can
 * be told. Used by one thread.
 */
final class Course {
    private static final int STEPS = 12;

    private final long span;
    private final Deque<Entry> entries = new ArrayDeque<>();

    private long newest;

    private record Entry(long nanos, ServerState state) {}

    Course(Duration span) {
        this.span = span.toNanos();
    }

    /** Adds a sample unless the last one is nearly as new. */
    void add(long nanos, ServerState state) {
        if (!entries.isEmpty() && nanos < entries.getLast().nanos) {
            entries.clear();
        }
        if (entries.isEmpty() || nanos - entries.getLast().nanos >= span / STEPS) {
            entries.add(new Entry(nanos, state));
        }
        while (entries.size() > 1) {
            Entry first = entries.removeFirst();
            if (nanos - entries.getFirst().nanos < span) {
                entries.addFirst(first);
                break;
            }
        }
        newest = nanos;
    }

    /** Returns whether the oldest sample is as old as the span. */
    boolean isFull() {
        return !entries.isEmpty() && newest - entries.getFirst().nanos >= span;
    }

    ServerState first() {
        return entries.getFirst().state;
    }
}
