package dev.stoker.tui.view;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.server.state.Pace;
import dev.stoker.tui.screen.Glyphs;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** How figures are written in few cells; the unknown is a dash. Pure. */
final class Figures {
    private static final long DAY_SECONDS = 86_400;

    /** Servers tell "never" as a time centuries ahead. */
    private static final long NEVER_SECONDS = 10 * 365 * DAY_SECONDS;

    private final Glyphs glyphs;

    Figures(Glyphs glyphs) {
        this.glyphs = glyphs;
    }

    String unknown() {
        return glyphs.unknown();
    }

    String text(Reading<String> reading) {
        return reading.orElse(unknown());
    }

    String percent(Reading<Double> reading) {
        return reading.isKnown() ? Math.round(reading.value()) + "%" : unknown();
    }

    /** A share from 0 to 1. */
    String share(Reading<Double> reading) {
        return percent(reading.map(s -> s * 100));
    }

    String whole(Reading<Double> reading) {
        return reading.isKnown() ? Long.toString(Math.round(reading.value())) : unknown();
    }

    String count(Reading<? extends Number> reading) {
        return reading.isKnown() ? Long.toString(reading.value().longValue()) : unknown();
    }

    /** In GiB, without the unit. */
    String gib(Reading<Bytes> reading) {
        return reading.isKnown() ? gib(reading.value()) : unknown();
    }

    static String gib(Bytes bytes) {
        double gib = bytes.toGib();
        return decimal(gib, Math.abs(gib) >= 99.95 ? 0 : 1);
    }

    /** Two sizes in GiB, used and all. */
    String gibOf(Reading<Bytes> used, Reading<Bytes> total) {
        return used.isKnown() || total.isKnown() ? gib(used) + "/" + gib(total) : unknown();
    }

    String megahertz(Reading<Double> hertz) {
        return whole(hertz.map(h -> h / 1e6));
    }

    /** Tokens a second, about three digits. */
    String pace(Reading<Pace> reading) {
        if (!reading.isKnown()) {
            return unknown();
        }
        Pace pace = reading.value();
        return (pace.atLeast() ? glyphs.atLeast() : "") + three(pace.perSecond());
    }

    static String three(double value) {
        double size = Math.abs(value);
        return decimal(value, size >= 99.95 ? 0 : size >= 9.995 || size == 0 ? 1 : 2);
    }

    /** Writes a number; a hundred of them a second are not worth a formatter's price. */
    static String decimal(double value, int digits) {
        if (!(Math.abs(value) < 1e12)) {
            return String.format(Locale.ROOT, "%." + digits + "f", value);
        }
        long scale = digits == 0 ? 1 : digits == 1 ? 10 : 100;
        long scaled = Math.round(Math.abs(value) * scale);
        StringBuilder b = new StringBuilder(12);
        if (value < 0 && scaled > 0) {
            b.append('-');
        }
        b.append(scaled / scale);
        if (digits > 0) {
            b.append('.');
            if (digits == 2 && scaled % scale < 10) {
                b.append('0');
            }
            b.append(scaled % scale);
        }
        return b.toString();
    }

    String duration(Reading<Duration> reading) {
        return reading.isKnown() ? duration(reading.value()) : unknown();
    }

    /** A short time: 4 ms, 210 ms, 1.32 s, 75 s. */
    static String duration(Duration duration) {
        double seconds = duration.toNanos() / 1e9;
        if (seconds < 0.9995) {
            return Math.round(seconds * 1000) + " ms";
        }
        return seconds < 60
                ? decimal(seconds, seconds < 10 ? 2 : 1) + " s"
                : age(Math.round(seconds));
    }

    /** A long time: 12 s, 4:05, 3 h 12, 2 d 4 h. */
    static String age(long seconds) {
        if (seconds < 60) {
            return Math.max(0, seconds) + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + ":" + two(seconds % 60);
        }
        return seconds < DAY_SECONDS
                ? seconds / 3600 + " h " + two(seconds / 60 % 60)
                : seconds / DAY_SECONDS + " d " + seconds / 3600 % 24 + " h";
    }

    private static String two(long n) {
        return n < 10 ? "0" + n : Long.toString(n);
    }

    /** What is left until a moment; {@code never} where that lies centuries ahead. */
    String until(Reading<Instant> moment, Instant now) {
        if (!moment.isKnown()) {
            return unknown();
        }
        long left = Duration.between(now, moment.value()).toSeconds();
        return left > NEVER_SECONDS ? "never" : left <= 0 ? "in use" : age(left);
    }

    /** A number of tokens: 512, 8k, 128k, 1M. */
    String tokens(Reading<Long> reading) {
        if (!reading.isKnown()) {
            return unknown();
        }
        long n = reading.value();
        if (n >= 1 << 20 && n % (1 << 20) == 0) {
            return (n >> 20) + "M";
        }
        return n < 1024
                ? Long.toString(n)
                : n % 1024 == 0 ? n / 1024 + "k" : decimal(n / 1024.0, n >= 102_400 ? 0 : 1) + "k";
    }

    /** Bytes a second, decimal as disks and networks are sold. */
    String rate(Reading<Double> perSecond) {
        return perSecond.isKnown()
                ? Bytes.of(Math.round(perSecond.value())).decimal() + "/s"
                : unknown();
    }
}
