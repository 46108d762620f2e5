package dev.stoker.tui.view;

import dev.stoker.gpu.GpuSample;
import dev.stoker.server.state.ServerState;
import dev.stoker.tui.screen.Area;
import dev.stoker.tui.screen.CellWidth;
import dev.stoker.tui.screen.Glyphs;
import dev.stoker.tui.screen.Grid;
import dev.stoker.tui.screen.Role;
import dev.stoker.watch.Event;
import dev.stoker.watch.ModelView;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * Lays out the whole screen and draws it: what it shows follows from a scene, the person's choices
 * and the size alone. Used by one thread.
 */
public final class TopScreen {
    private static final int TALL = 32;

    private final Pencil pencil;
    private final GpuPanel gpus;
    private final ModelPanel models;
    private final ProcessPanel processes;
    private final ServerPanel servers;
    private final EventPanel events;
    private final HostLine host;
    private final Frame frame;
    private final Boxes boxes;
    private final HostsPanel hosts;

    public TopScreen(Glyphs glyphs, ZoneId zone) {
        pencil = new Pencil(glyphs, new Figures(glyphs), new Zones(), zone);
        gpus = new GpuPanel(pencil);
        models = new ModelPanel(pencil);
        processes = new ProcessPanel(pencil);
        servers = new ServerPanel(pencil);
        events = new EventPanel(pencil);
        host = new HostLine(pencil);
        frame = new Frame(pencil, events);
        boxes = new Boxes(pencil);
        hosts = new HostsPanel(pencil);
    }

    /** A key that the last line shows and that can be clicked. */
    public record Hint(String key, String word, Runnable action) {}

    /** Draws one host. */
    public void draw(Grid grid, Scene scene, Choices choices, Duration interval, List<Hint> hints) {
        grid.clear();
        pencil.zones().clear();
        Area all = Area.of(grid);
        frame.header(all.part(0, 0, all.width(), 1), scene, choices, interval);
        host.draw(all.part(0, 1, all.width(), 1), scene);
        int bottom = all.height() - 1;
        footer(all, choices, hints);
        int top = 2;
        if (!scene.trouble().isEmpty() && scene.moment().isPresent()) {
            all.put(1, top, CellWidth.cut(scene.trouble(), all.width() - 2), Role.BAD);
            top++;
        }
        int alerts = alerts(all.part(0, top, all.width(), all.height() / 2), scene, choices);
        top += alerts;
        boolean tall = all.height() >= TALL;
        if (tall) {
            top++;
        }
        int detail = tall ? 2 : 1;
        Area middle = all.part(0, top, all.width(), Math.max(0, bottom - detail - top));
        panels(middle, scene, choices, tall);
        // After the panels, which may have moved the selection to a row that is still there.
        detail(all.part(0, bottom - detail, all.width(), detail), scene, choices);
        switch (choices.box) {
            case HELP -> boxes.help(all.part(0, 1, all.width(), all.height() - 2));
            case FACTS -> facts(all.part(0, 1, all.width(), all.height() - 2), scene, choices);
            case KILL ->
                    choices.kill.ifPresent(target ->
                            boxes.kill(all.part(0, 1, all.width(), all.height() - 2), target));
            case NONE -> {}
        }
        finish(grid);
    }

    private void finish(Grid grid) {
        if (!pencil.glyphs().unicode()) {
            grid.toAscii(pencil.glyphs());
        }
    }

    /** Draws one host, all of it, without what is of use only where keys are pressed. */
    public Grid once(int width, Scene scene, Choices choices) {
        int alerts = events.rowsOfAlerts(scene, width);
        int models = 1 + Math.max(1, ModelPanel.rows(scene, choices).size());
        int shown = 1 + Math.max(1, processes.rows(scene, choices).size());
        int listed = ServerPanel.rows(scene).isEmpty() ? 0 : 1 + ServerPanel.rows(scene).size();
        int cards = gpus.least(scene);
        Grid grid = new Grid(width, 2 + alerts + cards + models + shown + listed + 3);
        pencil.zones().clear();
        Area all = Area.of(grid);
        frame.header(all.part(0, 0, width, 1), scene, choices, Duration.ofSeconds(1));
        host.draw(all.part(0, 1, width, 1), scene);
        events.alertsInFull(all.part(0, 2, width, alerts), scene);
        int y = 2 + alerts;
        gpus.draw(all.part(0, y, width, cards), scene, choices, false);
        y += cards + 1;
        this.models.draw(all.part(0, y, width, models), scene, choices, false);
        y += models + 1;
        processes.draw(all.part(0, y, width, shown), scene, choices, false);
        y += shown + 1;
        if (listed > 0) {
            servers.draw(all.part(0, y, width, listed), scene, choices, false);
        }
        finish(grid);
        return grid;
    }

