package dev.stoker.tui.screen;

import java.util.Locale;
import java.util.Map;

/**
 * The characters that drawings are made of: blocks and braille dots, or ASCII where the locale is
 * not UTF-8. Immutable.
 *
 * @param unicode whether more than ASCII may be used
 */
public record Glyphs(boolean unicode) {
    private static final String EIGHTHS_RIGHT = " ▏▎▍▌▋▊▉█";
    private static final String EIGHTHS_UP = " ▁▂▃▄▅▆▇█";
    private static final String ASCII_UP = " .:-=+*%#";

    /** Looks at the locale's variables in the order in which the C library does. */
    public static Glyphs of(Map<String, String> env) {
        for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            String value = env.getOrDefault(name, "");
            if (!value.isEmpty()) {
                String upper = value.toUpperCase(Locale.ROOT);
                return new Glyphs(upper.contains("UTF-8") || upper.contains("UTF8"));
            }
        }
        // Nothing is said: a bare container or a service. Terminals are UTF-8 nowadays.
        return new Glyphs(true);
    }

    /** Returns a cell filled from the left, by eighths from 0 to 8. */
    int fromLeft(int eighths) {
        return unicode ? EIGHTHS_RIGHT.charAt(eighths) : eighths >= 4 ? '#' : ' ';
    }

    /** Returns a cell filled from below, by eighths from 0 to 8. */
    int fromBelow(int eighths) {
        return unicode ? EIGHTHS_UP.charAt(eighths) : ASCII_UP.charAt(eighths);
    }

    int emptyBar() {
        return unicode ? '·' : '.';
    }

    public int line() {
        return unicode ? '─' : '-';
    }

    public String mark() {
        return unicode ? "●" : "*";
    }

    public String pause() {
        return unicode ? "‖" : "||";
    }

    public String down() {
        return unicode ? "▾" : "v";
    }

    public String up() {
        return unicode ? "▴" : "^";
    }

    /** Returns what stands before the panel that the keys act on. */
    public String focus() {
        return unicode ? "▌" : ">";
    }

    public String alert() {
        return unicode ? "▲" : "!";
    }

    public String branch(boolean last) {
        return unicode ? (last ? "└ " : "├ ") : (last ? "`- " : "|- ");
    }

    public String atLeast() {
        return unicode ? "≥" : ">";
    }

    /** Returns what is shown for the unknown. */
    public String unknown() {
        return unicode ? "–" : "-";
    }

    public String degree() {
        return unicode ? "°C" : "C";
    }

    public String arrows() {
        return unicode ? "↑↓" : "jk";
    }

    public String times() {
        return unicode ? "×" : "x";
    }

    public String separator() {
        return unicode ? "·" : "-";
    }

    /** Returns what stands for a character where there is only ASCII. */
    char ascii(int c) {
        return switch (c) {
            case '–', '—', '─' -> '-';
            case '…' -> '~';
            case '·', '•' -> '.';
            case '×' -> 'x';
            case '↑' -> '^';
            case '↓' -> 'v';
            case '←' -> '<';
            case '→' -> '>';
            case '°' -> ' ';
            case '≥' -> '>';
            case '’', '‘' -> '\'';
            default -> c < 0x80 ? (char) c : '?';
        };
    }
}
