package dev.stoker.tui.view;

import dev.stoker.tui.screen.Area;
import dev.stoker.tui.screen.Bar;
import dev.stoker.tui.screen.CellWidth;
import dev.stoker.tui.screen.Glyphs;
import dev.stoker.tui.screen.Graph;
import dev.stoker.tui.screen.Role;
import dev.stoker.tui.screen.Style;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * A list in columns with its titles above, the first of which names the list. Columns that matter
 * least are left out where they don't fit; what is cut within a column ends with an ellipsis. Used
 * by one thread.
 */
final class Listing<R> {
    private static final int GAP = 2;

    private final List<Column<R>> columns;
    private final Function<R, String> id;
    private final Glyphs glyphs;

    Listing(List<Column<R>> columns, Function<R, String> id, Glyphs glyphs) {
        this.columns = List.copyOf(columns);
        this.id = id;
        this.glyphs = glyphs;
    }

    /** Returns the titles of the columns by which rows can be sorted. */
    List<String> orders() {
        return columns.stream().filter(c -> c.order() != null).map(Column::title).toList();
    }

    /** Returns the rows in the order that the state asks for. */
    List<R> sorted(List<R> rows, ListState state) {
        List<R> sorted = new ArrayList<>(rows);
        for (Column<R> column : columns) {
            Comparator<R> order = column.order();
            if (order != null && column.title().equals(state.sort())) {
                sorted.sort(state.reversed() ? order.reversed() : order);
            }
        }
        return sorted;
    }

    /** Draws titles and as many rows as fit; the places that can be clicked go to the zones. */
    void draw(Area area, List<R> rows, ListState state, Panel panel, boolean focused, Zones zones) {
        List<List<Cell>> cells = cells(rows);
        List<Integer> shown = fitting(area.width() - 1, cells);
        int[] widths = widths(shown, cells, area.width() - 1);
        titles(area, shown, widths, state, panel, focused, zones);
        state.rows(rows.stream().map(id).toList());
        int fit = area.height() - 1;
        int offset = state.offset(fit);
        for (int i = 0; i < Math.min(fit, rows.size() - offset); i++) {
            int index = offset + i;
            row(area, 1 + i, cells.get(index), shown, widths);
            if (focused && index == state.index()) {
                area.select(1 + i);
                area.put(0, 1 + i, glyphs.focus(), Style.selected(Style.of(Role.KEY)));
            }
            zones.add(area.part(0, 1 + i, area.width(), 1), panel, () -> state.select(index));
        }
        int hidden = rows.size() - fit;
        if (hidden > 0 && fit > 0) {
            String more = "  " + (offset + 1) + "-" + (offset + fit) + " of " + rows.size();
            area.putBefore(area.width(), 0, more, Style.of(Role.FAINT));
        }
    }

    private List<List<Cell>> cells(List<R> rows) {
        List<List<Cell>> cells = new ArrayList<>(rows.size());
        for (R row : rows) {
            List<Cell> line = new ArrayList<>(columns.size());
            for (Column<R> column : columns) {
                line.add(column.cell().apply(row));
            }
            cells.add(line);
        }
        return cells;
    }

    private void titles(
            Area area,
            List<Integer> shown,
            int[] widths,
            ListState state,
            Panel panel,
            boolean focused,
            Zones zones) {
        int x = 1;
        if (focused) {
            area.put(0, 0, glyphs.focus(), Role.KEY);
        }
        for (int i = 0; i < shown.size(); i++) {
            Column<R> column = columns.get(shown.get(i));
            boolean sorted = column.order() != null && column.title().equals(state.sort());
            String title =
                    column.title() + (sorted ? state.reversed() ? glyphs.up() : glyphs.down() : "");
            int style = i == 0 ? Style.bold(Role.TITLE) : Style.of(sorted ? Role.KEY : Role.FAINT);
            String cut = CellWidth.cut(title, widths[i]);
            int at = column.right() ? x + widths[i] - CellWidth.of(cut) : x;
            area.put(at, 0, cut, style);
            zones.add(
                    area.part(x, 0, widths[i], 1),
                    panel,
                    column.order() == null ? () -> {} : () -> state.sortBy(column.title()));
            x += widths[i] + GAP;
        }
    }

    private void row(Area area, int y, List<Cell> row, List<Integer> shown, int[] widths) {
        int x = 1;
        for (int i = 0; i < shown.size(); i++) {
            Column<R> column = columns.get(shown.get(i));
            int width = widths[i];
            switch (row.get(shown.get(i))) {
                case Cell.Words(String text, int style) -> {
                    String cut = CellWidth.cut(text, width);
                    int at = column.right() ? x + width - CellWidth.of(cut) : x;
                    area.put(at, y, cut, style);
                }
                case Cell.Gauge(var share, Role role) -> {
                    if (share.isKnown()) {
                        Bar.draw(area, glyphs, x, y, width, share.value(), role);
                    }
                }
                case Cell.Course(float[] values, Role role) ->
                        Graph.draw(area.part(x, y, width, 1), glyphs, values, role, role);
            }
            x += width + GAP;
        }
    }

    /** Returns the columns that fit with their least widths. */
    private List<Integer> fitting(int width, List<List<Cell>> rows) {
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            shown.add(i);
        }
        while (least(shown, rows) > width && shown.size() > 1) {
            int worst = -1;
            for (int i : shown) {
                int drop = columns.get(i).drop();
                if (drop > 0 && (worst < 0 || drop >= columns.get(worst).drop())) {
                    worst = i;
                }
            }
            if (worst < 0) {
                break;
            }
            shown.remove(Integer.valueOf(worst));
        }
        return shown;
    }

    private int least(List<Integer> shown, List<List<Cell>> rows) {
        int sum = GAP * (shown.size() - 1);
        for (int i : shown) {
            Column<R> column = columns.get(i);
            sum += column.right() ? natural(i, rows) : column.least();
        }
        return sum;
    }

    private int natural(int index, List<List<Cell>> rows) {
        Column<R> column = columns.get(index);
        int widest =
                Math.max(
                        column.least(),
                        CellWidth.of(column.title()) + (column.order() == null ? 0 : 1));
        for (List<Cell> row : rows) {
            widest = Math.max(widest, CellWidth.of(row.get(index).words()));
            if (widest >= column.most()) {
                return column.most();
            }
        }
        return widest;
    }

    /** Gives what is left to the columns that want more, from left to right. */
    private int[] widths(List<Integer> shown, List<List<Cell>> rows, int width) {
        int[] widths = new int[shown.size()];
        int left = width - GAP * (shown.size() - 1);
        for (int i = 0; i < widths.length; i++) {
            Column<R> column = columns.get(shown.get(i));
            widths[i] = column.right() ? natural(shown.get(i), rows) : column.least();
            left -= widths[i];
        }
        for (int i = 0; i < widths.length && left > 0; i++) {
            Column<R> column = columns.get(shown.get(i));
            if (!column.right()) {
                int more = Math.min(left, Math.max(0, natural(shown.get(i), rows) - widths[i]));
                widths[i] += more;
                left -= more;
            }
        }
        for (int i = 0; i < widths.length && left > 0; i++) {
            int more = Math.clamp(columns.get(shown.get(i)).most() - (long) widths[i], 0, left);
            if (!columns.get(shown.get(i)).right()) {
                widths[i] += more;
                left -= more;
            }
        }
        if (left < 0) {
            widths[0] = Math.max(1, widths[0] + left);
        }
        return widths;
    }
}
