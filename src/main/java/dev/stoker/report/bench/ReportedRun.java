package dev.stoker.report.bench;

import dev.stoker.bench.BenchEvent;
import dev.stoker.bench.BenchReport;
import dev.stoker.history.Run;
import dev.stoker.history.Setting;
import dev.stoker.report.draw.Grid;
import dev.stoker.report.page.Page;
import dev.stoker.report.page.SettingTable;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * A run as a document needs it: everything comes from the run's files, so that an old run gives the
 * same document again. Immutable.
 *
 * @param report its figures
 * @param events what happened, with the stamps of every request
 * @param run the same as a run that can be compared, with the conditions it was made under
 * @param remarks what has to be known beside the figures, in sentences
 */
public record ReportedRun(
        BenchReport report, List<BenchEvent> events, Run run, List<String> remarks) {
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    public ReportedRun {
        events = List.copyOf(events);
        remarks = List.copyOf(remarks);
    }

    /** Returns when the run was started, in universal time. */
    String started() {
        return MINUTE.format(Instant.ofEpochMilli(report.header().startedEpochMillis()));
    }

    Setting setting() {
        return run.setting();
    }

    boolean isSimulated() {
        return report.header().simulatedBox().isPresent();
    }

    /** Returns those of the runs that were made on a simulated box. */
    static List<Page.Simulated> simulated(List<ReportedRun> runs) {
        return runs.stream()
                .flatMap(r ->
                        r.report().header().simulatedBox().stream()
                                .map(box -> new Page.Simulated(r.report().id(), box)))
                .toList();
    }

    /** Returns the table of the conditions. */
    static Grid settings(List<ReportedRun> runs) {
        return SettingTable.of(
                runs.stream().map(r -> r.report().id()).toList(),
                runs.stream().map(ReportedRun::setting).toList());
    }

    /** Returns whether the run was stopped from outside, or ended without a last word. */
    boolean isInterrupted() {
        BenchEvent last = null;
        for (BenchEvent e : events) {
            if (e instanceof BenchEvent.RunStarted || e instanceof BenchEvent.RunEnded) {
                last = e;
            }
        }
        return last instanceof BenchEvent.RunStarted
                || (last instanceof BenchEvent.RunEnded end && end.interrupted());
    }

    /** Returns how far the run got, in a few words. */
    String state() {
        int failures = report.failures();
        String failed = failures == 0 ? "" : ", " + count(failures, "model") + " failed";
        if (report.complete()) {
            return "complete" + failed;
        }
        String pending = count(report.pending().size(), "model") + " without a result yet";
        return (isInterrupted() ? "interrupted, " : "not complete, ") + pending + failed;
    }

    private static String count(int n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }
}
