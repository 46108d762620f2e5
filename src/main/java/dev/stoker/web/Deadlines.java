package dev.stoker.web;

import dev.stoker.base.Clock;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends writes to clients that do not read: a thread that blocks in one is interrupted, which closes
 * the connection. Thread-safe.
 */
final class Deadlines {
    private final Clock clock;
    private final Map<Thread, Long> writing = new ConcurrentHashMap<>();

    Deadlines(Clock clock) {
        this.clock = clock;
    }

    /** Says that the calling thread begins to write; closed when it has written. */
    Write within(Duration bound) {
        Thread caller = Thread.currentThread();
        writing.put(caller, clock.nanos() + bound.toNanos());
        return () -> writing.remove(caller);
    }

    /** A write that is under way. */
    @FunctionalInterface
    interface Write extends AutoCloseable {
        @Override
        void close();
    }

    /** Ends those that are overdue. */
    void enforce() {
        long now = clock.nanos();
        writing.forEach((thread, end) -> {
            if (now - end > 0) {
                thread.interrupt();
            }
        });
    }
}
