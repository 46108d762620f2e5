package dev.stoker.tui.view;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.MigInstance;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.host.HostMemory;
import dev.stoker.tui.screen.Area;
import dev.stoker.tui.screen.Bar;
import dev.stoker.tui.screen.CellWidth;
import dev.stoker.tui.screen.Graph;
import dev.stoker.tui.screen.Role;
import dev.stoker.tui.screen.Style;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One GPU with graphs: a line of figures, and below it the course of its use and its memory, of its
 * power and its heat where there is room. Draws what it is given; used by one thread.
 */
final class GpuCard {
    private static final int WITH_POWER = 96;
    private static final int WITH_HEAT = 140;

    private final Pencil pencil;

    GpuCard(Pencil pencil) {
        this.pencil = pencil;
    }

    /** What a graph shows, with the words beside it. */
    private record Plot(String name, Role role, String key, List<String> beside, Role top) {}

    void draw(Area area, GpuSample gpu, Scene scene, Duration span) {
        HostMemory memory = scene.moment().orElseThrow().machine().memory();
        headline(area, gpu, memory);
        if (area.height() < 2) {
            return;
        }
        Area rest = area.part(1, 1, area.width() - 1, area.height() - 1);
        if (gpu.trouble().filter(GpuTrouble::isFault).isPresent()) {
            trouble(rest, gpu.trouble().get());
            return;
        }
        if (!gpu.instances().isEmpty() && rest.height() >= 2) {
            instances(rest.part(0, rest.height() - 1, rest.width(), 1), 0, gpu);
            rest = rest.part(0, 0, rest.width(), rest.height() - 1);
        }
        plots(rest, plots(gpu, memory, area.width()), scene.history(), span);
    }

    private void headline(Area area, GpuSample gpu, HostMemory memory) {
        Figures f = pencil.figures();
        int right = area.width();
        for (Cell.Words word : figures(gpu)) {
            right = area.putBefore(right, 0, word.text(), word.style()) - 2;
        }
        String index = Integer.toString(gpu.device().index());
        int x = area.put(1, 0, index + " ", Style.bold(Role.KEY));
        String name = GpuFigures.name(gpu);
        x = area.put(x, 0, CellWidth.cut(name, right - x), Style.bold(Role.NAME));
        if (area.height() < 2) {
            String figures =
                    f.percent(gpu.value(GpuMetric.UTILISATION))
                            + "  "
                            + f.gibOf(GpuFigures.used(gpu, memory), GpuFigures.total(gpu, memory));
            area.put(x + 2, 0, CellWidth.cut(figures, right - x - 2), Role.TEXT);
        }
    }

    /** The figures of the line, the rightmost first. */
    private List<Cell.Words> figures(GpuSample gpu) {
        Figures f = pencil.figures();
        List<Cell.Words> words = new ArrayList<>();
        if (GpuFigures.isLost(gpu)) {
            return List.of(new Cell.Words("lost", Style.bold(Role.BAD)));
        }
        List<ThrottleReason> slowed = GpuFigures.slowedBy(gpu);
        if (!slowed.isEmpty()) {
            words.add(
                    new Cell.Words(
                            String.join(", ", slowed.stream().map(ThrottleReason::word).toList()),
                            Style.of(slowedRole(gpu))));
        }
        Reading<Double> fan = gpu.value(GpuMetric.FAN);
        if (fan.isKnown()) {
            words.add(new Cell.Words("fan " + f.percent(fan), Style.of(Role.FAINT)));
        }
        words.add(
                new Cell.Words(f.megahertz(GpuFigures.clock(gpu)) + " MHz", Style.of(Role.FAINT)));
        words.add(new Cell.Words(power(gpu) + " W", Style.of(Role.TEXT)));
        words.add(
                new Cell.Words(
                        f.whole(gpu.value(GpuMetric.TEMPERATURE)) + " " + pencil.glyphs().degree(),
                        Style.of(heat(gpu))));
        return words;
    }

    String power(GpuSample gpu) {
        Figures f = pencil.figures();
        Reading<Double> limit = gpu.value(GpuMetric.POWER_LIMIT);
        String now = f.whole(GpuFigures.power(gpu));
        return limit.isKnown() ? now + "/" + f.whole(limit) : now;
    }

    static Role heat(GpuSample gpu) {
        Reading<Double> now = gpu.value(GpuMetric.TEMPERATURE);
        if (!now.isKnown()) {
            return Role.FAINT;
        }
        return now.value() >= GpuFigures.slowdown(gpu)
                ? Role.BAD
                : now.value() >= 80 ? Role.WARNING : Role.TEXT;
    }

    static Role memoryRole(Reading<Double> share) {
        double s = share.orElse(0.0);
        return s >= 0.95 ? Role.BAD : s >= 0.8 ? Role.WARNING : Role.MEMORY;
    }

    static Role slowedRole(GpuSample gpu) {
        List<ThrottleReason> reasons = GpuFigures.slowedBy(gpu);
        if (reasons.isEmpty()) {
            return Role.FAINT;
        }
        return switch (reasons.getFirst().effect()) {
            case HARMFUL -> Role.BAD;
            case LIMITED -> Role.WARNING;
            case CHOSEN, NORMAL -> Role.FAINT;
        };
    }

