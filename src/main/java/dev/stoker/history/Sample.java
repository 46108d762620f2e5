package dev.stoker.history;

import java.util.Objects;

/**
 * One value of a metric. It belongs to an iteration or a block, because requests within one are not
 * independent of one another. Pure.
 *
 * @param unit such as {@code iteration 2}; values of one unit belong together across metrics
 * @param atEpochMillis wall time of the unit's start, which tells whether two runs took turns; −1
 *     if unknown
 * @param value finite
 */
public record Sample(String unit, long atEpochMillis, double value) {
    public Sample {
        Objects.requireNonNull(unit, "unit is null");
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("no value: " + value);
        }
    }
}
