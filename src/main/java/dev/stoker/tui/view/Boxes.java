package dev.stoker.tui.view;

import dev.stoker.tui.screen.Area;
import dev.stoker.tui.screen.CellWidth;
import dev.stoker.tui.screen.Role;
import dev.stoker.tui.screen.Style;

import java.util.ArrayList;
import java.util.List;

/**
 * Boxes that lie over the rest: help, all facts of a row, the question before a kill. One thread.
 */
final class Boxes {
    private static final List<String[]> HELP =
            List.of(
                    new String[] {"q, Ctrl-C", "quit"},
                    new String[] {"1 2 3 4 5, e", "all, GPUs, models, processes, events"},
                    new String[] {"tab, shift-tab", "next panel, panel before"},
                    new String[] {"arrows, j k", "select a row; also page keys, home, end, wheel"},
                    new String[] {"enter", "all that is known of the row, and why the rest is not"},
                    new String[] {"/", "show only rows with these words; esc clears it"},
                    new String[] {"s, S", "sort by the next column, the other way round"},
                    new String[] {"t, c", "processes as a tree, full command lines"},
                    new String[] {"p, space", "hold the screen; watching goes on"},
                    new String[] {"+ -", "graphs over a longer, a shorter time"},
                    new String[] {"< >", "look less often, more often"},
                    new String[] {"k", "end the selected process, after a question"},
                    new String[] {"T", "colours: dark, light, colour-blind, mono"},
                    new String[] {"Ctrl-L, Ctrl-Z", "draw anew, suspend"},
                    new String[] {"mouse", "click selects, on a title sorts, on a key presses it"},
                    new String[] {"replay", "space, arrows: step, [ ]: slower, faster"});

    private final Pencil pencil;

    Boxes(Pencil pencil) {
        this.pencil = pencil;
    }

    void help(Area screen) {
        List<Row> rows = new ArrayList<>();
        for (String[] line : HELP) {
            rows.add(new Row(line[0], line[1], Role.TEXT));
        }
        rows.add(new Row("", "", Role.TEXT));
        rows.add(
                new Row(
                        "",
                        pencil.glyphs().unknown()
                                + " is unknown: the line above the keys says why; "
                                + pencil.glyphs().atLeast()
                                + " is at least",
                        Role.FAINT));
        box(screen, "keys", rows, 17);
    }

    void facts(Area screen, String title, List<Fact> facts) {
        List<Row> rows = new ArrayList<>();
        int name = facts.stream().mapToInt(f -> CellWidth.of(f.name())).max().orElse(0);
        for (Fact fact : facts) {
            if (fact.isKnown()) {
                rows.add(new Row(fact.name(), fact.value(), Role.TEXT));
            }
        }
        for (String unknown : Fact.unknownByReason(facts)) {
            rows.add(new Row("unknown", unknown, Role.FAINT));
        }
        box(screen, title, rows, Math.min(name + 2, 28));
    }

    void kill(Area screen, KillTarget target) {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("process", Long.toString(target.pid()), Role.NAME));
        rows.add(new Row("user", target.user(), Role.TEXT));
        rows.add(new Row("command", target.what(), Role.TEXT));
        rows.add(new Row("", "", Role.TEXT));
        if (!target.told().isEmpty()) {
            rows.add(new Row("", target.told(), Role.WARNING));
        }
        rows.add(
                switch (target.stage()) {
                    case ASKED ->
                            new Row("", "End it (SIGTERM)? y: yes, any other key: no", Role.KEY);
                    case TERMINATED ->
                            new Row(
                                    "",
                                    "Kill it at once (SIGKILL)? y: yes, any other key: no",
                                    Role.BAD);
                    case OVER -> new Row("", "Any key closes this.", Role.FAINT);
                });
        box(screen, "end a process", rows, 10);
    }

    /** A line with a name at its left. */
    private record Row(String name, String text, Role role) {}

    private void box(Area screen, String title, List<Row> rows, int names) {
        int width = Math.min(screen.width(), 100);
        List<Row> lines = new ArrayList<>();
        for (Row row : rows) {
            List<String> parts = Wrapped.lines(row.text(), Math.max(10, width - names - 4));
            for (int i = 0; i < Math.max(1, parts.size()); i++) {
                lines.add(
                        new Row(
                                i == 0 ? row.name() : "",
                                parts.isEmpty() ? "" : parts.get(i),
                                row.role()));
            }
        }
        int widest = CellWidth.of(title) + 6;
        for (Row line : lines) {
            widest = Math.max(widest, names + CellWidth.of(line.text()) + 4);
        }
        int cells = Math.min(width, widest);
        int height = Math.min(screen.height(), lines.size() + 2);
        Area box =
                screen.part(
                        (screen.width() - cells) / 2,
                        (screen.height() - height) / 2,
                        cells,
                        height);
        int back = Style.raised(Style.of(Role.TEXT));
        for (int y = 0; y < height; y++) {
            box.fill(0, y, cells, ' ', back);
        }
        box.fill(0, 0, cells, pencil.glyphs().line(), Style.raised(Style.of(Role.LINE)));
        box.put(2, 0, " " + title + " ", Style.raised(Style.bold(Role.TITLE)));
        box.fill(0, height - 1, cells, pencil.glyphs().line(), Style.raised(Style.of(Role.LINE)));
        for (int y = 1; y < height - 1; y++) {
            Row line = lines.get(y - 1);
            box.part(0, y, names + 1, 1)
                    .put(
                            2,
                            0,
                            CellWidth.cut(line.name(), names - 1),
                            Style.raised(Style.of(Role.KEY)));
            box.put(names + 2, y, line.text(), Style.raised(Style.of(line.role())));
        }
    }
}
