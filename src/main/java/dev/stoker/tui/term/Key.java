package dev.stoker.tui.term;

/** What a person did at a terminal. */
public sealed interface Key {

    /** A character, by its code point. */
    record Char(int codePoint) implements Key {}

    /** A key that is no character. */
    record Named(Name name) implements Key {}

    /**
     * A click, or a turn of the wheel.
     *
     * @param column from 0
     * @param row from 0
     */
    record Mouse(Action action, int column, int row) implements Key {}

    /** Keys that are no characters. */
    enum Name {
        ENTER,
        ESCAPE,
        TAB,
        BACK_TAB,
        BACKSPACE,
        UP,
        DOWN,
        LEFT,
        RIGHT,
        PAGE_UP,
        PAGE_DOWN,
        HOME,
        END,
        DELETE,
        INTERRUPT,
        SUSPEND,
        REDRAW
    }

    /** What a mouse can do. */
    enum Action {
        PRESS,
        WHEEL_UP,
        WHEEL_DOWN
    }
}
