package dev.stoker.tui.screen;

/**
 * How a cell looks, in one number: a role, and marks. Cells are compared and copied by the ten
 * thousand, so they are no objects. Pure.
 */
@SuppressWarnings("EnumOrdinal") // the numbers live no longer than a frame
public final class Style {
    private static final int BOLD = 1 << 8;
    private static final int REVERSED = 1 << 9;
    private static final int UNDERLINED = 1 << 10;
    private static final int SELECTED = 1 << 11;
    private static final int RAISED = 1 << 12;
    private static final Role[] ROLES = Role.values();

    private Style() {}

    public static int of(Role role) {
        return role.ordinal();
    }

    public static int bold(Role role) {
        return role.ordinal() | BOLD;
    }

    public static int bold(int style) {
        return style | BOLD;
    }

    public static int reversed(int style) {
        return style | REVERSED;
    }

    public static int underlined(int style) {
        return style | UNDERLINED;
    }

    /** Returns the style on the background of the selected row. */
    public static int selected(int style) {
        return style | SELECTED;
    }

    /** Returns the style on the background of a box that lies over the rest. */
    public static int raised(int style) {
        return style | RAISED;
    }

    static Role role(int style) {
        return ROLES[style & 0xff];
    }

    static boolean isBold(int style) {
        return (style & BOLD) != 0;
    }

    static boolean isReversed(int style) {
        return (style & REVERSED) != 0;
    }

    static boolean isUnderlined(int style) {
        return (style & UNDERLINED) != 0;
    }

    static boolean isSelected(int style) {
        return (style & SELECTED) != 0;
    }

    static boolean isRaised(int style) {
        return (style & RAISED) != 0;
    }
}
