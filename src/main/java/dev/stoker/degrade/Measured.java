package dev.stoker.degrade;

import dev.stoker.base.Reading;

/**
 * One measurement of a model's speed.
 *
 * @param atEpochMillis wall time of its start
 * @param seconds since the run's start, on the server's clock; goes on after an interruption
 * @param load how often the model was reloaded before; 0 is the load that the run began with
 * @param position 1 for the first measurement of this load; further ones have no reload before them
 * @param decode tokens a second
 * @param prompt tokens a second
 * @param loadSeconds what the load before it took; unknown where there was none
 * @param look what was seen around it
 */
public record Measured(
        long atEpochMillis,
        double seconds,
        int load,
        int position,
        double decode,
        Reading<Double> prompt,
        Reading<Double> loadSeconds,
        Look look) {

    /** Returns whether no reload was done right before it. */
    public boolean isControl() {
        return load == 0 || position > 1;
    }
}