    /** Draws several hosts side by side. */
    public void drawHosts(
            Grid grid, List<Scene> scenes, Choices choices, Duration interval, List<Hint> hints) {
        grid.clear();
        pencil.zones().clear();
        Area all = Area.of(grid);
        hosts.draw(all.part(0, 0, all.width(), all.height() - 1), scenes, choices, interval, frame);
        footer(all, choices, hints);
        if (choices.box == Choices.Box.HELP) {
            boxes.help(all.part(0, 1, all.width(), all.height() - 2));
        }
        finish(grid);
    }

    /** Draws what is wrong and returns how many rows that took. */
    private int alerts(Area area, Scene scene, Choices choices) {
        if (choices.page() == Page.EVENTS) {
            int rows = Math.min(area.height(), events.rowsOfAlerts(scene, area.width()));
            events.alertsInFull(area.part(0, 0, area.width(), rows), scene);
            return rows;
        }
        int whole = area.grid().height();
        int rows =
                Math.min(EventPanel.urgent(scene).size(), whole >= TALL ? 4 : whole >= 20 ? 2 : 1);
        events.alerts(area.part(0, 0, area.width(), rows), scene);
        return rows;
    }

    private void footer(Area all, Choices choices, List<Hint> hints) {
        Area line = all.part(0, all.height() - 1, all.width(), 1);
        if (!choices.message.isEmpty()) {
            line.put(1, 0, choices.message, Role.WARNING);
            return;
        }
        frame.footer(
                line,
                choices,
                hints.stream().map(h -> new Frame.Hint(h.key(), h.word(), h.action())).toList());
    }

    private void panels(Area area, Scene scene, Choices choices, boolean tall) {
        int width = area.width();
        int gap = tall ? 1 : 0;
        switch (choices.page()) {
            case GPUS -> gpus.draw(area, scene, choices, true);
            case PROCESSES -> processes.draw(area, scene, choices, true);
            case EVENTS -> events.draw(area, scene, choices, true);
            case MODELS -> {
                int list = 1 + Math.max(1, ServerPanel.rows(scene).size());
                int below = Math.min(list, area.height() / 2);
                models.draw(
                        area.part(0, 0, width, area.height() - below - gap),
                        scene,
                        choices,
                        choices.focus() == Panel.MODELS);
                servers.draw(
                        area.part(0, area.height() - below, width, below),
                        scene,
                        choices,
                        choices.focus() == Panel.SERVERS);
            }
            case ALL -> {
                Heights h = Heights.of(area.height(), gap, wants(scene, choices, width));
                int y = 0;
                gpus.draw(
                        area.part(0, y, width, h.gpus()),
                        scene,
                        choices,
                        choices.focus() == Panel.GPUS);
                y += h.gpus() + gap;
                models.draw(
                        area.part(0, y, width, h.models()),
                        scene,
                        choices,
                        choices.focus() == Panel.MODELS);
                y += h.models() + gap;
                processes.draw(
                        area.part(0, y, width, h.processes()),
                        scene,
                        choices,
                        choices.focus() == Panel.PROCESSES);
                y += h.processes() + gap;
                if (h.servers() > 0) {
                    servers.draw(
                            area.part(0, y, width, h.servers()),
                            scene,
                            choices,
                            choices.focus() == Panel.SERVERS);
                    y += h.servers() + gap;
                }
                if (h.events() > 0) {
                    events.draw(
                            area.part(0, y, width, h.events()),
                            scene,
                            choices,
                            choices.focus() == Panel.EVENTS);
                }
            }
        }
    }

    private Heights.Wants wants(Scene scene, Choices choices, int width) {
        return new Heights.Wants(
                gpus.least(scene),
                rows -> gpus.cards(scene, width, rows),
                ModelPanel.rows(scene, choices).size(),
                processes.rows(scene, choices).size(),
                ServerPanel.rows(scene).size(),
                EventPanel.rows(scene, choices).size());
    }

    /** What is to be said of the selected row. */
    private void detail(Area area, Scene scene, Choices choices) {
        String text = line(scene, choices).orElse("");
        List<String> lines = Wrapped.lines(text, area.width() - 2);
        for (int i = 0; i < Math.min(area.height(), lines.size()); i++) {
            boolean last = i == area.height() - 1 && lines.size() > area.height();
            String shown =
                    last
                            ? CellWidth.cut(lines.get(i) + " " + lines.get(i + 1), area.width() - 2)
                            : lines.get(i);
            area.put(1, i, shown, Role.FAINT);
        }
    }

    private Optional<String> line(Scene scene, Choices choices) {
        Figures f = pencil.figures();
        return switch (choices.focus()) {
            case GPUS -> gpu(scene, choices).map(GpuFacts::line);
            case MODELS -> model(scene, choices).map(m -> Facts.line(scene, m, f));
            case PROCESSES ->
                    process(scene, choices)
                            .map(p ->
                                    Facts.line(
                                            p.pid() + ": " + p.command(true),
                                            Facts.of(p, scene.now())));
            case SERVERS ->
                    server(scene, choices)
                            .map(s ->
                                    Facts.line(
                                            s.endpoint().url()
                                                    + ": "
                                                    + (s.health().reason().isEmpty()
                                                            ? s.health().code()
                                                            : s.health().reason()),
                                            Facts.of(scene, s, f)));
            case EVENTS -> event(scene, choices).map(e -> events.time(e.time()) + " " + e.text());
        };
    }

