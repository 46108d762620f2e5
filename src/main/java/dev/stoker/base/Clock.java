package dev.stoker.base;

import java.time.Duration;
import java.time.Instant;

/**
 * The only source of time. Durations are measured on the monotonic {@link #nanos()}; the wall clock
 * is for labels only. A scaled clock runs faster than the wall: it serves the simulated box, whose
 * figures are then in simulated time.
 *
 * <p>Thread-safe.
 */
public interface Clock {

    /** Returns nanoseconds of this clock's time since an arbitrary point; never goes backwards. */
    long nanos();

    /** Returns the wall time, for labels. */
    Instant now();

    /** Waits for so much of this clock's time. */
    void sleep(Duration duration) throws InterruptedException;

    /**
     * Returns how long this duration of the clock's time takes on the wall, at least one
     * millisecond if it is positive.
     */
    Duration toWall(Duration duration);

    /** Returns how many times faster than the wall this clock runs: 1 for the real one. */
    double speed();

    /** Returns the machine's own clock. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }

    /** Returns a clock that runs so many times faster than the wall. */
    static Clock scaled(double speed) {
        if (!(speed > 0) || speed > 1e6) {
            throw new IllegalArgumentException(
                    "speed must be above 0 and at most 1e6, but is " + speed);
        }
        return speed == 1 ? SystemClock.INSTANCE : new ScaledClock(speed);
    }

    /** The machine's own clock. */
    enum SystemClock implements Clock {
        INSTANCE;

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            Thread.sleep(duration);
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

    /**
     * A clock that runs faster than the wall.
     *
     * @param speed simulated seconds a wall second
     * @param origin the monotonic reading at which simulated time equals machine time
     */
    record ScaledClock(double speed, long origin) implements Clock {
        ScaledClock(double speed) {
            this(speed, System.nanoTime());
        }

        @Override
        public long nanos() {
            return origin + (long) ((System.nanoTime() - origin) * speed);
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            Thread.sleep(toWall(duration));
        }

        @Override
        public Duration toWall(Duration duration) {
            if (duration.isZero() || duration.isNegative()) {
                return Duration.ZERO;
            }
            long nanos = (long) (duration.toNanos() / speed);
            return Duration.ofNanos(Math.max(nanos, 1_000_000));
        }
    }
}
