package dev.stoker.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A plain table that fits its terminal: columns that matter least are left out first, and if that
 * is not enough the first column is cut. Cells may hold colour codes. Used by one thread.
 */
final class Table {
    private static final String GAP = "  ";
    private static final int SHORTEST_FIRST = 12;

    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * @param rank columns with the highest rank are left out first; 0 is never left out
     */
    private record Column(String title, boolean right, int rank) {}

    /** Adds a column whose cells stand at its left. */
    Table left(String title, int rank) {
        columns.add(new Column(title, false, rank));
        return this;
    }

    /** Adds a column whose cells stand at its right: for numbers. */
    Table right(String title, int rank) {
        columns.add(new Column(title, true, rank));
        return this;
    }

    void row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(
                    "a row of " + cells.length + " cells in a table of " + columns.size());
        }
        rows.add(List.of(cells));
    }

    /** Returns the lines, none longer than so many characters unless no column can be left out. */
    List<String> lines(int width) {
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (i == 0 || !isEmpty(i)) {
                shown.add(i);
            }
        }
        while (total(shown) > width) {
            int drop = -1;
            for (int i : shown) {
                int rank = columns.get(i).rank();
                if (rank > (drop < 0 ? 0 : columns.get(drop).rank())) {
                    drop = i;
                }
            }
            if (drop < 0) {
                break;
            }
            shown.remove(Integer.valueOf(drop));
        }
        int over = Math.max(0, total(shown) - width);
        int first = Math.max(SHORTEST_FIRST, widthOf(0) - over);
        List<String> lines = new ArrayList<>();
        lines.add(line(shown, columns.stream().map(Column::title).toList(), first));
        rows.forEach(r -> lines.add(line(shown, r, first)));
        return lines;
    }

    private boolean isEmpty(int column) {
        return rows.stream().allMatch(r -> visible(r.get(column)) == 0);
    }

    private int total(List<Integer> shown) {
        return shown.stream().mapToInt(this::widthOf).sum() + GAP.length() * (shown.size() - 1);
    }

    private int widthOf(int column) {
        int widest = columns.get(column).title().length();
        for (List<String> row : rows) {
            widest = Math.max(widest, visible(row.get(column)));
        }
        return widest;
    }

    private String line(List<Integer> shown, List<String> cells, int firstWidth) {
        StringBuilder b = new StringBuilder();
        for (int i : shown) {
            int width = i == 0 ? Math.min(widthOf(0), firstWidth) : widthOf(i);
            String cell = i == 0 ? cut(cells.get(i), width) : cells.get(i);
            String space = " ".repeat(Math.max(0, width - visible(cell)));
            if (!b.isEmpty()) {
                b.append(GAP);
            }
            b.append(columns.get(i).right() ? space + cell : cell + space);
        }
        return b.toString().stripTrailing();
    }

    private static String cut(String cell, int width) {
        return visible(cell) <= width || cell.indexOf('\u001b') >= 0
                ? cell
                : cell.substring(0, cell.offsetByCodePoints(0, width - 1)) + "…";
    }

    /** Returns how many places the text takes, without its colour codes. */
    static int visible(String text) {
        String bare = text.indexOf('\u001b') < 0 ? text : text.replaceAll("\u001b\\[[0-9;]*m", "");
        return bare.codePointCount(0, bare.length());
    }
}
