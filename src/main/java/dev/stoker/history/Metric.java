package dev.stoker.history;

import java.util.Locale;
import java.util.Objects;

/**
 * A figure that runs are compared by. It is stored with each run, so that a run of another version
 * of Stoker can still be read. Pure.
 *
 * @param name stable, with its unit, as in JSON: {@code decode_tokens_per_second}
 * @param title for people: {@code decode tok/s}
 * @param better which way is good
 * @param judged whether it counts for the verdict on the whole run; the others are shown
 */
public record Metric(String name, String title, Better better, boolean judged) {
    public Metric {
        Objects.requireNonNull(name, "name is null");
        Objects.requireNonNull(title, "title is null");
        Objects.requireNonNull(better, "better is null");
    }

    /** Which way is good. */
    public enum Better {
        HIGHER,
        LOWER,
        /** Neither: a difference is shown as one, without praise or blame. */
        NEITHER;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
