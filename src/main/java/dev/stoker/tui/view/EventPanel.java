package dev.stoker.tui.view;

import dev.stoker.alert.Severity;
import dev.stoker.rules.Alert;
import dev.stoker.tui.screen.Area;
import dev.stoker.tui.screen.CellWidth;
import dev.stoker.tui.screen.Role;
import dev.stoker.tui.screen.Style;
import dev.stoker.watch.Event;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** What has happened, the newest first, and what is wrong now. Draws what it is given. */
final class EventPanel {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final Pencil pencil;

    EventPanel(Pencil pencil) {
        this.pencil = pencil;
    }

    String time(Instant time) {
        return TIME.format(time.atZone(pencil.zone()));
    }

    static String id(Event event) {
        return event.time().toEpochMilli() + " " + event.kind().code() + " " + event.text();
    }

    static List<Event> rows(Scene scene, Choices choices) {
        return scene.events().stream()
                .filter(e -> Filter.matches(choices.filter(), e.text(), e.kind().code()))
                .toList();
    }

    void draw(Area area, Scene scene, Choices choices, boolean focused) {
        List<Event> rows = rows(scene, choices);
        Listing<Event> listing =
                new Listing<>(
                        List.of(
                                Column.left(
                                        "events",
                                        8,
                                        8,
                                        0,
                                        e -> Cell.of(time(e.time()), Role.FAINT)),
                                Column.left("", 20, 400, 0, e -> Cell.of(e.text(), role(e)))),
                        EventPanel::id,
                        pencil.glyphs());
        listing.draw(area, rows, choices.list(Panel.EVENTS), Panel.EVENTS, focused, pencil.zones());
        if (rows.isEmpty() && area.height() > 1) {
            area.put(1, 1, "Nothing has happened so far.", Role.FAINT);
        }
    }

    private static Role role(Event event) {
        return event.kind().isHarmless() ? Role.TEXT : Role.WARNING;
    }

    /** Returns what somebody should look at now; notes are counted, and shown with the events. */
    static List<Alert> urgent(Scene scene) {
        return scene.alerts().stream().filter(a -> a.severity() != Severity.NOTE).toList();
    }

    /** Draws as many urgent alerts as fit, one line each; the last line counts the others. */
    void alerts(Area area, Scene scene) {
        List<Alert> alerts = urgent(scene);
        for (int i = 0; i < Math.min(area.height(), alerts.size()); i++) {
            boolean last = i == area.height() - 1 && alerts.size() > area.height();
            String text = alerts.get(i).text();
            int width = area.width() - 3;
            String more = last ? "  +" + (alerts.size() - area.height()) + " more" : "";
            Role role = role(alerts.get(i));
            int x = area.put(1, i, pencil.glyphs().alert() + " ", Style.bold(role));
            x = area.put(x, i, CellWidth.cut(text, width - more.length()), role);
            area.put(x, i, more, Role.FAINT);
        }
    }

    /** Returns how many rows all alerts take, each in full. */
    int rowsOfAlerts(Scene scene, int width) {
        return scene.alerts().stream().mapToInt(a -> lines(a, width).size()).sum();
    }

    private List<String> lines(Alert alert, int width) {
        return Wrapped.lines(alert.text(), width - 4);
    }

    /** Draws alerts in full, as many as fit. */
    void alertsInFull(Area area, Scene scene) {
        int y = 0;
        for (Alert alert : scene.alerts()) {
            area.put(1, y, pencil.glyphs().alert(), Style.bold(role(alert)));
            for (String line : lines(alert, area.width())) {
                area.put(3, y++, line, role(alert));
            }
        }
    }

    static Role role(Alert alert) {
        return switch (alert.severity()) {
            case CRITICAL -> Role.BAD;
            case WARNING -> Role.WARNING;
            case NOTE -> Role.TEXT;
        };
    }
}
