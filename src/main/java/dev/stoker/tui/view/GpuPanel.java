package dev.stoker.tui.view;

import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.host.HostMemory;
import dev.stoker.tui.screen.Area;
import dev.stoker.tui.screen.CellWidth;
import dev.stoker.tui.screen.Role;
import dev.stoker.tui.screen.Style;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The GPUs: as cards with graphs where there is room, else one line each. Draws what it is given;
 * used by one thread.
 */
final class GpuPanel {
    private static final int LEAST_CARD_WIDTH = 76;
    private static final int LEAST_CARD_HEIGHT = 3;
    private static final int MOST_CARD_HEIGHT = 14;
    private static final int MOST_COLUMNS = 3;

    private final Pencil pencil;
    private final GpuCard card;

    GpuPanel(Pencil pencil) {
        this.pencil = pencil;
        this.card = new GpuCard(pencil);
    }

    /** Returns the rows that it needs at least: its title, and a line for each GPU. */
    int least(Scene scene) {
        List<GpuSample> gpus = gpus(scene);
        return 1
                + (gpus.isEmpty()
                        ? 2
                        : gpus.stream().mapToInt(g -> g.instances().isEmpty() ? 1 : 2).sum());
    }

    /** Returns how many rows cards would take of so many; 0 where they don't fit. */
    int cards(Scene scene, int width, int rows) {
        int count = Math.max(1, gpus(scene).size());
        int lines = (count + columns(width, count) - 1) / columns(width, count);
        int height = Math.min(MOST_CARD_HEIGHT, (rows - 1) / lines);
        return height < LEAST_CARD_HEIGHT ? 0 : 1 + lines * height;
    }

    private static int columns(int width, int count) {
        return Math.clamp(Math.min(count, width / LEAST_CARD_WIDTH), 1, MOST_COLUMNS);
    }

    private static List<GpuSample> gpus(Scene scene) {
        return scene.moment().map(m -> m.machine().gpus()).orElse(List.of());
    }

    void draw(Area area, Scene scene, Choices choices, boolean focused) {
        ListState state = choices.list(Panel.GPUS);
        List<GpuSample> gpus = gpus(scene);
        state.rows(gpus.stream().map(g -> g.device().key()).toList());
        int cards = cards(scene, area.width(), area.height());
        if (gpus.isEmpty()) {
            title(area, scene, choices, focused);
            pencil.zones().add(area.part(0, 0, area.width(), 1), Panel.GPUS, () -> {});
            none(area.part(1, 1, area.width() - 1, area.height() - 1), scene, choices);
        } else if (cards == 0) {
            lines(area, gpus, scene, choices, focused);
        } else {
            title(area, scene, choices, focused);
            pencil.zones().add(area.part(0, 0, area.width(), 1), Panel.GPUS, () -> {});
            cards(area.part(0, 1, area.width(), cards - 1), gpus, scene, choices, focused);
        }
    }

    private void title(Area area, Scene scene, Choices choices, boolean focused) {
        if (focused) {
            area.put(0, 0, pencil.glyphs().focus(), Role.KEY);
        }
        int x = area.put(1, 0, "GPUs", Style.bold(Role.TITLE));
        String driver = scene.moment().flatMap(m -> driver(m.machine().picture())).orElse("");
        if (!driver.isEmpty()) {
            x = area.put(x + 2, 0, driver, Role.FAINT);
        }
        String span = "last " + span(choices.span());
        if (x + 2 + CellWidth.of(span) < area.width()) {
            area.putBefore(area.width(), 0, span, Style.of(Role.FAINT));
        }
    }

    static String span(Duration span) {
        return span.toMinutes() >= 60 ? span.toHours() + " h" : span.toMinutes() + " min";
    }

    private static Optional<String> driver(GpuPicture picture) {
        for (GpuPicture.Part part : picture.parts()) {
            if (part.report().driver() instanceof Reading.Known<String>(String version)) {
                Optional<String> cuda =
                        part.report().cuda().isKnown()
                                ? Optional.of(part.report().cuda().value())
                                : Optional.empty();
                return Optional.of(
                        "driver " + version + cuda.map(c -> " · CUDA up to " + c).orElse(""));
            }
        }
        return Optional.empty();
    }

    private void none(Area area, Scene scene, Choices choices) {
        String why =
                scene.moment().isEmpty()
                        ? scene.trouble().isEmpty() ? "Looking …" : scene.trouble()
                        : nothing(scene.moment().get().machine().picture());
        boolean room = scene.moment().isPresent() && area.height() >= 1 + LEAST_CARD_HEIGHT;
        List<String> lines = Wrapped.lines(why, area.width() - 1);
        int shown = Math.min(lines.size(), room ? 2 : area.height());
        for (int i = 0; i < shown; i++) {
            area.put(0, i, lines.get(i), Role.FAINT);
        }
        if (room) {
            card.host(
                    area.part(0, shown, area.width(), Math.min(6, area.height() - shown)),
                    scene,
                    choices.span());
        }
    }

