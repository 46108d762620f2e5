package dev.stoker.explain.account;

import dev.stoker.base.Text;

import java.util.Locale;

/** Figures in words. Pure. */
final class Amounts {
    private static final int LONGEST_NAME = 60;
    private static final String[] NUMBERS = {
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"
    };

    private Amounts() {}

    static String shown(String name) {
        return Text.plain(name, LONGEST_NAME);
    }

    static String seconds(long micros) {
        if (micros < 60_000_000) {
            return String.format(Locale.ROOT, "%.1f s", micros / 1e6);
        }
        return micros < 7_200_000_000L
                ? String.format(Locale.ROOT, "%.1f min", micros / 60e6)
                : String.format(Locale.ROOT, "%.1f h", micros / 3600e6);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, share < 0.0995 ? "%.1f %%" : "%.0f %%", 100 * share);
    }

    /** {@code one load}, {@code 3 loads}. */
    static String count(long n, String one, String many) {
        return n == 1 ? "1 " + one : n + " " + many;
    }

    static String number(int n) {
        return n < NUMBERS.length ? NUMBERS[n] : String.valueOf(n);
    }
}
