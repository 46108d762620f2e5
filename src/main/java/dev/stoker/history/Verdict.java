package dev.stoker.history;

import java.util.Locale;

/** What a comparison says. */
public enum Verdict {
    /** More than chance, in the good direction. */
    BETTER,
    /** More than chance, in the bad direction. */
    WORSE,
    /** More than chance, of a figure that has no good direction. */
    DIFFERENT,
    /** No more than chance; a large change would have been seen. */
    NO_DIFFERENCE_SEEN,
    /** Even a large change could have hidden in the spread of so few measurements. */
    CANNOT_TELL;

    /** Returns the words, which are also the code in JSON. */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
