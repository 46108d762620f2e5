package dev.stoker.degrade;

import dev.stoker.base.Clock;

import java.time.Duration;
import java.time.Instant;

/** A clock whose time passes only by sleeping, and then at once: for one thread. */
final class StepClock implements Clock {
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
