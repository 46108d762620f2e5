package dev.stoker.plan.speed;

/**
 * A figure that is not known exactly.
 *
 * @param expected the most likely value
 * @param low the band's lower end
 * @param high the band's upper end
 */
public record Band(double expected, double low, double high) {
    public Band {
        if (!(low <= expected && expected <= high)) {
            throw new IllegalArgumentException(low + " ≤ " + expected + " ≤ " + high);
        }
    }

    /** Returns a band around a value whose ends are shares of it. */
    public static Band around(double expected, double lowShare, double highShare) {
        return new Band(expected, expected * lowShare, expected * highShare);
    }

    public Band times(double factor) {
        return new Band(expected * factor, low * factor, high * factor);
    }

    public boolean contains(double value) {
        return value >= low && value <= high;
    }
}
