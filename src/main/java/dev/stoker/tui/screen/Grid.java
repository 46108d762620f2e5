package dev.stoker.tui.screen;

import java.util.Arrays;

/**
 * A screen of cells, each a character and a style. A wide character takes two cells, of which the
 * second is marked. What lies outside is not drawn. Used by one thread.
 */
public final class Grid {
    /** The second half of a wide character. */
    static final int HALF = -1;

    private final int width;
    private final int height;
    private final int[] characters;
    private final int[] styles;

    public Grid(int width, int height) {
        this.width = Math.max(1, width);
        this.height = Math.max(1, height);
        this.characters = new int[this.width * this.height];
        this.styles = new int[this.width * this.height];
        clear();
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    public void clear() {
        Arrays.fill(characters, ' ');
        Arrays.fill(styles, Style.of(Role.TEXT));
    }

    int character(int index) {
        return characters[index];
    }

    int style(int index) {
        return styles[index];
    }

    /** Takes over what another screen of the same size shows. */
    void copy(Grid other) {
        System.arraycopy(other.characters, 0, characters, 0, characters.length);
        System.arraycopy(other.styles, 0, styles, 0, styles.length);
    }

    /** Sets one cell to a character that takes one. */
    void set(int x, int y, int character, int style) {
        if (x < 0 || y < 0 || x >= width || y >= height) {
            return;
        }
        int at = y * width + x;
        part(x, at);
        characters[at] = character;
        styles[at] = style;
    }

    /** A wide character of which one half is drawn over loses the other half too. */
    private void part(int x, int at) {
        if (characters[at] == HALF && x > 0) {
            characters[at - 1] = ' ';
        }
        if (x + 1 < width && characters[at + 1] == HALF) {
            characters[at + 1] = ' ';
        }
    }

    /**
     * Writes a text and returns the column behind it.
     *
     * @param end the first column that may not be written to; a wide character that does not fit
     *     before it is left out
     */
    int text(int x, int y, String text, int style, int end) {
        int last = Math.min(end, width);
        int column = x;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            int cells = CellWidth.of(c);
            if (cells == 0) {
                continue;
            }
            if (column + cells > last) {
                break;
            }
            set(column, y, c, style);
            if (cells == 2) {
                set(column + 1, y, HALF, style);
                if (column >= 0 && column < width && y >= 0 && y < height) {
                    characters[y * width + column] = c; // Its half has just parted it.
                }
            }
            column += cells;
        }
        return column;
    }

    /** Adds a mark to the style of cells that are drawn already. */
    void mark(int x, int y, int cells, int mark) {
        for (int i = Math.max(0, x); i < Math.min(width, x + cells); i++) {
            if (y >= 0 && y < height) {
                styles[y * width + i] |= mark;
            }
        }
    }

    /** Shows in ASCII what is not, for terminals that have nothing else. */
    public void toAscii(Glyphs glyphs) {
        for (int i = 0; i < characters.length; i++) {
            if (characters[i] == HALF) {
                characters[i] = ' ';
            } else if (characters[i] >= 0x80) {
                characters[i] = glyphs.ascii(characters[i]);
            }
        }
    }

    /** Returns a row as text, without what is blank at its end. */
    public String row(int y) {
        StringBuilder b = new StringBuilder(width);
        for (int x = 0; x < width; x++) {
            int c = characters[y * width + x];
            if (c != HALF) {
                b.appendCodePoint(c);
            }
        }
        return b.toString().stripTrailing();
    }

    /** Returns a row with the sequences that colour it. */
    public String row(int y, Paint paint) {
        int end = width;
        while (end > 0 && characters[y * width + end - 1] == ' ') {
            end--;
        }
        StringBuilder b = new StringBuilder(width * 2);
        int style = -1;
        for (int x = 0; x < end; x++) {
            int at = y * width + x;
            if (characters[at] == HALF) {
                continue;
            }
            if (styles[at] != style) {
                style = styles[at];
                b.append(paint.text(style));
            }
            b.appendCodePoint(characters[at]);
        }
        return end == 0 ? "" : b.append("\u001b[0m").toString();
    }
}
