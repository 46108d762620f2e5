package dev.stoker.report.draw;

import dev.stoker.stats.Spread;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalDouble;

/** How figures stand in a document: three digits that count, a dash for the unknown. Pure. */
public final class Figure {
    public static final String UNKNOWN = "–";

    private Figure() {}

    /**
     * Returns a number with about three digits that count: 0.42, 7.31, 37.0, 412, 12345. One that
     * is too small for that is {@code <0.01}: 0.00 would say that it is nothing.
     */
    public static String text(double value) {
        if (value > 0 && value < 0.005) {
            return "<0.01";
        }
        double size = Math.abs(value);
        String form = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, form, value);
    }

    /**
     * Returns a number with as many decimals as {@link #text} gives another one, so that the
     * numbers of one row or column stand in line.
     */
    public static String like(double value, double other) {
        double size = Math.abs(other);
        int decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
        double least = Math.pow(10, -decimals);
        return value > 0 && value < least / 2
                ? "<" + String.format(Locale.ROOT, "%." + decimals + "f", least)
                : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** Returns a share as a percentage; what is not all is never shown as 100. */
    public static String percent(double share) {
        double percent = share * 100;
        return percent > 99.9 && share < 1 ? ">99.9" : text(percent);
    }

    /** Returns a whole number in groups of three digits, which thin spaces part. */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value).replace(',', '\u202f');
    }

    /** Returns a number for an axis, without zeros at its end: 0.5, 20, 1500. */
    public static String tick(double value) {
        if (value == 0) {
            return "0";
        }
        if (Math.abs(value) >= 10_000 && value == Math.rint(value) && Math.abs(value) < 1e15) {
            return count((long) value);
        }
        return new BigDecimal(value)
                .round(new MathContext(5, RoundingMode.HALF_EVEN))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** Returns {@code 37.0 ± 0.4}; without the spread for one measurement. */
    public static String meanAndSpread(Spread s) {
        return s.sd().isPresent()
                ? text(s.mean()) + " ± " + text(s.sd().getAsDouble())
                : text(s.mean());
    }

    /** Returns {@code 36.5–37.2, n = 3}; the number alone for one measurement. */
    public static String rangeAndCount(Spread s) {
        return s.n() > 1 ? text(s.min()) + "–" + text(s.max()) + ", n = " + s.n() : "n = " + s.n();
    }

    /**
     * Returns a percentile by the nearest rank; empty when there are too few values for it, by the
     * numbers of the definitions: 64 for p90, 662 for p99.
     */
    public static OptionalDouble percentile(double[] values, int percent) {
        int needed = percent >= 99 ? 662 : percent >= 90 ? 64 : 1;
        if (values.length < needed) {
            return OptionalDouble.empty();
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(percent / 100.0 * sorted.length);
        return OptionalDouble.of(sorted[Math.max(1, rank) - 1]);
    }
}
