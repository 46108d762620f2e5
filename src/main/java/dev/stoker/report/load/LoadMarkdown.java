package dev.stoker.report.load;

import dev.stoker.report.draw.Grid;
import dev.stoker.report.page.Comparisons;

import java.util.List;

/** Writes load tests as Markdown: the page's tables and sentences, without its drawings. Pure. */
public final class LoadMarkdown {
    private LoadMarkdown() {}

    /**
     * @param runs at least one
     */
    public static String write(List<ReportedLoad> runs) {
        StringBuilder out = new StringBuilder();
        out.append(runs.size() == 1 ? "# Load test\n\n" : "# Load tests side by side\n\n");
        ReportedLoad.simulated(runs)
                .forEach(s ->
                        out.append("**SIMULATED:** ")
                                .append(Grid.safe(s.sentence()))
                                .append("\n\n"));
        if (runs.size() > 1) {
            out.append(LoadTables.sideBySide(runs).markdown());
            Comparisons.of(runs.stream().map(ReportedLoad::run).toList())
                    .forEach(c -> Comparisons.markdown(out, c, "load"));
        }
        runs.forEach(r -> run(out, r));
        out.append("## Setting\n\n").append(ReportedLoad.settings(runs).markdown());
        return out.toString();
    }

    private static void run(StringBuilder out, ReportedLoad run) {
        out.append("## Run ").append(Grid.safe(run.id())).append("\n\n");
        out.append(Grid.safe(run.state())).append(", started ").append(run.started());
        out.append(", ").append(Grid.safe(run.header().model())).append(" on ");
        out.append(Grid.safe(run.header().serverTitle())).append(" at ");
        out.append(Grid.safe(run.header().serverUrl())).append("\n\n");
        if (run.steps().isEmpty()) {
            out.append("No load has begun in this run.\n\n");
            return;
        }
        run.remarks().forEach(r -> out.append("- ").append(Grid.safe(r)).append('\n'));
        out.append("\n### Throughput\n\n").append(LoadTables.throughput(run).markdown());
        out.append("### Latency\n\n").append(LoadTables.latency(run).markdown());
        section(out, "Failures", LoadTables.failures(run));
        section(out, "The client itself", LoadTables.client(run));
    }

    private static void section(StringBuilder out, String title, Grid grid) {
        if (!grid.isEmpty()) {
            out.append("### ").append(title).append("\n\n").append(grid.markdown());
        }
    }
}