    private void trouble(Area area, GpuTrouble trouble) {
        List<String> lines = Wrapped.lines(trouble.text(), area.width());
        for (int i = 0; i < Math.min(lines.size(), area.height()); i++) {
            area.put(0, i, lines.get(i), Role.BAD);
        }
    }

    private List<Plot> plots(GpuSample gpu, HostMemory memory, int width) {
        Figures f = pencil.figures();
        Reading<Bytes> used = GpuFigures.used(gpu, memory);
        Reading<Double> share = GpuFigures.memoryShare(gpu, memory);
        List<Plot> plots = new ArrayList<>();
        plots.add(
                new Plot(
                        "util",
                        Role.LOAD,
                        History.key(gpu, "util"),
                        List.of(f.percent(gpu.value(GpuMetric.UTILISATION))),
                        Role.LOAD_HIGH));
        Role memoryRole = memoryRole(share);
        plots.add(
                new Plot(
                        gpu.device().unifiedMemory() ? "unified" : "memory",
                        memoryRole,
                        History.key(gpu, "memory"),
                        List.of(f.gibOf(used, GpuFigures.total(gpu, memory)), f.share(share)),
                        memoryRole));
        if (width >= WITH_POWER && gpu.value(GpuMetric.POWER_LIMIT).isKnown()) {
            plots.add(
                    new Plot(
                            "power",
                            Role.POWER,
                            History.key(gpu, "power"),
                            List.of(f.whole(GpuFigures.power(gpu)) + " W"),
                            Role.POWER));
        }
        if (width >= WITH_HEAT && gpu.value(GpuMetric.TEMPERATURE).isKnown()) {
            plots.add(
                    new Plot(
                            "heat",
                            Role.HEAT,
                            History.key(gpu, "heat"),
                            List.of(
                                    f.whole(gpu.value(GpuMetric.TEMPERATURE))
                                            + " "
                                            + pencil.glyphs().degree()),
                            Role.HEAT));
        }
        return plots;
    }

    /** Draws the host's processors and its memory in the same way. */
    void host(Area area, Scene scene, Duration span) {
        var machine = scene.moment().orElseThrow().machine();
        Figures f = pencil.figures();
        HostMemory memory = machine.memory();
        plots(
                area,
                List.of(
                        new Plot(
                                "cpu",
                                Role.CPU,
                                "cpu",
                                List.of(f.share(machine.host().cpu().busy())),
                                Role.CPU),
                        new Plot(
                                "memory",
                                Role.MEMORY,
                                "memory",
                                List.of(
                                        f.gibOf(GpuFigures.hostUsed(memory), memory.total()),
                                        f.share(
                                                GpuFigures.share(
                                                        GpuFigures.hostUsed(memory),
                                                        memory.total()))),
                                Role.MEMORY)),
                scene.history(),
                span);
    }

    /** Graphs beside each other, each with its name and its figures at its left. */
    private void plots(Area area, List<Plot> plots, History history, Duration span) {
        int each = (area.width() - (plots.size() - 1)) / plots.size();
        for (int i = 0; i < plots.size(); i++) {
            Plot plot = plots.get(i);
            Area place = area.part(i * (each + 1), 0, each, area.height());
            int beside = CellWidth.of(plot.name());
            for (String words : plot.beside()) {
                beside = Math.max(beside, CellWidth.of(words));
            }
            place.put(0, 0, plot.name(), Role.FAINT);
            if (place.height() == 1) {
                beside = CellWidth.of(plot.name()) + 1 + CellWidth.of(plot.beside().getFirst());
                place.put(CellWidth.of(plot.name()) + 1, 0, plot.beside().getFirst(), plot.top());
            }
            for (int j = 0; j < plot.beside().size() && j + 1 < place.height(); j++) {
                place.put(0, 1 + j, plot.beside().get(j), plot.top());
            }
            Area graph = place.part(beside + 1, 0, place.width() - beside - 1, place.height());
            int shown = Graph.values(pencil.glyphs(), graph.width(), graph.height());
            Graph.draw(
                    graph,
                    pencil.glyphs(),
                    history.course(plot.key(), span, shown, History.Blend.MEAN),
                    plot.role(),
                    plot.top());
        }
    }

    /** Draws the parts of a GPU that was split, in one line, as many as fit. */
    void instances(Area line, int from, GpuSample gpu) {
        int x = from;
        for (MigInstance part : gpu.instances()) {
            String name = part.name().orElse("instance " + part.index());
            Reading<Double> share = GpuFigures.share(part.memoryUsed(), part.memoryTotal());
            String figures = pencil.figures().gibOf(part.memoryUsed(), part.memoryTotal());
            if (x + CellWidth.of(name) + 8 + figures.length() > line.width()) {
                line.put(x, 0, "…", Role.FAINT);
                return;
            }
            x = line.put(x, 0, name + " ", Role.TEXT);
            if (share.isKnown()) {
                Bar.draw(line, pencil.glyphs(), x, 0, 6, share.value(), memoryRole(share));
                x += 7;
            }
            x = line.put(x, 0, figures, Role.FAINT) + 2;
        }
    }
}
