package dev.stoker.tui.view;

import dev.stoker.base.Reading;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.Rates;
import dev.stoker.server.state.ServerState;
import dev.stoker.tui.screen.Area;
import dev.stoker.tui.screen.Role;
import dev.stoker.tui.screen.Style;

import java.util.ArrayList;
import java.util.List;

/** The inference servers, one line each. Draws what it is given; used by one thread. */
final class ServerPanel {
    private final Pencil pencil;

    ServerPanel(Pencil pencil) {
        this.pencil = pencil;
    }

    static List<ServerState> rows(Scene scene) {
        return scene.moment().map(m -> m.machine().servers()).orElse(List.of());
    }

    static String id(ServerState server) {
        return server.endpoint().url();
    }

    Listing<ServerState> listing(Scene scene) {
        Figures f = pencil.figures();
        List<Column<ServerState>> columns = new ArrayList<>();
        columns.add(
                Column.left(
                        "servers",
                        16,
                        40,
                        0,
                        s ->
                                Cell.of(
                                        s.identity().map(ServerIdentity::title).orElse("server"),
                                        Style.bold(Role.NAME))));
        columns.add(
                Column.left(
                        "at", 8, 30, 0, s -> Cell.of(ModelPanel.place(s.endpoint()), Role.FAINT)));
        columns.add(Column.left("health", 7, 9, 0, ServerPanel::health));
        columns.add(Column.right("answers in", 6, 6, s -> Cell.of(f.duration(s.answerTime()))));
        columns.add(
                Column.right("models", 6, 5, s -> Cell.of(f.count(s.models().map(List::size)))));
        columns.add(Column.right("running", 7, 1, s -> Cell.of(f.count(s.work().running()))));
        columns.add(Column.right("waiting", 7, 1, this::waiting));
        columns.add(
                Column.right(
                        "tok/s",
                        6,
                        2,
                        s -> Cell.of(f.pace(rates(scene, s).generatedTokens()), Role.TOKENS)));
        columns.add(
                Column.right(
                        "prompt/s",
                        8,
                        8,
                        s ->
                                Cell.of(
                                        rates(scene, s)
                                                .promptTokens()
                                                .map(Figures::three)
                                                .orElse(f.unknown()))));
        columns.add(
                Column.right("TTFT", 6, 4, s -> Cell.of(f.duration(rates(scene, s).meanTtft()))));
        columns.add(Column.right("KV used", 7, 7, s -> Cell.of(f.share(s.work().kvCacheUse()))));
        columns.add(
                Column.right(
                        "cache hits",
                        10,
                        9,
                        s -> Cell.of(f.share(rates(scene, s).prefixHitRate()))));
        columns.add(Column.left("", 0, 80, 10, s -> Cell.of(s.health().reason(), Role.BAD)));
        return new Listing<>(columns, ServerPanel::id, pencil.glyphs());
    }

    void draw(Area area, Scene scene, Choices choices, boolean focused) {
        listing(scene)
                .draw(
                        area,
                        rows(scene),
                        choices.list(Panel.SERVERS),
                        Panel.SERVERS,
                        focused,
                        pencil.zones());
    }

    static Rates rates(Scene scene, ServerState server) {
        return scene.moment().orElseThrow().rates(server.endpoint());
    }

    private static Cell health(ServerState server) {
        return switch (server.health()) {
            case Health.Up _ -> Cell.of("up", Role.GOOD);
            case Health.Loading _ -> Cell.of("loading", Role.WARNING);
            case Health.Unknown _ -> Cell.of("unclear", Role.WARNING);
            case Health.Down _ -> Cell.of("down", Style.bold(Role.BAD));
        };
    }

    private Cell waiting(ServerState server) {
        Reading<Long> waiting = server.work().waiting();
        return Cell.of(
                pencil.figures().count(waiting),
                waiting.isKnown() && waiting.value() > 0 ? Role.WARNING : Role.TEXT);
    }
}
