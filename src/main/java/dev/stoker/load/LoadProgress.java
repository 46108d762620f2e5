package dev.stoker.load;

import java.time.Duration;

/**
 * Where a step stands; told ten times a second.
 *
 * @param step which one, from 0
 * @param elapsed since the step's start, in the clock's time
 * @param leading whether nothing is measured yet
 * @param draining whether nothing new is sent any more
 * @param inFlight requests whose answers are not over
 * @param sent requests so far
 * @param ok of these, ended well
 * @param failed of these, failed
 */
public record LoadProgress(
        int step,
        Duration elapsed,
        boolean leading,
        boolean draining,
        int inFlight,
        long sent,
        long ok,
        long failed) {
    static final long EVERY_NANOS = 100_000_000;
}
