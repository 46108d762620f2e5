package dev.stoker.tui.screen;

/**
 * A rectangle of a screen with coordinates of its own, in which drawing is kept. Used by one
 * thread.
 *
 * @param grid the screen
 * @param left its first column on the screen
 * @param top its first row there
 * @param width columns
 * @param height rows
 */
public record Area(Grid grid, int left, int top, int width, int height) {

    /** Returns all of a screen. */
    public static Area of(Grid grid) {
        return new Area(grid, 0, 0, grid.width(), grid.height());
    }

    /** Returns a part of this, cut to it. */
    public Area part(int x, int y, int columns, int rows) {
        int from = Math.clamp(x, 0, width);
        int first = Math.clamp(y, 0, height);
        return new Area(
                grid,
                left + from,
                top + first,
                Math.clamp(columns, 0, width - from),
                Math.clamp(rows, 0, height - first));
    }

    /** Writes a text and returns the column behind it. */
    public int put(int x, int y, String text, int style) {
        return y < 0 || y >= height
                ? x
                : grid.text(left + x, top + y, text, style, left + width) - left;
    }

    public int put(int x, int y, String text, Role role) {
        return put(x, y, text, Style.of(role));
    }

    /** Writes a text so that it ends before a column; returns where it begins. */
    public int putBefore(int end, int y, String text, int style) {
        int x = end - CellWidth.of(text);
        put(x, y, text, style);
        return x;
    }

    /** Sets one cell. */
    public void set(int x, int y, int character, int style) {
        if (x >= 0 && x < width && y >= 0 && y < height) {
            grid.set(left + x, top + y, character, style);
        }
    }

    /** Fills cells of a row. */
    public void fill(int x, int y, int cells, int character, int style) {
        for (int i = 0; i < cells; i++) {
            set(x + i, y, character, style);
        }
    }

    /** Shows a row as the selected one. */
    public void select(int y) {
        if (y >= 0 && y < height) {
            grid.mark(left, top + y, width, Style.selected(0));
        }
    }

    /** Returns whether a cell of the screen lies in this. */
    public boolean contains(int column, int row) {
        return column >= left && column < left + width && row >= top && row < top + height;
    }
}
