package dev.stoker.stats;

/**
 * A closed interval; either end may be infinite. Pure.
 *
 * @param low lower end
 * @param high upper end, not below the lower one
 */
public record Interval(double low, double high) {
    public Interval {
        if (!(low <= high)) {
            throw new IllegalArgumentException("no interval: " + low + " to " + high);
        }
    }

    public boolean contains(double value) {
        return low <= value && value <= high;
    }

    /** Returns whether every value of the other interval lies in this one. */
    public boolean covers(Interval other) {
        return low <= other.low && other.high <= high;
    }
}
