package dev.stoker.tui;

import dev.stoker.base.Clock;
import dev.stoker.tui.feed.Update;
import dev.stoker.tui.screen.Grid;
import dev.stoker.tui.screen.Paint;
import dev.stoker.tui.view.Choices;
import dev.stoker.tui.view.TopScreen;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One screenful as lines, for pipes and for a look in passing. Used by one thread. */
public final class OneScreen {
    private final Host host;

    public OneScreen(String name, Clock clock) {
        this.host = new Host(name, false, clock);
    }

    public void take(Update update) {
        host.take(update);
    }

    /**
     * Returns the lines.
     *
     * @param paint colours them
     * @param coloured whether to
     */
    public List<String> lines(int columns, Top.Settings settings, Paint paint, boolean coloured) {
        Grid grid =
                new TopScreen(settings.glyphs(), settings.zone())
                        .once(
                                columns,
                                host.scene(false, Duration.ofSeconds(1)),
                                new Choices(settings.theme()));
        List<String> lines = new ArrayList<>();
        for (int y = 0; y < grid.height(); y++) {
            lines.add(coloured ? grid.row(y, paint) : grid.row(y));
        }
        while (!lines.isEmpty() && lines.getLast().isBlank()) {
            lines.removeLast();
        }
        return lines;
    }
}
