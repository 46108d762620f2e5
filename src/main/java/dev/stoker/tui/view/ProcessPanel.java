package dev.stoker.tui.view;

import dev.stoker.tui.screen.Area;
import dev.stoker.tui.screen.Role;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The processes on GPUs and those that compute models. Draws what it is given; one thread. */
final class ProcessPanel {
    private final Pencil pencil;
    private @Nullable Scene of;
    private @Nullable Asked asked;
    private List<ProcessRow> rows = List.of();

    ProcessPanel(Pencil pencil) {
        this.pencil = pencil;
    }

    static String id(ProcessRow row) {
        return Long.toString(row.pid());
    }

    /** What rows follow from; a frame asks for them several times. */
    private record Asked(String filter, boolean tree, String sort, boolean reversed) {}

    @SuppressWarnings("ReferenceEquality") // one scene is drawn several times, and never changes
    List<ProcessRow> rows(Scene scene, Choices choices) {
        ListState state = choices.list(Panel.PROCESSES);
        Asked now = new Asked(choices.filter(), choices.tree, state.sort(), state.reversed());
        if (scene != of || !now.equals(asked)) {
            rows = made(scene, choices);
            asked = now;
            of = scene;
        }
        return rows;
    }

    private List<ProcessRow> made(Scene scene, Choices choices) {
        List<ProcessRow> rows =
                scene.moment().map(m -> ProcessRow.of(m.machine())).orElse(List.of()).stream()
                        .filter(r ->
                                Filter.matches(
                                        choices.filter(),
                                        id(r),
                                        r.user(),
                                        r.container(),
                                        r.model().orElse(""),
                                        r.command(true)))
                        .toList();
        List<ProcessRow> sorted = listing(choices).sorted(rows, choices.list(Panel.PROCESSES));
        return choices.tree ? ProcessRow.tree(sorted) : sorted;
    }

    Listing<ProcessRow> listing(Choices choices) {
        Figures f = pencil.figures();
        List<Column<ProcessRow>> columns = new ArrayList<>();
        columns.add(
                Column.<ProcessRow>left(
                                "processes", 9, 16, 0, r -> Cell.of(branch(r) + r.pid(), Role.NAME))
                        .by(Comparator.comparingLong(ProcessRow::pid)));
        columns.add(
                Column.<ProcessRow>left("GPU", 3, 8, 0, r -> Cell.of(r.gpus(), Role.KEY))
                        .by(Comparator.comparing(r -> r.gpus().isEmpty() ? "~" : r.gpus())));
        columns.add(
                Column.<ProcessRow>left("user", 6, 12, 2, r -> Cell.of(r.user()))
                        .by(Comparator.comparing(ProcessRow::user)));
        columns.add(
                Column.<ProcessRow>right(
                                "GPU GiB",
                                6,
                                0,
                                r ->
                                        r.uses().isEmpty()
                                                ? Cell.of("")
                                                : Cell.of(f.gib(r.gpuMemory()), Role.MEMORY))
                        .by(ModelPanel.most(r -> r.gpuMemory().map(b -> (double) b.count()))));
        columns.add(
                Column.<ProcessRow>right(
                                "SM",
                                4,
                                3,
                                r ->
                                        r.uses().isEmpty()
                                                ? Cell.of("")
                                                : Cell.of(f.percent(r.smPercent()), Role.LOAD_HIGH))
                        .by(ModelPanel.most(ProcessRow::smPercent)));
        columns.add(
                Column.<ProcessRow>right(
                                "CPU", 4, 1, r -> Cell.of(f.percent(r.cpuPercent()), Role.CPU))
                        .by(ModelPanel.most(ProcessRow::cpuPercent)));
        columns.add(
                Column.<ProcessRow>right("RSS GiB", 6, 4, r -> Cell.of(f.gib(r.resident())))
                        .by(ModelPanel.most(r -> r.resident().map(b -> (double) b.count()))));
        columns.add(
                Column.<ProcessRow>left(
                                "container", 9, 26, 6, r -> Cell.of(r.container(), Role.FAINT))
                        .by(Comparator.comparing(ProcessRow::container)));
        columns.add(
                Column.<ProcessRow>left(
                                "model",
                                8,
                                30,
                                5,
                                r -> Cell.of(ModelPanel.shortName(r.model().orElse(""))))
                        .by(Comparator.comparing(r -> r.model().orElse("~"))));
        columns.add(
                Column.left(
                        "command",
                        12,
                        400,
                        0,
                        r -> Cell.of(r.command(choices.fullCommand), Role.FAINT)));
        return new Listing<>(columns, ProcessPanel::id, pencil.glyphs());
    }

    private String branch(ProcessRow row) {
        return row.depth() == 0
                ? ""
                : " ".repeat(2 * (row.depth() - 1)) + pencil.glyphs().branch(true);
    }

    void draw(Area area, Scene scene, Choices choices, boolean focused) {
        List<ProcessRow> rows = rows(scene, choices);
        listing(choices)
                .draw(
                        area,
                        rows,
                        choices.list(Panel.PROCESSES),
                        Panel.PROCESSES,
                        focused,
                        pencil.zones());
        if (rows.isEmpty() && area.height() > 1) {
            area.put(
                    1,
                    1,
                    choices.filter().isEmpty()
                            ? "No process uses a GPU or computes a model, as far as can be seen."
                            : "No process matches the filter.",
                    Role.FAINT);
        }
    }
}
