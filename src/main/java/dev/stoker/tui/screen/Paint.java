package dev.stoker.tui.screen;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Turns styles into the sequences that a terminal understands, each made once. Used by one thread.
 *
 * <p>Source: ECMA-48, Select Graphic Rendition.
 */
public final class Paint {
    private final Theme theme;
    private final ColourDepth depth;
    private final Map<Integer, byte[]> made = new HashMap<>();

    public Paint(Theme theme, ColourDepth depth) {
        this.theme = theme;
        this.depth = theme == Theme.MONO ? ColourDepth.NONE : depth;
    }

    /** Returns the sequence that begins with a reset, so that it stands for itself. */
    byte[] sequence(int style) {
        return made.computeIfAbsent(style, s -> text(s).getBytes(StandardCharsets.US_ASCII));
    }

    /** Returns the sequence as text. */
    public String text(int style) {
        StringBuilder b = new StringBuilder("\u001b[0");
        Role role = Style.role(style);
        if (depth == ColourDepth.NONE) {
            plain(b, role, style);
        } else {
            if (Style.isBold(style)) {
                b.append(";1");
            }
            if (Style.isUnderlined(style)) {
                b.append(";4");
            }
            if (Style.isReversed(style)) {
                b.append(";7");
            }
            b.append(';').append(foreground(role));
            background(b, style);
        }
        return b.append('m').toString();
    }

    /** Without colours brightness tells apart, and the background of the selected row is turned. */
    private static void plain(StringBuilder b, Role role, int style) {
        if (Style.isBold(style) || role == Role.BAD || role == Role.TITLE) {
            b.append(";1");
        } else if (role == Role.FAINT || role == Role.LINE || role == Role.CACHE) {
            b.append(";2");
        }
        if (Style.isUnderlined(style)) {
            b.append(";4");
        }
        if (Style.isReversed(style) != Style.isSelected(style)) {
            b.append(";7");
        }
    }

    private String foreground(Role role) {
        return depth == ColourDepth.SIXTEEN
                ? Integer.toString(Theme.sixteen(role))
                : "38" + colour(theme.rgb(role));
    }

    private void background(StringBuilder b, int style) {
        if (Style.isSelected(style)) {
            b.append(depth == ColourDepth.SIXTEEN ? ";7" : ";48" + colour(theme.selection()));
        } else if (Style.isRaised(style) && depth != ColourDepth.SIXTEEN) {
            b.append(";48").append(colour(theme.box()));
        }
    }

    private String colour(int rgb) {
        int red = rgb >> 16 & 0xff;
        int green = rgb >> 8 & 0xff;
        int blue = rgb & 0xff;
        return depth == ColourDepth.TRUE
                ? ";2;" + red + ";" + green + ";" + blue
                : ";5;" + indexed(red, green, blue);
    }

    /** The nearest of xterm's 256 colours: its cube of 6 × 6 × 6, or its 24 greys. */
    static int indexed(int red, int green, int blue) {
        int r = level(red);
        int g = level(green);
        int b = level(blue);
        int grey = Math.clamp(Math.round(((red + green + blue) / 3f - 8) / 10), 0, 23);
        int shade = 8 + 10 * grey;
        int ofCube = distance(red, green, blue, value(r), value(g), value(b));
        return ofCube <= distance(red, green, blue, shade, shade, shade)
                ? 16 + 36 * r + 6 * g + b
                : 232 + grey;
    }

    private static int level(int part) {
        return part < 48 ? 0 : part < 115 ? 1 : (part - 35) / 40;
    }

    private static int value(int level) {
        return level == 0 ? 0 : 55 + 40 * level;
    }

    private static int distance(int r, int g, int b, int r2, int g2, int b2) {
        int dr = r - r2;
        int dg = g - g2;
        int db = b - b2;
        return dr * dr + dg * dg + db * db;
    }
}
