package dev.stoker.cli;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.bench.BenchReport;
import dev.stoker.bench.ModelResult;
import dev.stoker.bench.ModelResult.Cleanup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * What stands below a benchmark's table: why a model failed, why a figure is missing, what did not
 * come back. The same reason of several models is said once. Pure.
 */
final class BenchRemarks {
    private final List<String> lines = new ArrayList<>();

    private BenchRemarks() {}

    /** Returns the sentences, in the order of their weight. */
    static List<String> of(BenchReport report) {
        BenchRemarks remarks = new BenchRemarks();
        remarks.outcomes(report);
        remarks.cleanups(report);
        remarks.missing(report, "no prompt rate", ModelResult::promptTokensPerSecond);
        remarks.missing(report, "no decode rate", ModelResult::decodeTokensPerSecond);
        remarks.missing(report, "no share on GPUs", ModelResult::modelBytes);
        remarks.circumstances(report);
        return List.copyOf(remarks.lines);
    }

    private void outcomes(BenchReport report) {
        for (ModelResult m : report.models()) {
            if (m.outcome() != Outcome.PASSED) {
                String word = m.outcome().name().toLowerCase(Locale.ROOT);
                lines.add(name(m) + " " + word + ": " + Text.plain(m.reason(), 600));
            }
        }
    }

    private void cleanups(BenchReport report) {
        for (ModelResult m : report.models()) {
            switch (m.cleanup()) {
                case Cleanup.Retained r ->
                        lines.add(
                                name(m)
                                        + " was unloaded, but "
                                        + r.bytes().binary()
                                        + " had not come back ten seconds later.");
                case Cleanup.StillLoaded _ ->
                        lines.add(name(m) + " is still in memory: the server did not let it go.");
                case Cleanup.Clean _, Cleanup.Unverified _, Cleanup.None _ -> {}
            }
        }
    }

    private void missing(
            BenchReport report, String what, Function<ModelResult, ? extends Reading<?>> figure) {
        Map<String, List<String>> byReason = new LinkedHashMap<>();
        for (ModelResult m : report.models()) {
            Reading<?> reading = figure.apply(m);
            if (m.outcome() == Outcome.PASSED && !reading.isKnown()) {
                byReason.computeIfAbsent(reading.reason(), r -> new ArrayList<>()).add(name(m));
            }
        }
        byReason.forEach((reason, names) ->
                lines.add(
                        (names.size() > 1 && names.size() == report.models().size()
                                        ? "All models"
                                        : String.join(", ", names))
                                + ": "
                                + what
                                + ", because "
                                + sentence(reason)));
    }

    private void circumstances(BenchReport report) {
        for (ModelResult m : report.models()) {
            if (m.restarts() > 0) {
                lines.add(
                        name(m)
                                + ": the server was restarted "
                                + (m.restarts() == 1 ? "once." : m.restarts() + " times."));
            }
            if (!m.alone()) {
                lines.add(
                        name(m)
                                + " was measured beside other models: its figures are shared"
                                + " ones.");
            }
        }
        if (report.unreadableLines() > 0) {
            lines.add(
                    report.unreadableLines()
                            + " line(s) of the journal could not be read and were left out.");
        }
        if (!report.pending().isEmpty()) {
            lines.add(
                    "Not run yet: "
                            + Text.plain(
                                    String.join(
                                            ", ",
                                            report.pending().stream()
                                                    .map(ModelName::shown)
                                                    .toList()),
                                    400)
                            + ". Go on with: stoker bench --resume "
                            + report.id());
        }
    }

    private static String name(ModelResult m) {
        return ModelName.shown(m.name());
    }

    private static String sentence(String reason) {
        String text = Text.plain(reason, 300);
        return text.endsWith(".") ? text : text + ".";
    }
}
