package dev.stoker.report.load;

import dev.stoker.history.Run;
import dev.stoker.history.Setting;
import dev.stoker.load.ClientFigures;
import dev.stoker.load.LoadEvents;
import dev.stoker.load.LoadHeader;
import dev.stoker.load.LoadRuns;
import dev.stoker.load.LoadSummary;
import dev.stoker.load.Objective;
import dev.stoker.load.StepSummary;
import dev.stoker.report.draw.Grid;
import dev.stoker.report.page.Page;
import dev.stoker.report.page.SettingTable;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A load test as a document needs it, made from its events alone. Of any number of requests it
 * keeps a bounded amount. Not to be changed once it is read.
 */
public final class ReportedLoad {
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final LoadSummary summary;
    private final List<Objective> objectives;
    private final Map<Integer, StepDigest> digests;
    private final Run run;

    private ReportedLoad(
            LoadSummary summary,
            List<Objective> objectives,
            Map<Integer, StepDigest> digests,
            Run run) {
        this.summary = summary;
        this.objectives = objectives;
        this.digests = digests;
        this.run = run;
    }

    /**
     * Reads the events twice, and keeps none of them.
     *
     * @param setting the conditions that the test was made under
     */
    public static ReportedLoad read(LoadHeader header, LoadEvents events, Setting setting) {
        Map<Integer, StepDigest> digests = new TreeMap<>();
        LoadRuns.Measured measured =
                LoadRuns.read(
                        header,
                        setting,
                        events,
                        (event, window) ->
                                digests.computeIfAbsent(event.step(), _ -> new StepDigest(window))
                                        .add(event));
        return new ReportedLoad(measured.summary(), header.objectives(), digests, measured.run());
    }

    LoadSummary summary() {
        return summary;
    }

    LoadHeader header() {
        return summary.header();
    }

    List<StepSummary> steps() {
        return summary.steps();
    }

    List<Objective> objectives() {
        return objectives;
    }

    StepDigest digest(StepSummary step) {
        return Objects.requireNonNull(digests.get(step.index()), "a step without events");
    }

    Run run() {
        return run;
    }

    Setting setting() {
        return run.setting();
    }

    String id() {
        return header().id();
    }

    String started() {
        return MINUTE.format(Instant.ofEpochMilli(header().startedEpochMillis()));
    }

    /** Returns whether every step ran to its end and no request failed. */
    boolean isGood() {
        return summary.failed() == 0
                && !steps().isEmpty()
                && steps().stream().allMatch(s -> s.why().equals("done"));
    }

    /** Returns how far the test got, in a few words. */
    String state() {
        if (steps().isEmpty()) {
            return "not begun";
        }
        List<String> words = new ArrayList<>();
        words.add(
                steps().stream().allMatch(s -> s.why().equals("done"))
                        ? "complete"
                        : steps().stream().anyMatch(s -> s.why().equals("error-rate"))
                                ? "stopped, as too many requests failed"
                                : "interrupted");
        if (summary.failed() > 0) {
            words.add(Words.count(summary.failed(), "request") + " failed");
        }
        return String.join(", ", words);
    }

    /** Returns what has to be known beside the figures, in sentences. */
    List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        boolean several = steps().size() > 1;
        for (StepSummary s : steps()) {
            String where = several ? s.started().label() + ": " : "";
            switch (s.why()) {
                case "error-rate" ->
                        remarks.add(where + "stopped early, as too many requests failed.");
                case "interrupted" -> remarks.add(where + "interrupted by the user.");
                case "killed" ->
                        remarks.add(where + "the program was killed; this is what was saved.");
                default -> {}
            }
            if (s.unfinished() > 0) {
                remarks.add(
                        where
                                + Words.count(s.unfinished(), "request")
                                + " not over when the load was stopped; counted as neither good nor"
                                + " bad.");
            }
            if (!s.steady()) {
                remarks.add(
                        where
                                + "too few requests for a steady window; its rates are of the whole"
                                + " load, with its beginning and its end.");
            }
            s.client()
                    .filter(ClientFigures::bottleneck)
                    .ifPresent(c ->
                            remarks.add(
                                    where
                                            + "the client was the bottleneck: "
                                            + String.join("; ", c.reasons())
                                            + "."));
        }
        return remarks;
    }

    /** Returns those of the runs that were made on a simulated box. */
    static List<Page.Simulated> simulated(List<ReportedLoad> runs) {
        return runs.stream()
                .flatMap(r ->
                        r.header().simulatedBox().stream()
                                .map(box -> new Page.Simulated(r.id(), box)))
                .toList();
    }

    /** Returns the table of the conditions. */
    static Grid settings(List<ReportedLoad> runs) {
        return SettingTable.of(
                runs.stream().map(ReportedLoad::id).toList(),
                runs.stream().map(ReportedLoad::setting).toList());
    }
}
