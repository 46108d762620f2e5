package dev.stoker.tui.view;

import java.util.Locale;

/** Which rows a text leaves: those in which each of its words occurs, whatever its case. Pure. */
final class Filter {
    private Filter() {}

    static boolean matches(String filter, String... texts) {
        if (filter.isBlank()) {
            return true;
        }
        String all = String.join("\n", texts).toLowerCase(Locale.ROOT);
        for (String word : filter.strip().toLowerCase(Locale.ROOT).split("\\s+", -1)) {
            if (!all.contains(word)) {
                return false;
            }
        }
        return true;
    }
}
