package dev.stoker.base;

/**
 * Numbers with a fixed count of digits behind the point. {@code String.format} loads the rules of
 * locales for that, which takes milliseconds of a start. Pure.
 */
public final class Decimal {
    private static final long[] TENS = {1, 10, 100, 1000};

    /** What a long holds with three digits behind the point, and a double still tells exactly. */
    private static final double LARGEST = 1e12;

    private Decimal() {}

    /**
     * Returns a number, rounded half up.
     *
     * @param digits behind the point, 0 to 3
     */
    public static String of(double value, int digits) {
        if (!(Math.abs(value) < LARGEST)) {
            return Double.toString(value);
        }
        long scaled = Math.round(Math.abs(value) * TENS[digits]);
        String sign = value < 0 && scaled > 0 ? "-" : "";
        String whole = sign + scaled / TENS[digits];
        if (digits == 0) {
            return whole;
        }
        String rest = Long.toString(scaled % TENS[digits]);
        return whole + "." + "0".repeat(digits - rest.length()) + rest;
    }
}
