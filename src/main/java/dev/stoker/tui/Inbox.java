package dev.stoker.tui;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What came for the screen's thread, in its order. Thread-safe. */
final class Inbox {
    private final LinkedBlockingQueue<Message> queue = new LinkedBlockingQueue<>();

    void put(Message message) {
        queue.add(message);
    }

    /** Returns the next message, or null if none comes in that time. */
    @Nullable Message next(Duration wait) throws InterruptedException {
        return queue.poll(Math.max(0, wait.toNanos()), TimeUnit.NANOSECONDS);
    }

    /** Returns the next message if there is one already. */
    @Nullable Message ready() {
        return queue.poll();
    }
}
