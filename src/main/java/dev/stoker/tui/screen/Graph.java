package dev.stoker.tui.screen;

/**
 * Draws a course of values over several rows: two values a cell in braille dots, four dots a row;
 * in one row, and in ASCII, one value a cell in blocks. The newest value is at the right; where
 * there is none, nothing is drawn, so a gap stays a gap. Pure.
 */
public final class Graph {
    private static final int BRAILLE = 0x2800;

    /** The dots of a cell from below, left and right (Unicode, braille patterns). */
    private static final int[] LEFT = {0x40, 0x04, 0x02, 0x01};

    private static final int[] RIGHT = {0x80, 0x20, 0x10, 0x08};

    private Graph() {}

    /** Returns how many values a graph of so many cells can show. */
    public static int values(Glyphs glyphs, int width, int height) {
        return braille(glyphs, height) ? 2 * width : width;
    }

    private static boolean braille(Glyphs glyphs, int height) {
        return glyphs.unicode() && height > 1;
    }

    /**
     * Draws.
     *
     * @param values from 0 to 1, oldest first; not a number for what is not known
     * @param low the colour of the lower half
     * @param high that of the upper half
     */
    public static void draw(Area area, Glyphs glyphs, float[] values, Role low, Role high) {
        int height = area.height();
        boolean braille = braille(glyphs, height);
        int perCell = braille ? 2 : 1;
        int perRow = braille ? 4 : 8;
        for (int y = 0; y < height; y++) {
            int below = (height - 1 - y) * perRow;
            Role role = height > 1 && y < height / 2 ? high : low;
            for (int x = 0; x < area.width(); x++) {
                int first = values.length - (area.width() - x) * perCell;
                int character =
                        braille
                                ? dots(level(values, first, height * perRow) - below, LEFT)
                                        | dots(
                                                level(values, first + 1, height * perRow) - below,
                                                RIGHT)
                                : Math.clamp(level(values, first, height * perRow) - below, 0, 8);
                if (character != 0) {
                    area.set(
                            x,
                            y,
                            braille ? BRAILLE | character : glyphs.fromBelow(character),
                            Style.of(role));
                }
            }
        }
    }

    /** What is known shows at least one dot: it is not the same as what is not known. */
    private static int level(float[] values, int index, int levels) {
        if (index < 0 || index >= values.length || Float.isNaN(values[index])) {
            return 0;
        }
        return Math.max(1, Math.round(Math.clamp(values[index], 0f, 1f) * levels));
    }

    private static int dots(int level, int[] dots) {
        int pattern = 0;
        for (int i = 0; i < Math.min(level, 4); i++) {
            pattern |= dots[i];
        }
        return pattern;
    }
}
