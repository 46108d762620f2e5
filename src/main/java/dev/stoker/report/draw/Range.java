package dev.stoker.report.draw;

/**
 * What an axis reaches over. Pure.
 *
 * @param low the lowest value
 * @param high the highest value, above {@code low}
 * @param logarithmic whether equal distances are equal ratios; {@code low} is then above zero
 */
public record Range(double low, double high, boolean logarithmic) {

    /** Returns the range from zero to a round value at or above this one. */
    public static Range upTo(double high) {
        if (!(high > 0)) {
            return new Range(0, 1, false);
        }
        double power = Math.pow(10, Math.floor(Math.log10(high)));
        double lead = high / power;
        double[] rounds = {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10};
        for (double round : rounds) {
            if (lead <= round * (1 + 1e-9)) {
                return new Range(0, round * power, false);
            }
        }
        return new Range(0, high, false);
    }

    /** Returns the range between two values, which may be the same one. */
    public static Range between(double low, double high) {
        Axis axis = Axis.even(low, high, 0, 1);
        return new Range(axis.low(), axis.high(), false);
    }

    /** Returns a range of ratios; both values are above zero. */
    public static Range ofRatios(double low, double high) {
        return new Range(low, Math.max(high, low * 1.1), true);
    }

    Axis axis(double from, double to) {
        return new Axis(low, high, from, to, logarithmic);
    }
}
