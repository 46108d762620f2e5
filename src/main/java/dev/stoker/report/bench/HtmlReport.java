package dev.stoker.report.bench;

import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.bench.ModelResult;
import dev.stoker.report.bench.Happenings.Happening;
import dev.stoker.report.bench.IterationDots.Strip;
import dev.stoker.report.draw.Grid;
import dev.stoker.report.draw.Html;
import dev.stoker.report.page.Comparisons;
import dev.stoker.report.page.Page;

import java.util.List;

/**
 * Writes runs as one HTML page that needs nothing else: no script, no font, no picture from
 * anywhere. Its own policy forbids a browser to fetch something. Pure.
 */
public final class HtmlReport {
    private HtmlReport() {}

    /**
     * @param runs at least one
     */
    public static String write(List<ReportedRun> runs) {
        String title =
                runs.size() == 1
                        ? "Benchmark of " + runs.getFirst().report().header().serverTitle()
                        : "Benchmarks side by side";
        Html out = Page.begin(title, ReportedRun.simulated(runs));
        if (runs.size() > 1) {
            out.raw("<section><h2>Figures side by side</h2>\n");
            out.raw(
                    "<p class=\"key\">Mean ± standard deviation; below it smallest–largest and"
                            + " the");
            out.raw(" number of values.</p>\n");
            out.raw(Tables.sideBySide(runs).html()).raw("</section>\n");
            Comparisons.of(runs.stream().map(ReportedRun::run).toList())
                    .forEach(c -> Comparisons.html(out, c, "model"));
        }
        runs.forEach(r -> run(out, r));
        out.raw("<section><h2>Setting</h2>\n").raw(ReportedRun.settings(runs).html());
        return Page.end(out.raw("</section>\n"));
    }

    private static void run(Html out, ReportedRun run) {
        out.raw("<section>").element("h2", "Run " + run.report().id());
        boolean bad = run.report().failures() > 0 || !run.report().complete();
        out.raw("<p class=\"state\">")
                .element(bad ? "b class=\"bad\"" : "b class=\"good\"", run.state());
        out.text(", started " + run.started());
        out.raw(", ").text(run.report().header().serverTitle());
        out.raw(" at ").text(run.report().header().serverUrl()).raw("</p>\n");
        Grid result = Tables.result(run);
        if (result.isEmpty()) {
            out.raw("<p class=\"none\">No model has had its turn in this run.</p>\n");
        } else {
            out.raw("<p class=\"key\">Mean ± standard deviation over the iterations; below it");
            out.raw(" smallest–largest and the number of values.</p>\n");
            out.raw(result.html());
        }
        if (!run.remarks().isEmpty()) {
            out.raw("<h3>To know</h3><ul>");
            run.remarks().forEach(r -> out.element("li", r));
            out.raw("</ul>\n");
        }
        out.raw("</section>\n");
        run.report().models().stream()
                .filter(m -> m.outcome() != Outcome.SKIPPED || m.requestsOk() > 0)
                .forEach(m -> model(out, run, m));
        happenings(out, Happenings.of(run.events()));
    }

    private static void model(Html out, ReportedRun run, ModelResult m) {
        ModelRequests requests = new ModelRequests(run.events(), m.name());
        String first = run.report().header().request().prompts().getFirst().name();
        out.raw("<section class=\"model\">").element("h3", m.name());
        out.raw("<div class=\"charts\">\n");
        out.raw(
                IterationDots.of(
                        List.of(
                                new Strip(
                                        "decode tok/s",
                                        requests.decodeTokensPerSecond(),
                                        m.decodeTokensPerSecond()),
                                new Strip("TTFT ms", requests.ttftMillis(first), m.ttftMillis()),
                                new Strip("load s", requests.loads(), m.loadSeconds()))));
        out.raw(GapHistogram.of(requests.gapsMillis(), requests.count()));
        out.raw(MemoryBars.of(m.memory()));
        out.raw(MemoryTimeline.of(run.events(), m.name()));
        out.raw(ChunkTimeline.of(requests.all()));
        out.raw("</div>\n");
        Grid prompts = Tables.prompts(m);
        if (!prompts.isEmpty()) {
            out.raw("<h4>By prompt</h4>\n").raw(prompts.html());
        }
        SuiteSection.html(out, m);
        out.raw("</section>\n");
    }

    private static void happenings(Html out, List<Happening> happenings) {
        out.raw("<section><h3>What happened</h3>\n");
        if (happenings.isEmpty()) {
            out.raw("<p class=\"none\">Nothing is noted in this run.</p>");
        }
        out.raw("<ul class=\"events\">\n");
        for (Happening h : happenings) {
            out.raw(h.bad() ? "<li class=\"bad\">" : "<li>");
            out.element("time", h.time()).raw(" ").text((h.bad() ? "✗ " : "") + h.sentence());
            out.raw("</li>\n");
        }
        out.raw("</ul></section>\n");
    }
}
