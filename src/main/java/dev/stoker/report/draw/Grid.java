package dev.stoker.report.draw;

import dev.stoker.base.Text;

import java.util.ArrayList;
import java.util.List;

/**
 * A table with its notes: written as HTML or as Markdown. On a narrow screen each row of the HTML
 * becomes a block in which every cell bears its column's name; rows with the same head are shown as
 * a group. A table that is {@link #wide} is moved sideways instead, so that its columns can be
 * compared. Used by one thread.
 */
public final class Grid {
    private final List<String> columns;
    private final List<List<Cell>> rows = new ArrayList<>();
    private String wide = "";

    public Grid(String... columns) {
        this.columns = List.of(columns);
    }

    public Grid(List<String> columns) {
        this.columns = List.copyOf(columns);
    }

    public Grid row(List<Cell> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException("a row has a cell for each column");
        }
        rows.add(List.copyOf(cells));
        return this;
    }

    /**
     * Keeps the table a table on a narrow screen.
     *
     * @param label what it shows, for those who can not see it
     */
    public Grid wide(String label) {
        wide = label;
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Returns the table as HTML; the first column heads its row. */
    public String html() {
        Notes notes = new Notes();
        Html out = new Html();
        if (!wide.isEmpty()) {
            out.raw("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
            out.text(wide).raw("\">");
        }
        out.raw("<table><thead><tr>");
        columns.forEach(c -> out.element("th scope=\"col\"", c));
        out.raw("</tr></thead><tbody>\n");
        String last = "";
        for (List<Cell> row : rows) {
            String head = row.getFirst().main();
            out.raw(head.equals(last) ? "<tr class=\"again\">" : "<tr>");
            last = head;
            for (int i = 0; i < row.size(); i++) {
                html(out, i, row.get(i), notes);
            }
            out.raw("</tr>\n");
        }
        out.raw(wide.isEmpty() ? "</tbody></table>\n" : "</tbody></table></div>\n");
        List<String> reasons = notes.reasons();
        if (!reasons.isEmpty()) {
            out.raw("<ol class=\"notes\">");
            reasons.forEach(r -> out.element("li", r));
            out.raw("</ol>\n");
        }
        return out.toString();
    }

    private void html(Html out, int column, Cell cell, Notes notes) {
        String end = column == 0 ? "</th>" : "</td>";
        if (column == 0) {
            out.raw("<th scope=\"row\">");
        } else {
            out.raw("<td><span class=\"of\">").text(columns.get(column)).raw("</span><span>");
        }
        out.text(cell.main());
        if (!cell.reason().isEmpty()) {
            out.element("sup", Integer.toString(notes.number(cell.reason())));
        }
        if (!cell.below().isEmpty()) {
            out.element("small", cell.below());
        }
        out.raw(column == 0 ? end : "</span>" + end);
    }

    /** Returns the table as Markdown, with its notes below. */
    public String markdown() {
        Notes notes = new Notes();
        StringBuilder out = new StringBuilder();
        line(out, columns.stream().map(Grid::safe).toList());
        line(out, columns.stream().map(c -> "---").toList());
        for (List<Cell> row : rows) {
            line(out, row.stream().map(c -> markdown(c, notes)).toList());
        }
        List<String> reasons = notes.reasons();
        if (!reasons.isEmpty()) {
            out.append('\n');
        }
        for (int i = 0; i < reasons.size(); i++) {
            out.append(i + 1).append(". ").append(safe(reasons.get(i))).append('\n');
        }
        return out.append('\n').toString();
    }

    private static String markdown(Cell cell, Notes notes) {
        String main = safe(cell.main());
        String note = cell.reason().isEmpty() ? "" : " (" + notes.number(cell.reason()) + ")";
        return main + note + (cell.below().isEmpty() ? "" : " (" + safe(cell.below()) + ")");
    }

    private static void line(StringBuilder out, List<String> cells) {
        out.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /** Returns text from anywhere as Markdown that shows it and does nothing else. */
    public static String safe(String text) {
        StringBuilder out = new StringBuilder();
        for (char c : Text.plain(text, 600).toCharArray()) {
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '\\', '`', '*', '_', '[', ']', '|', '#', '!', '~' ->
                        out.append('\\').append(c);
                default -> out.append(c);
            }
        }
        return out.toString();
    }
}
