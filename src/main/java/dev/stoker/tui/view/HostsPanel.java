package dev.stoker.tui.view;

import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.host.HostMemory;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.tui.screen.Area;
import dev.stoker.tui.screen.Bar;
import dev.stoker.tui.screen.CellWidth;
import dev.stoker.tui.screen.Graph;
import dev.stoker.tui.screen.Role;
import dev.stoker.tui.screen.Style;
import dev.stoker.watch.ModelView;

import java.time.Duration;
import java.util.List;

/** Several hosts below each other: a line a host, a line a GPU, its models. Draws; one thread. */
final class HostsPanel {
    private final Pencil pencil;

    HostsPanel(Pencil pencil) {
        this.pencil = pencil;
    }

    void draw(Area area, List<Scene> scenes, Choices choices, Duration interval, Frame frame) {
        if (scenes.isEmpty()) {
            return;
        }
        Scene first = scenes.getFirst();
        Scene summary =
                new Scene(
                        scenes.size() + " hosts",
                        first.moment(),
                        scenes.stream().flatMap(s -> s.alerts().stream()).toList(),
                        first.history(),
                        first.events(),
                        first.now(),
                        "",
                        Role.TEXT,
                        "");
        frame.header(area.part(0, 0, area.width(), 1), summary, choices, interval);
        ListState state = choices.hosts();
        state.rows(scenes.stream().map(Scene::host).toList());
        int y = 2;
        int from = first(scenes, state.index(), area.height() - 2);
        for (int i = from; i < scenes.size() && y < area.height(); i++) {
            int rows = rows(scenes.get(i));
            int index = i;
            Area place = area.part(0, y, area.width(), rows);
            host(place, scenes.get(i), choices.span());
            pencil.zones().add(place, () -> state.select(index));
            if (i == state.index()) {
                place.select(0);
                place.put(0, 0, pencil.glyphs().focus(), Style.selected(Style.of(Role.KEY)));
            }
            y += rows;
        }
    }

    /** Returns the first host to show, so that the selected one is on the screen. */
    private static int first(List<Scene> scenes, int selected, int height) {
        int first = selected;
        int used = selected < scenes.size() ? rows(scenes.get(selected)) : 0;
        while (first > 0 && used + rows(scenes.get(first - 1)) <= height) {
            first--;
            used += rows(scenes.get(first));
        }
        return Math.max(0, first);
    }

    private static int rows(Scene scene) {
        int gpus = scene.moment().map(m -> m.machine().gpus().size()).orElse(0);
        int models = scene.moment().map(m -> m.models().isEmpty() ? 0 : 1).orElse(0);
        return 1 + gpus + models + (scene.trouble().isEmpty() ? 0 : 1) + 1;
    }

    private void host(Area area, Scene scene, Duration span) {
        Figures f = pencil.figures();
        int right = area.width();
        right = area.putBefore(right, 0, scene.status(), Style.of(scene.statusRole())) - 2;
        if (!scene.alerts().isEmpty()) {
            String count = pencil.glyphs().alert() + " " + scene.alerts().size();
            right =
                    area.putBefore(
                                    right,
                                    0,
                                    count,
                                    Style.bold(EventPanel.role(scene.alerts().getFirst())))
                            - 2;
        }
        int x = area.put(1, 0, CellWidth.cut(scene.host(), 40), Style.bold(Role.NAME)) + 2;
        int y = 1;
        if (!scene.trouble().isEmpty()) {
            area.put(3, y++, CellWidth.cut(scene.trouble(), area.width() - 4), Role.BAD);
        }
        if (scene.moment().isEmpty()) {
            return;
        }
        var machine = scene.moment().get().machine();
        HostMemory memory = machine.memory();
        String words =
                "cpu "
                        + f.share(machine.host().cpu().busy())
                        + "  mem "
                        + f.gibOf(GpuFigures.hostUsed(memory), memory.total())
                        + " GiB";
        area.put(x, 0, CellWidth.cut(words, right - x), Role.FAINT);
        for (GpuSample gpu : machine.gpus()) {
            gpu(area.part(3, y++, area.width() - 3, 1), gpu, scene, span);
        }
        models(area.part(3, y, area.width() - 3, 1), scene);
    }

    private void gpu(Area line, GpuSample gpu, Scene scene, Duration span) {
        Figures f = pencil.figures();
        HostMemory memory = scene.moment().orElseThrow().machine().memory();
        String name = CellWidth.cut(gpu.device().index() + " " + GpuFigures.name(gpu), 20);
        line.put(0, 0, name, Role.TEXT);
        if (GpuFigures.isLost(gpu)) {
            line.put(22, 0, "lost", Style.bold(Role.BAD));
            return;
        }
        line.putBefore(
                26, 0, f.percent(gpu.value(GpuMetric.UTILISATION)), Style.of(Role.LOAD_HIGH));
        int graph = Math.clamp(line.width() - 68, 4, 40);
        Graph.draw(
                line.part(27, 0, graph, 1),
                pencil.glyphs(),
                scene.history().course(History.key(gpu, "util"), span, graph, History.Blend.MEAN),
                Role.LOAD,
                Role.LOAD);
        int x = 28 + graph;
        var share = GpuFigures.memoryShare(gpu, memory);
        if (share.isKnown()) {
            Bar.draw(line, pencil.glyphs(), x, 0, 10, share.value(), GpuCard.memoryRole(share));
        }
        x += 11;
        line.put(
                x,
                0,
                f.gibOf(GpuFigures.used(gpu, memory), GpuFigures.total(gpu, memory)),
                Role.TEXT);
        x += 12;
        line.put(
                x,
                0,
                f.whole(gpu.value(GpuMetric.TEMPERATURE)) + pencil.glyphs().degree(),
                GpuCard.heat(gpu));
        String slowed =
                String.join(", ", GpuFigures.slowedBy(gpu).stream().map(r -> r.word()).toList());
        line.put(x + 6, 0, CellWidth.cut(slowed, line.width() - x - 6), GpuCard.slowedRole(gpu));
    }

    private void models(Area line, Scene scene) {
        int x = 0;
        for (ModelView model : scene.moment().orElseThrow().models()) {
            boolean loaded = model.state().condition() instanceof ModelCondition.Loaded;
            String pace = pencil.figures().pace(model.rates().generatedTokens()) + " tok/s";
            String text = model.name();
            if (x + CellWidth.of(text) + pace.length() + 3 > line.width()) {
                line.put(x, 0, "…", Role.FAINT);
                return;
            }
            x = line.put(x, 0, text + " ", loaded ? Role.NAME : Role.FAINT);
            x =
                    line.put(
                                    x,
                                    0,
                                    loaded ? pace : model.state().condition().code(),
                                    loaded ? Role.TOKENS : Role.FAINT)
                            + 3;
        }
    }
}
