package dev.stoker.tui.screen;

import java.util.Locale;
import java.util.Map;

/** How many colours a terminal has, as far as its environment tells. */
public enum ColourDepth {
    NONE,
    SIXTEEN,
    INDEXED,
    TRUE;

    /**
     * Returns the depth.
     *
     * @param plain whether the user wants no colours
     */
    public static ColourDepth of(Map<String, String> env, boolean plain) {
        if (plain || !env.getOrDefault("NO_COLOR", "").isEmpty()) {
            return NONE;
        }
        String term = env.getOrDefault("TERM", "").toLowerCase(Locale.ROOT);
        String more = env.getOrDefault("COLORTERM", "").toLowerCase(Locale.ROOT);
        if (term.isEmpty() || term.equals("dumb") || term.startsWith("vt")) {
            return NONE;
        }
        if (more.equals("truecolor") || more.equals("24bit") || term.endsWith("-direct")) {
            return TRUE;
        }
        return term.contains("256")
                        || term.startsWith("tmux")
                        || term.contains("kitty")
                        || term.contains("ghostty")
                        || term.contains("alacritty")
                ? INDEXED
                : SIXTEEN;
    }
}
