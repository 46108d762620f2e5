package dev.stoker.server;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;

import java.time.Duration;

/**
 * Asks again and again until an answer is there, a time is over, or the caller stops it. One
 * instance a wait, one thread.
 */
public final class Patience {
    private static final Duration PAUSE = Duration.ofMillis(25);

    private final Clock clock;
    private final Cancellation cancellation;
    private final long start;
    private final Duration limit;

    public Patience(Clock clock, Duration limit, Cancellation cancellation) {
        this.clock = clock;
        this.cancellation = cancellation;
        this.limit = limit;
        this.start = clock.nanos();
    }

    /** Waits a little; returns false once the time is over. */
    public boolean goOn() throws ServerException {
        if (cancellation.isCancelled()) {
            throw new ServerException(new ServerFailure.Cancelled());
        }
        if (clock.nanos() - start >= limit.toNanos()) {
            return false;
        }
        try {
            clock.sleep(Duration.ofNanos((long) (PAUSE.toNanos() * Math.max(1, clock.speed()))));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException(new ServerFailure.Cancelled());
        }
        return true;
    }

    /** Returns how long this has lasted. */
    public Duration waited() {
        return Duration.ofNanos(clock.nanos() - start);
    }
}
