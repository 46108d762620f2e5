package dev.stoker.tui.view;

import dev.stoker.alert.Severity;
import dev.stoker.tui.screen.Area;
import dev.stoker.tui.screen.CellWidth;
import dev.stoker.tui.screen.Role;
import dev.stoker.tui.screen.Style;

import java.time.Duration;
import java.util.List;

/** The first line of the screen, and the last one with its keys. Draws; used by one thread. */
final class Frame {
    private final Pencil pencil;
    private final EventPanel events;

    Frame(Pencil pencil, EventPanel events) {
        this.pencil = pencil;
        this.events = events;
    }

    /** A key that the last line shows. */
    record Hint(String key, String word, Runnable action) {}

    void header(Area area, Scene scene, Choices choices, Duration interval) {
        int x = area.put(1, 0, "stoker top", Style.bold(Role.TITLE));
        String time = events.time(scene.now());
        int right = area.width();
        String status = scene.status();
        right = area.putBefore(right, 0, status, Style.of(scene.statusRole())) - 2;
        right = area.putBefore(right, 0, time, Style.of(Role.TEXT)) - 2;
        if (area.width() >= 100) {
            String every = "every " + Figures.three(interval.toMillis() / 1000.0) + " s";
            right = area.putBefore(right, 0, every, Style.of(Role.FAINT)) - 2;
        }
        long critical =
                scene.alerts().stream().filter(a -> a.severity() == Severity.CRITICAL).count();
        if (!scene.alerts().isEmpty()) {
            String count =
                    pencil.glyphs().alert()
                            + " "
                            + scene.alerts().size()
                            + (scene.alerts().size() == 1 ? " alert" : " alerts");
            right =
                    area.putBefore(
                                    right,
                                    0,
                                    count,
                                    Style.bold(critical > 0 ? Role.BAD : Role.WARNING))
                            - 2;
        }
        x = area.put(x + 2, 0, CellWidth.cut(scene.host(), right - x - 2), Style.of(Role.NAME));
        if (choices.page() != Page.ALL) {
            x = area.put(x + 2, 0, choices.page().title(), Style.of(Role.KEY));
        }
        if (!choices.filter().isEmpty() && !choices.typing && x + 10 < right) {
            area.put(
                    x + 2,
                    0,
                    CellWidth.cut("filter: " + choices.filter(), right - x - 2),
                    Style.of(Role.KEY));
        }
    }

    void footer(Area area, Choices choices, List<Hint> hints) {
        if (choices.typing) {
            int x = area.put(1, 0, "filter: ", Style.bold(Role.KEY));
            x = area.put(x, 0, choices.filter(), Role.NAME);
            area.set(x, 0, ' ', Style.reversed(Style.of(Role.TEXT)));
            area.put(x + 3, 0, "enter keeps it, esc clears it", Role.FAINT);
            return;
        }
        int x = 1;
        for (Hint hint : hints) {
            String key = hint.key();
            int cells = CellWidth.of(key) + 1 + CellWidth.of(hint.word());
            if (x + cells > area.width()) {
                return;
            }
            pencil.zones().add(area.part(x, 0, cells, 1), hint.action());
            x = area.put(x, 0, key, Style.bold(Role.KEY));
            x = area.put(x + 1, 0, hint.word(), Role.FAINT) + 2;
        }
    }
}
