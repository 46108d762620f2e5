package dev.stoker.cli;

import dev.stoker.base.Reading;
import dev.stoker.cli.Terminal.Colour;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.ThrottleReason;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What somebody should know about GPUs, each in one sentence with what to do. Made for one
 * terminal; used by one thread.
 */
final class GpuNotes {
    private final Terminal terminal;

    GpuNotes(Terminal terminal) {
        this.terminal = terminal;
    }

    /** What somebody should know, each in one sentence with what to do. */
    List<String> lines(GpuPicture picture, List<GpuSample> shown) {
        List<String> notes = new ArrayList<>();
        for (GpuTrouble trouble : picture.troubles()) {
            note(notes, Colour.BAD, trouble.text());
        }
        for (GpuSample gpu : shown) {
            String who = "GPU " + gpu.device().index() + ": ";
            gpu.trouble()
                    .filter(GpuTrouble::isFault)
                    .ifPresent(trouble -> note(notes, Colour.BAD, who + trouble.text()));
            gpu.trouble()
                    .filter(trouble -> !trouble.isFault())
                    .ifPresent(trouble -> note(notes, Colour.FAINT, who + trouble.text()));
            slowed(gpu).ifPresent(words -> note(notes, Colour.BAD, who + words));
            linksDown(gpu).ifPresent(words -> note(notes, Colour.WARNING, who + words));
            count(
                    notes,
                    gpu,
                    GpuMetric.ECC_UNCORRECTED,
                    "# uncorrected memory errors since the driver was loaded: results may be"
                            + " wrong; stop what uses it and reset it.");
            count(
                    notes,
                    gpu,
                    GpuMetric.ROW_REMAP_PENDING,
                    "faulty memory rows wait to be replaced, which the next reset of the GPU"
                            + " does.");
            count(
                    notes,
                    gpu,
                    GpuMetric.ROW_REMAP_FAILED,
                    "a faulty memory row could not be replaced: the board is to be exchanged.");
        }
        return notes;
    }

    private static Optional<String> slowed(GpuSample gpu) {
        List<String> why =
                GpuTable.worstFirst(gpu).stream()
                        .filter(r -> r.effect() == ThrottleReason.Effect.HARMFUL)
                        .map(ThrottleReason::sentence)
                        .toList();
        if (why.isEmpty()) {
            return Optional.empty();
        }
        String now = GpuTable.megahertz(gpu.value(GpuMetric.CLOCK));
        String most = GpuTable.megahertz(gpu.value(GpuMetric.CLOCK_MAX));
        Reading<Double> heat = gpu.value(GpuMetric.TEMPERATURE);
        String at =
                (now.isEmpty() || most.isEmpty() ? "" : now + " of " + most + " MHz")
                        + (heat.isKnown() ? " at " + Math.round(heat.value()) + " °C" : "");
        return Optional.of((at.isBlank() ? "" : at.strip() + ", ") + String.join("; ", why) + ".");
    }

    private static Optional<String> linksDown(GpuSample gpu) {
        Reading<Double> total = gpu.value(GpuMetric.NVLINK_TOTAL);
        Reading<Double> active = gpu.value(GpuMetric.NVLINK_ACTIVE);
        return total.isKnown() && active.isKnown() && active.value() < total.value()
                ? Optional.of(
                        Math.round(total.value() - active.value())
                                + " of "
                                + Math.round(total.value())
                                + " NVLinks are down.")
                : Optional.empty();
    }

    private void count(List<String> notes, GpuSample gpu, GpuMetric metric, String words) {
        long value = Math.round(gpu.value(metric).orElse(0.0));
        if (value > 0) {
            String text = words.replace("#", Long.toString(value));
            note(notes, Colour.BAD, "GPU " + gpu.device().index() + ": " + text);
        }
    }

    private void note(List<String> notes, Colour colour, String text) {
        notes.addAll(
                Paragraph.lines(terminal.paint(colour, "!") + " ", text, "  ", terminal.columns()));
    }
}
