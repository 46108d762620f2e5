package dev.stoker.base;

import java.time.Duration;
import java.time.Instant;

/** A clock whose time passes only by sleeping, and then at once: for one thread. */
public final class SteppingClock implements Clock {
    private long nanos = 1_000_000_000L;

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nanos);
    }

    @Override
    public void sleep(Duration duration) {
        nanos += Math.max(0, duration.toNanos());
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
