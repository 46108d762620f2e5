package dev.stoker.tui.screen;

/** What a piece of the screen is, from which a theme makes its colour. */
public enum Role {
    TEXT,
    /** Titles of columns, units, what is there for orientation. */
    FAINT,
    /** Lines and empty parts of bars. */
    LINE,
    TITLE,
    /** A name that the eye looks for. */
    NAME,
    KEY,
    GOOD,
    WARNING,
    BAD,
    /** How much a GPU does. A high value is what one wants, so it has no alarming colour. */
    LOAD,
    LOAD_HIGH,
    MEMORY,
    /** Memory that is filled with what can be dropped. */
    CACHE,
    HEAT,
    POWER,
    CPU,
    TOKENS
}
