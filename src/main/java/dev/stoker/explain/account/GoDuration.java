package dev.stoker.explain.account;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: {@code 5m0s}, {@code 2562047h47m16.854775807s}. Pure. */
final class GoDuration {
    private static final Pattern WHOLE =
            Pattern.compile("(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})(?:\\.[0-9]*)?s)?");
    private static final long SECOND = 1_000_000;
    private static final long FOR_EVER = Long.MAX_VALUE / 4;

    private GoDuration() {}

    /** Returns microseconds; a negative duration is for ever. */
    static OptionalLong micros(String text) {
        if (text.startsWith("-")) {
            return OptionalLong.of(FOR_EVER);
        }
        Matcher m = WHOLE.matcher(text);
        if (text.isEmpty() || !m.matches()) {
            return OptionalLong.empty();
        }
        long seconds = part(m.group(1)) * 3600 + part(m.group(2)) * 60 + part(m.group(3));
        return OptionalLong.of(Math.min(seconds, FOR_EVER / SECOND) * SECOND);
    }

    /** Returns a duration in words: {@code 5 minutes}. */
    static String words(long micros) {
        long seconds = micros / SECOND;
        if (seconds >= 10L * 365 * 86_400) {
            return "for ever";
        }
        if (seconds % 3600 == 0 && seconds > 0) {
            return count(seconds / 3600, "hour");
        }
        return seconds % 60 == 0 && seconds > 0
                ? count(seconds / 60, "minute")
                : count(seconds, "second");
    }

    private static String count(long n, String unit) {
        return n + " " + unit + (n == 1 ? "" : "s");
    }

    private static long part(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
