package dev.stoker.tui.screen;

import java.util.Locale;
import java.util.Optional;

/**
 * A set of colours. Alarming ones are kept for what is wrong; no colour carries a meaning that the
 * text does not carry too.
 */
public enum Theme {
    DARK("dark", 0x22303f, 0x1a222c),
    LIGHT("light", 0xdbe7f3, 0xeef2f6),
    /** Colours that people with red-green blindness tell apart (after Okabe and Ito). */
    SAFE("colour-blind", 0x22303f, 0x1a222c),
    MONO("mono", 0, 0);

    private final String title;
    private final int selection;
    private final int box;

    Theme(String title, int selection, int box) {
        this.title = title;
        this.selection = selection;
        this.box = box;
    }

    public String title() {
        return title;
    }

    public Theme next() {
        return switch (this) {
            case DARK -> LIGHT;
            case LIGHT -> SAFE;
            case SAFE -> MONO;
            case MONO -> DARK;
        };
    }

    /** Returns the theme of that name. */
    public static Optional<Theme> named(String name) {
        for (Theme theme : values()) {
            if (theme.title.equals(name.toLowerCase(Locale.ROOT))) {
                return Optional.of(theme);
            }
        }
        return Optional.empty();
    }

    /** Returns the background of the selected row, as RGB. */
    int selection() {
        return selection;
    }

    /** Returns the background of a box that lies over the rest, as RGB. */
    int box() {
        return box;
    }

    int rgb(Role role) {
        return switch (this) {
            case DARK, MONO -> dark(role);
            case SAFE -> safe(role);
            case LIGHT -> light(role);
        };
    }

    private static int dark(Role role) {
        return switch (role) {
            case TEXT -> 0xc9d1d9;
            case FAINT -> 0x7d8996;
            case LINE -> 0x3d4854;
            case TITLE -> 0x8fb8de;
            case NAME -> 0xe6edf3;
            case KEY -> 0x7fc8c2;
            case GOOD -> 0x86c58a;
            case WARNING -> 0xe3b55b;
            case BAD -> 0xf0716f;
            case LOAD -> 0x3f8fc0;
            case LOAD_HIGH -> 0x6cc4ee;
            case MEMORY -> 0xa48fdc;
            case CACHE -> 0x5c5490;
            case HEAT -> 0xd98a5f;
            case POWER -> 0xc7b25a;
            case CPU -> 0x6fb58a;
            case TOKENS -> 0x5fc3b0;
        };
    }

    private static int safe(Role role) {
        return switch (role) {
            case GOOD, LOAD_HIGH -> 0x56b4e9;
            case WARNING -> 0xf0e442;
            case BAD -> 0xe6801a;
            case LOAD -> 0x3a8fc4;
            case MEMORY -> 0xcc79a7;
            case CACHE -> 0x7d5068;
            case HEAT -> 0xd55e00;
            case POWER -> 0xe69f00;
            case CPU, TOKENS -> 0x2fb38b;
            default -> dark(role);
        };
    }

    private static int light(Role role) {
        return switch (role) {
            case TEXT -> 0x24292f;
            case FAINT -> 0x66707b;
            case LINE -> 0xc3ccd5;
            case TITLE -> 0x1f5f9e;
            case NAME -> 0x0b1016;
            case KEY -> 0x0a6b67;
            case GOOD -> 0x1a7f37;
            case WARNING -> 0x946000;
            case BAD -> 0xb8232f;
            case LOAD -> 0x3b8bc0;
            case LOAD_HIGH -> 0x0b66a5;
            case MEMORY -> 0x6f4fc0;
            case CACHE -> 0xb9aee0;
            case HEAT -> 0xb4561c;
            case POWER -> 0x8a6d00;
            case CPU -> 0x2a7d4f;
            case TOKENS -> 0x0f7f6e;
        };
    }

    /** Returns the number of one of the sixteen colours, which the terminal's owner has chosen. */
    static int sixteen(Role role) {
        return switch (role) {
            case TEXT -> 39;
            case FAINT, LINE -> 90;
            case TITLE -> 34;
            case NAME -> 39;
            case KEY, TOKENS, LOAD -> 36;
            case GOOD, CPU -> 32;
            case WARNING, POWER -> 33;
            case BAD -> 31;
            case LOAD_HIGH -> 96;
            case MEMORY -> 35;
            case CACHE -> 90;
            case HEAT -> 33;
        };
    }
}
