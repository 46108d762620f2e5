package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Decimal;
import dev.stoker.base.Reading;
import dev.stoker.stats.Spread;

import java.time.Duration;

/** How figures are shown to a person: three digits that count, and a dash for the unknown. Pure. */
final class Numbers {
    static final String UNKNOWN = "–";

    private Numbers() {}

    /** Returns a number with about three digits that count: 0.42, 7.31, 37.0, 412, 12345. */
    static String figure(double value) {
        double size = Math.abs(value);
        return Decimal.of(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
    }

    static String mean(Reading<Spread> reading) {
        return reading instanceof Reading.Known<Spread>(Spread s) ? figure(s.mean()) : UNKNOWN;
    }

    /** Returns {@code 37.0 ± 0.4}; without the spread for one measurement. */
    static String meanAndSpread(Reading<Spread> reading) {
        if (!(reading instanceof Reading.Known<Spread>(Spread s))) {
            return UNKNOWN;
        }
        return s.sd().isPresent()
                ? figure(s.mean()) + " ± " + figure(s.sd().getAsDouble())
                : figure(s.mean());
    }

    /** Returns {@code (36.5–37.2)}; empty for one measurement or none. */
    static String range(Reading<Spread> reading) {
        return reading instanceof Reading.Known<Spread>(Spread s) && s.n() > 1
                ? "(" + figure(s.min()) + "–" + figure(s.max()) + ")"
                : "";
    }

    static String gib(Reading<Bytes> reading) {
        return reading instanceof Reading.Known<Bytes>(Bytes b) ? gib(b) : UNKNOWN;
    }

    static String gib(Bytes bytes) {
        return Decimal.of(bytes.toGib(), bytes.toGib() >= 100 ? 0 : 1);
    }

    /** Returns {@code 45 s}, {@code 12 min}, {@code 3 h 5 min}. */
    static String time(Duration duration) {
        long seconds = Math.max(0, Math.round(duration.toMillis() / 1000.0));
        if (seconds < 90) {
            return seconds + " s";
        }
        long minutes = Math.round(seconds / 60.0);
        return minutes < 90 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }
}
