package dev.stoker.report.draw;

/**
 * The unit in which an axis shows times. Pure.
 *
 * @param unit its sign
 * @param size how many of the values' own units it is
 */
public record Scale(String unit, double size) {

    /** Returns the unit for times in milliseconds of which the largest is this. */
    public static Scale ofMillis(double largest) {
        return largest >= 10_000
                ? new Scale("s", 1000)
                : largest >= 1 ? new Scale("ms", 1) : new Scale("µs", 0.001);
    }

    /** Returns the unit for times in seconds of which the largest is this. */
    public static Scale ofSeconds(double largest) {
        return largest >= 3 * 3600
                ? new Scale("h", 3600)
                : largest >= 300 ? new Scale("min", 60) : new Scale("s", 1);
    }

    public double of(double value) {
        return value / size;
    }
}
