package dev.stoker.host;

import dev.stoker.base.Reading;

/**
 * The shares of the last 10 seconds, from 0 to 1, in which tasks waited for a thing (the kernel's
 * pressure stall information). Immutable.
 *
 * @param some at least one task waited
 * @param full all tasks waited at once: nothing useful was done
 */
public record Pressure(Reading<Double> some, Reading<Double> full) {

    static Pressure unknown(Reading<?> why) {
        Reading<Double> none = why.map(_ -> 0.0);
        return new Pressure(none, none);
    }
}
