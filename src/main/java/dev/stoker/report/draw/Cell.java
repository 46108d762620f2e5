package dev.stoker.report.draw;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.stats.Spread;

import java.util.function.Function;

/**
 * One cell of a table, whatever the table is written in. Immutable.
 *
 * @param main the figure or the word
 * @param below what stands smaller below it; empty for nothing
 * @param reason why the figure is unknown; empty where it is known
 */
public record Cell(String main, String below, String reason) {

    public static Cell of(String text) {
        return new Cell(text, "", "");
    }

    public static Cell unknown(String reason) {
        return new Cell(Figure.UNKNOWN, "", reason.isEmpty() ? "not known" : reason);
    }

    /** Returns mean ± standard deviation, and below it the range and the number of values. */
    public static Cell of(Reading<Spread> reading) {
        return of(reading, s -> new Cell(Figure.meanAndSpread(s), Figure.rangeAndCount(s), ""));
    }

    public static Cell gib(Reading<Bytes> reading) {
        return of(reading, b -> of(Figure.text(b.toGib())));
    }

    public static <T> Cell of(Reading<T> reading, Function<T, Cell> shown) {
        return reading instanceof Reading.Known<T>(T value)
                ? shown.apply(value)
                : unknown(reading.reason());
    }
}
