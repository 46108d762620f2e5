package dev.stoker.load;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One load for a while: first the ramp, then the warm-up, then what is measured, then a drain in
 * which nothing new is sent. Ramp, warm-up and drain are cut.
 *
 * @param arrivals when requests begin
 * @param ramp the rise to the full load
 * @param warmUp at full load, not measured
 * @param duration how long is measured; empty to go by the number
 * @param requests how many are measured; empty to go by the time. One of both is given, or both:
 *     then whichever comes first
 */
public record LoadStep(
        Arrivals arrivals,
        Duration ramp,
        Duration warmUp,
        Optional<Duration> duration,
        OptionalLong requests) {
    public LoadStep {
        if (duration.isEmpty() && requests.isEmpty() && !(arrivals instanceof Arrivals.Trace)) {
            throw new IllegalArgumentException("a step needs an end");
        }
    }

    /** Returns what is not measured at the start. */
    public Duration lead() {
        return ramp.plus(warmUp);
    }
}
