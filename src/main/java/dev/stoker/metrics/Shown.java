package dev.stoker.metrics;

/** How much of what comes from outside is shown: a hostile server must not fill a database. */
final class Shown {
    /** Characters of a label's value. */
    static final int LONGEST = 200;

    /** Models of one server that have series of their own. */
    static final int MOST_MODELS = 200;

    private Shown() {}
}
