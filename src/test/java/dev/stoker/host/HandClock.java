package dev.stoker.host;

import dev.stoker.base.Clock;

import java.time.Duration;
import java.time.Instant;

/** A clock that only a test moves. */
public final class HandClock implements Clock {
    private long nanos = 1_000_000_000_000L;

    public void advance(double seconds) {
        nanos += Math.round(seconds * 1e9);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant now() {
        return Instant.ofEpochSecond(1_700_000_000).plusNanos(nanos);
    }

    @Override
    public void sleep(Duration duration) {
        nanos += duration.toNanos();
    }

    @Override
    public Duration toWall(Duration duration) {
        return duration;
    }

    @Override
    public double speed() {
        return 1;
    }
}