    private void facts(Area area, Scene scene, Choices choices) {
        Figures f = pencil.figures();
        switch (choices.focus()) {
            case GPUS ->
                    gpu(scene, choices)
                            .ifPresent(g ->
                                    boxes.facts(area, "GPU " + g.device().index(), GpuFacts.of(g)));
            case MODELS ->
                    model(scene, choices)
                            .ifPresent(m -> boxes.facts(area, "model", Facts.of(scene, m, f)));
            case PROCESSES ->
                    process(scene, choices)
                            .ifPresent(p -> boxes.facts(area, "process", Facts.of(p, scene.now())));
            case SERVERS ->
                    server(scene, choices)
                            .ifPresent(s -> boxes.facts(area, "server", Facts.of(scene, s, f)));
            case EVENTS ->
                    event(scene, choices)
                            .ifPresent(e ->
                                    boxes.facts(
                                            area,
                                            "event",
                                            List.of(
                                                    Fact.of("at", e.time().toString()),
                                                    Fact.of("kind", e.kind().code()),
                                                    Fact.of("what", e.text()))));
        }
    }

    private static Optional<GpuSample> gpu(Scene scene, Choices choices) {
        String key = choices.list(Panel.GPUS).selected();
        return scene.moment()
                .flatMap(m ->
                        m.machine().gpus().stream()
                                .filter(g -> g.device().key().equals(key))
                                .findFirst());
    }

    private static Optional<ModelView> model(Scene scene, Choices choices) {
        String id = choices.list(Panel.MODELS).selected();
        return ModelPanel.rows(scene, choices).stream()
                .filter(m -> ModelPanel.id(m).equals(id))
                .findFirst();
    }

    private Optional<ProcessRow> process(Scene scene, Choices choices) {
        String id = choices.list(Panel.PROCESSES).selected();
        return processes.rows(scene, choices).stream()
                .filter(p -> ProcessPanel.id(p).equals(id))
                .findFirst();
    }

    private static Optional<ServerState> server(Scene scene, Choices choices) {
        String id = choices.list(Panel.SERVERS).selected();
        return ServerPanel.rows(scene).stream()
                .filter(s -> ServerPanel.id(s).equals(id))
                .findFirst();
    }

    private static Optional<Event> event(Scene scene, Choices choices) {
        String id = choices.list(Panel.EVENTS).selected();
        return EventPanel.rows(scene, choices).stream()
                .filter(e -> EventPanel.id(e).equals(id))
                .findFirst();
    }

    /** Returns the process that is selected, to be ended. */
    public Optional<KillTarget> killable(Scene scene, Choices choices) {
        return process(scene, choices)
                .map(p ->
                        new KillTarget(
                                p.pid(),
                                p.user(),
                                p.command(true),
                                p.details()
                                        .map(d ->
                                                d.started().isKnown()
                                                        ? Optional.of(d.started().value())
                                                        : Optional.<java.time.Instant>empty())
                                        .orElse(Optional.empty()),
                                p.details().isKnown()
                                        ? KillTarget.Stage.ASKED
                                        : KillTarget.Stage.OVER,
                                p.details().isKnown()
                                        ? ""
                                        : "It can't be seen from here: " + p.details().reason()));
    }

    /** Sorts the panel that has the keys by its next column. */
    public void sortNext(Scene scene, Choices choices) {
        List<String> orders =
                switch (choices.focus()) {
                    case MODELS -> models.listing(scene, choices).orders();
                    case PROCESSES -> processes.listing(choices).orders();
                    case GPUS, SERVERS, EVENTS -> List.of();
                };
        if (orders.isEmpty()) {
            choices.message = "This panel keeps its order; tab goes to the next one.";
            return;
        }
        ListState state = choices.list(choices.focus());
        state.sortBy(orders.get((orders.indexOf(state.sort()) + 1) % orders.size()));
    }

    /** Turns the order of the panel that has the keys round. */
    public void reverse(Choices choices) {
        choices.list(choices.focus()).reverse();
    }

    /** Does what a click at that place does; returns whether anything is there. */
    public boolean click(int column, int row, Choices choices) {
        Optional<Zones.Zone> zone = pencil.zones().at(column, row);
        zone.flatMap(Zones.Zone::panel).ifPresent(choices::focus);
        zone.ifPresent(z -> z.action().run());
        return zone.isPresent();
    }

    /** Moves the selection of the panel at that place, as a wheel does. */
    public void wheel(int column, int row, int by, Choices choices) {
        pencil.zones()
                .at(column, row)
                .flatMap(Zones.Zone::panel)
                .ifPresent(panel -> {
                    choices.focus(panel);
                    choices.move(by);
                });
    }
}
