package dev.stoker.tui.view;

import dev.stoker.base.Reading;
import dev.stoker.tui.screen.Role;
import dev.stoker.tui.screen.Style;

/** What stands in one place of a list. */
sealed interface Cell {

    /** Words or a figure. */
    record Words(String text, int style) implements Cell {}

    /**
     * A share as a bar.
     *
     * @param share from 0 to 1; an unknown one draws nothing
     */
    record Gauge(Reading<Double> share, Role role) implements Cell {}

    /**
     * A course in blocks.
     *
     * @param values from 0 to 1, oldest first
     */
    record Course(float[] values, Role role) implements Cell {}

    static Cell of(String text) {
        return new Words(text, Style.of(Role.TEXT));
    }

    static Cell of(String text, Role role) {
        return new Words(text, Style.of(role));
    }

    static Cell of(String text, int style) {
        return new Words(text, style);
    }

    default String words() {
        return this instanceof Words(String text, int _) ? text : "";
    }
}
