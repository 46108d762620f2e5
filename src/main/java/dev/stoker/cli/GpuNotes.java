package dev.stoker.cli;

import dev.stoker.cli.Terminal.Colour;
import dev.stoker.gpu.GpuSample;
import dev.stoker.rules.Alert;

import java.util.ArrayList;
import java.util.List;

/**
 * What somebody should know about GPUs, each in one sentence with what to do: the alerts, and what
 * is no fault but explains dashes. Made for one terminal; used by one thread.
 */
final class GpuNotes {
    private final Terminal terminal;

    GpuNotes(Terminal terminal) {
        this.terminal = terminal;
    }

    List<String> lines(List<GpuSample> shown, List<Alert> alerts) {
        List<String> notes = new ArrayList<>(Alerts.lines(alerts, terminal));
        for (GpuSample gpu : shown) {
            gpu.trouble()
                    .filter(trouble -> !trouble.isFault())
                    .ifPresent(trouble ->
                            notes.addAll(
                                    Paragraph.lines(
                                            terminal.paint(Colour.FAINT, "·") + " ",
                                            "GPU " + gpu.device().index() + ": " + trouble.text(),
                                            "  ",
                                            terminal.columns())));
        }
        return notes;
    }
}