    private static String nothing(GpuPicture picture) {
        if (!picture.troubles().isEmpty()) {
            return "No GPU can be looked at: " + picture.troubles().getFirst().text();
        }
        String why =
                picture.parts().stream()
                        .flatMap(part -> part.report().trouble().stream())
                        .map(GpuTrouble::sentence)
                        .findFirst()
                        .orElse("");
        return "No GPU was found." + (why.isEmpty() ? "" : " " + why);
    }

    private void cards(
            Area area, List<GpuSample> gpus, Scene scene, Choices choices, boolean focused) {
        ListState state = choices.list(Panel.GPUS);
        int columns = columns(area.width(), gpus.size());
        int lines = (gpus.size() + columns - 1) / columns;
        int height = Math.max(1, area.height() / lines);
        int width = (area.width() - (columns - 1)) / columns;
        for (int i = 0; i < gpus.size(); i++) {
            int column = i / lines;
            Area place = area.part(column * (width + 1), i % lines * height, width, height);
            card.draw(place, gpus.get(i), scene, choices.span());
            int index = i;
            pencil.zones().add(place, Panel.GPUS, () -> state.select(index));
            if (focused && i == state.index()) {
                place.select(0);
                place.put(0, 0, pencil.glyphs().focus(), Style.selected(Style.of(Role.KEY)));
            }
        }
    }

    private void lines(
            Area area, List<GpuSample> gpus, Scene scene, Choices choices, boolean focused) {
        HostMemory memory = scene.moment().orElseThrow().machine().memory();
        int extra = gpus.stream().mapToInt(g -> g.instances().isEmpty() ? 0 : 1).sum();
        boolean parts = extra > 0 && area.height() >= 1 + gpus.size() + extra;
        ListState state = choices.list(Panel.GPUS);
        Listing<GpuSample> listing = listing(scene, memory, choices.span());
        Area list = area.part(0, 0, area.width(), parts ? area.height() - extra : area.height());
        listing.draw(list, gpus, state, Panel.GPUS, focused, pencil.zones());
        int y = list.height();
        for (GpuSample gpu : gpus) {
            if (parts && !gpu.instances().isEmpty()) {
                Area line = area.part(1, y++, area.width() - 1, 1);
                int x = line.put(2, 0, gpu.device().index() + ": ", Role.FAINT);
                card.instances(line, x, gpu);
            }
        }
    }

    private Listing<GpuSample> listing(Scene scene, HostMemory memory, Duration span) {
        Figures f = pencil.figures();
        List<Column<GpuSample>> columns = new ArrayList<>();
        columns.add(
                Column.left(
                        "GPUs",
                        12,
                        34,
                        0,
                        g -> Cell.of(g.device().index() + " " + GpuFigures.name(g), Role.NAME)));
        columns.add(
                Column.right(
                        "util",
                        5,
                        0,
                        g ->
                                GpuFigures.isLost(g)
                                        ? Cell.of("lost", Style.bold(Role.BAD))
                                        : Cell.of(f.percent(g.value(GpuMetric.UTILISATION)))));
        columns.add(
                Column.left(
                        "",
                        8,
                        60,
                        3,
                        g ->
                                new Cell.Course(
                                        scene.history()
                                                .course(
                                                        History.key(g, "util"),
                                                        span,
                                                        30,
                                                        History.Blend.MEAN),
                                        Role.LOAD)));
        columns.add(
                Column.right(
                        "mem GiB",
                        9,
                        0,
                        g ->
                                Cell.of(
                                        f.gibOf(
                                                GpuFigures.used(g, memory),
                                                GpuFigures.total(g, memory)))));
        columns.add(
                Column.left(
                        "",
                        8,
                        16,
                        2,
                        g -> {
                            Reading<Double> share = GpuFigures.memoryShare(g, memory);
                            return new Cell.Gauge(share, GpuCard.memoryRole(share));
                        }));
        columns.add(
                Column.right(
                        pencil.glyphs().degree(),
                        3,
                        0,
                        g -> Cell.of(f.whole(g.value(GpuMetric.TEMPERATURE)), GpuCard.heat(g))));
        columns.add(Column.right("W", 7, 1, g -> Cell.of(card.power(g))));
        columns.add(Column.right("MHz", 4, 4, g -> Cell.of(f.megahertz(GpuFigures.clock(g)))));
        columns.add(
                Column.left(
                        "slowed by", 10, 24, 1, g -> Cell.of(slowedBy(g), GpuCard.slowedRole(g))));
        return new Listing<>(columns, g -> g.device().key(), pencil.glyphs());
    }

    private static String slowedBy(GpuSample gpu) {
        List<ThrottleReason> reasons = GpuFigures.slowedBy(gpu);
        return String.join(", ", reasons.stream().map(ThrottleReason::word).toList());
    }
}
