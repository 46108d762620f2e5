package dev.stoker.bench;

import dev.stoker.base.Clock;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock whose time passes only by sleeping, and then at once. Whoever watches memory in the
 * background sleeps until it is stopped, so that it does not drive the time. Thread-safe.
 */
public final class FakeClock implements Clock {
    private static final long START = 1_700_000_000_000L;

    private final AtomicLong nanos = new AtomicLong(1_000_000_000L);

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public Instant now() {
        return Instant.ofEpochMilli(START + nanos.get() / 1_000_000);
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        if (Thread.currentThread().getName().startsWith("memory-")) {
            new CountDownLatch(1).await();
        }
        pass(duration);
    }

    void pass(Duration duration) {
        nanos.addAndGet(Math.max(0, duration.toNanos()));
    }

    @Override
    public Duration toWall(Duration duration) {
        return Duration.ZERO;
    }

    @Override
    public double speed() {
        return 1;
    }
}
