package dev.stoker.tui.term;

/**
 * The size of a terminal in cells.
 *
 * @param columns at least 1
 * @param rows at least 1
 */
public record Size(int columns, int rows) {
    /** What a terminal has that does not tell. */
    public static final Size USUAL = new Size(80, 24);

    private static final int LARGEST = 2000;

    public Size {
        columns = Math.clamp(columns, 1, LARGEST);
        rows = Math.clamp(rows, 1, LARGEST);
    }

    /** Reads what {@code stty size} prints: rows, then columns; 0 0 where nobody knows. */
    static Size parse(String text) {
        String[] words = text.strip().split("\\s+", -1);
        if (words.length == 2) {
            try {
                int rows = Integer.parseInt(words[0]);
                int columns = Integer.parseInt(words[1]);
                return rows > 0 && columns > 0 ? new Size(columns, rows) : USUAL;
            } catch (NumberFormatException e) {
                return USUAL;
            }
        }
        return USUAL;
    }
}
