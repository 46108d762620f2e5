package dev.stoker.tui.view;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.function.Function;

/**
 * A column of a list.
 *
 * @param title what it shows
 * @param right whether its cells end at the same place
 * @param least cells that it takes at least, so that the screen stays calm when figures change
 * @param most cells that it takes at most
 * @param drop the higher, the sooner it is left out where the screen is narrow; 0 never
 * @param cell what it shows of a row
 * @param order how rows are sorted by it, the interesting ones first; null if they are not
 */
record Column<R>(
        String title,
        boolean right,
        int least,
        int most,
        int drop,
        Function<R, Cell> cell,
        @Nullable Comparator<R> order) {

    static <R> Column<R> left(String title, int least, int most, int drop, Function<R, Cell> cell) {
        return new Column<>(title, false, least, most, drop, cell, null);
    }

    static <R> Column<R> right(String title, int least, int drop, Function<R, Cell> cell) {
        return new Column<>(title, true, least, 30, drop, cell, null);
    }

    Column<R> by(Comparator<R> comparator) {
        return new Column<>(title, right, least, most, drop, cell, comparator);
    }
}
