package dev.stoker.suite.check;

import dev.stoker.base.Text;

/** How a failed check says what came. Pure. */
final class Seen {
    private static final int LONGEST = 200;

    private Seen() {}

    /** Returns a piece of text that fits a line. */
    static String excerpt(String text) {
        return "\"" + Text.plain(text.strip(), LONGEST) + "\"";
    }

    /** Returns why there is nothing to check: nothing was said, or something else. */
    static String nothing(Given given, String missing) {
        if (given.onlyThought()) {
            return "the model thought until it was cut off, and said nothing";
        }
        if (given.answer().isBlank()) {
            return "an empty answer";
        }
        return missing + (given.isCut() ? "; the answer was cut at its limit of tokens" : "");
    }
}
