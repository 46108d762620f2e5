package dev.stoker.report.bench;

import dev.stoker.bench.ModelResult;
import dev.stoker.report.bench.Happenings.Happening;
import dev.stoker.report.draw.Grid;
import dev.stoker.report.page.Comparisons;

import java.util.List;

/** Writes runs as Markdown: the page's tables and sentences, without its drawings. Pure. */
public final class MarkdownReport {
    private MarkdownReport() {}

    /**
     * @param runs at least one
     */
    public static String write(List<ReportedRun> runs) {
        StringBuilder out = new StringBuilder();
        out.append(runs.size() == 1 ? "# Benchmark\n\n" : "# Benchmarks side by side\n\n");
        ReportedRun.simulated(runs)
                .forEach(s ->
                        out.append("**SIMULATED:** ")
                                .append(Grid.safe(s.sentence()))
                                .append("\n\n"));
        if (runs.size() > 1) {
            out.append(Tables.sideBySide(runs).markdown());
            Comparisons.of(runs.stream().map(ReportedRun::run).toList())
                    .forEach(c -> Comparisons.markdown(out, c, "model"));
        }
        runs.forEach(r -> run(out, r));
        out.append("## Setting\n\n").append(ReportedRun.settings(runs).markdown());
        return out.toString();
    }

    private static void run(StringBuilder out, ReportedRun run) {
        out.append("## Run ").append(Grid.safe(run.report().id())).append("\n\n");
        out.append(Grid.safe(run.state())).append(", started ").append(run.started());
        out.append(", ").append(Grid.safe(run.report().header().serverTitle())).append(" at ");
        out.append(Grid.safe(run.report().header().serverUrl())).append("\n\n");
        Grid result = Tables.result(run);
        out.append(
                result.isEmpty()
                        ? "No model has had its turn in this run.\n\n"
                        : result.markdown());
        run.remarks().forEach(r -> out.append("- ").append(Grid.safe(r)).append('\n'));
        out.append('\n');
        for (ModelResult m : run.report().models()) {
            Grid prompts = Tables.prompts(m);
            if (!prompts.isEmpty()) {
                out.append("### ").append(Grid.safe(m.name())).append("\n\n");
                out.append(prompts.markdown());
                SuiteSection.markdown(out, m);
            }
        }
        out.append("### What happened\n\n");
        for (Happening h : Happenings.of(run.events())) {
            out.append("- ").append(h.time()).append(h.bad() ? " ✗ " : " ");
            out.append(Grid.safe(h.sentence())).append('\n');
        }
        out.append('\n');
    }
}
