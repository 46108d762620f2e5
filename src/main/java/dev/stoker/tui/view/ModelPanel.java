package dev.stoker.tui.view;

import dev.stoker.alert.Severity;
import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.host.ProcessDetails;
import dev.stoker.http.Endpoint;
import dev.stoker.rules.Alert;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.ServerState;
import dev.stoker.tui.screen.Area;
import dev.stoker.tui.screen.Role;
import dev.stoker.tui.screen.Style;
import dev.stoker.watch.ModelView;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The models of all servers, one line each. Draws what it is given; used by one thread. */
final class ModelPanel {
    private final Pencil pencil;

    ModelPanel(Pencil pencil) {
        this.pencil = pencil;
    }

    static List<ModelView> rows(Scene scene, Choices choices) {
        String filter = choices.filter();
        return scene.moment().map(m -> m.models()).orElse(List.of()).stream()
                .filter(m -> Filter.matches(filter, m.name(), m.serverTitle(), m.server().url()))
                .toList();
    }

    static String id(ModelView model) {
        return model.server().url() + " " + model.name();
    }

    Listing<ModelView> listing(Scene scene, Choices choices) {
        Figures f = pencil.figures();
        List<Column<ModelView>> columns = new ArrayList<>();
        columns.add(
                Column.<ModelView>left(
                                "models",
                                22,
                                44,
                                0,
                                m -> Cell.of(shortName(m.name()), Style.bold(nameRole(scene, m))))
                        .by(Comparator.comparing(ModelView::name)));
        columns.add(
                Column.<ModelView>left("server", 12, 24, 5, m -> Cell.of(server(m), Role.FAINT))
                        .by(Comparator.comparing(ModelPanel::server)));
        columns.add(Column.left("state", 7, 12, 2, this::state));
        columns.add(
                Column.<ModelView>right("GiB", 5, 0, m -> Cell.of(f.gib(m.state().total())))
                        .by(most(m -> m.state().total().map(b -> (double) b.count()))));
        columns.add(Column.right("on GPU", 6, 0, m -> onGpu(scene, m)));
        columns.add(
                Column.left("by device, GiB", 19, 30, 9, m -> Cell.of(devices(m), Role.MEMORY)));
        columns.add(Column.right("ctx", 4, 6, m -> Cell.of(f.tokens(m.state().contextLength()))));
        columns.add(
                Column.<ModelView>right("slots", 5, 3, this::slots)
                        .by(most(m -> m.state().work().busySlots().map(n -> (double) n))));
        columns.add(
                Column.<ModelView>right("wait", 4, 4, this::waiting)
                        .by(most(m -> m.state().work().waiting().map(n -> (double) n))));
        columns.add(
                Column.<ModelView>right("tok/s", 6, 0, this::pace)
                        .by(most(m -> m.rates().generatedTokens().map(p -> p.perSecond()))));
        columns.add(
                Column.left(
                        "",
                        10,
                        24,
                        10,
                        m ->
                                new Cell.Course(
                                        History.toLargest(
                                                scene.history()
                                                        .course(
                                                                History.key(m),
                                                                choices.span(),
                                                                24,
                                                                History.Blend.MEAN)),
                                        Role.TOKENS)));
        columns.add(
                Column.<ModelView>right(
                                "TTFT", 6, 7, m -> Cell.of(f.duration(m.rates().meanTtft())))
                        .by(most(m -> m.rates().meanTtft().map(d -> (double) d.toNanos()))));
        columns.add(Column.right("cache", 5, 11, m -> Cell.of(f.share(m.rates().prefixHitRate()))));
        columns.add(
                Column.<ModelView>right(
                                "unloads",
                                7,
                                1,
                                m ->
                                        Cell.of(
                                                f.until(m.state().expiresAt(), scene.now()),
                                                Role.FAINT))
                        .by(
                                Comparator.comparing(m ->
                                        m.state()
                                                .expiresAt()
                                                .map(t -> t.getEpochSecond())
                                                .orElse(Long.MAX_VALUE))));
        return new Listing<>(columns, ModelPanel::id, pencil.glyphs());
    }

    void draw(Area area, Scene scene, Choices choices, boolean focused) {
        Listing<ModelView> listing = listing(scene, choices);
        ListState state = choices.list(Panel.MODELS);
        List<ModelView> rows = listing.sorted(rows(scene, choices), state);
        listing.draw(area, rows, state, Panel.MODELS, focused, pencil.zones());
        if (rows.isEmpty() && area.height() > 1) {
            area.put(1, 1, none(scene, choices), Role.FAINT);
        }
    }

    private static String none(Scene scene, Choices choices) {
        if (!choices.filter().isEmpty()) {
            return "No model matches the filter.";
        }
        List<ServerState> servers =
                scene.moment().map(m -> m.machine().servers()).orElse(List.of());
        if (servers.isEmpty()) {
            return "No inference server was found.";
        }
        return servers.stream().allMatch(s -> s.models().isKnown())
                ? "No model is in memory."
                : "Which models are in memory is not known: not every server tells.";
    }

    /** Sorts the largest first, the unknown last. */
    static <R> Comparator<R> most(java.util.function.Function<R, Reading<Double>> figure) {
        return Comparator.comparingDouble(r -> -figure.apply(r).orElse(-1.0));
    }

    /** Servers that are told a file name their model by its path. */
    static String shortName(String name) {
        return name.startsWith("/") ? name.substring(name.lastIndexOf('/') + 1) : name;
    }

    /** The port first: it is what tells servers of one kind apart, and may not be cut. */
    static String server(ModelView model) {
        String title = model.serverTitle();
        int space = title.indexOf(' ');
        return place(model.server()) + " " + (space > 0 ? title.substring(0, space) : title);
    }

    /** Returns an address in few cells: the port alone where it is this machine's. */
    static String place(Endpoint server) {
        return server.isLoopback() ? ":" + server.port() : server.host() + ":" + server.port();
    }

    static Optional<Alert> alert(Scene scene, ModelView model) {
        return scene.alerts().stream()
                .filter(a -> model.name().equals(a.labels().get("model")))
                .filter(a ->
                        a.labels()
                                .getOrDefault("server", model.server().url())
                                .equals(model.server().url()))
                .findFirst();
    }

    private static Role nameRole(Scene scene, ModelView model) {
        return switch (model.state().condition()) {
            case ModelCondition.Failed _, ModelCondition.RunnerGone _ -> Role.BAD;
            case ModelCondition.Silent _ -> Role.WARNING;
            case ModelCondition.Sleeping _ -> Role.FAINT;
            case ModelCondition.Loaded _, ModelCondition.Loading _ ->
                    alert(scene, model)
                            .map(a -> a.severity() == Severity.CRITICAL ? Role.BAD : Role.WARNING)
                            .orElse(Role.NAME);
        };
    }

    private Cell state(ModelView model) {
        Reading<Long> running = model.state().work().running();
        return switch (model.state().condition()) {
            case ModelCondition.Loaded _ ->
                    running.isKnown() && running.value() > 0
                            ? Cell.of("busy", Role.GOOD)
                            : Cell.of("ready", Role.FAINT);
            case ModelCondition.Loading _ -> Cell.of("loading", Role.WARNING);
            case ModelCondition.Sleeping _ -> Cell.of("asleep", Role.FAINT);
            case ModelCondition.Failed _ -> Cell.of("failed", Role.BAD);
            case ModelCondition.RunnerGone _ -> Cell.of("runner gone", Role.BAD);
            case ModelCondition.Silent _ -> Cell.of("silent", Role.WARNING);
        };
    }

    private Cell onGpu(Scene scene, ModelView model) {
        Reading<Double> share = model.state().onGpuShare();
        boolean disputed =
                alert(scene, model)
                        .filter(a -> a.rule().code().equals("model-place-disputed"))
                        .isPresent();
        String text = pencil.figures().share(share) + (disputed ? " !" : "");
        boolean gpus = !scene.moment().orElseThrow().machine().gpus().isEmpty();
        return Cell.of(
                text,
                disputed
                        ? Role.BAD
                        : gpus && share.isKnown() && share.value() < 0.995
                                ? Role.WARNING
                                : Role.TEXT);
    }

    /** Returns where its memory lies, as drivers and kernel say. */
    private String devices(ModelView model) {
        List<String> parts = new ArrayList<>();
        for (Map.Entry<Integer, Bytes> held : model.gpuMemory().orElse(Map.of()).entrySet()) {
            parts.add("gpu" + held.getKey() + " " + Figures.gib(held.getValue()));
        }
        if (model.process() instanceof Reading.Known<ProcessDetails>(ProcessDetails process)
                && process.resident().isKnown()) {
            parts.add("host " + Figures.gib(process.resident().value()));
        }
        return parts.isEmpty() ? pencil.figures().unknown() : String.join("  ", parts);
    }

    private Cell slots(ModelView model) {
        Figures f = pencil.figures();
        ModelState state = model.state();
        Reading<Long> busy =
                state.work().busySlots().isKnown()
                        ? state.work().busySlots()
                        : state.work().running();
        Reading<Long> all = state.work().slots();
        String text =
                all.isKnown() || busy.isKnown() ? f.count(busy) + "/" + f.count(all) : f.unknown();
        boolean full = all.isKnown() && busy.isKnown() && busy.value() >= all.value();
        return Cell.of(text, full && all.value() > 0 ? Role.GOOD : Role.TEXT);
    }

    private Cell waiting(ModelView model) {
        Reading<Long> waiting = model.state().work().waiting();
        return Cell.of(
                pencil.figures().count(waiting),
                waiting.isKnown() && waiting.value() > 0 ? Role.WARNING : Role.TEXT);
    }

    private Cell pace(ModelView model) {
        var pace = model.rates().generatedTokens();
        boolean moves = pace.isKnown() && pace.value().perSecond() > 0;
        return Cell.of(
                pencil.figures().pace(pace),
                moves ? Style.bold(Role.TOKENS) : Style.of(Role.FAINT));
    }
}
