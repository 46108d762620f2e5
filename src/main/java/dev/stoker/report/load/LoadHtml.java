package dev.stoker.report.load;

import dev.stoker.load.ClientFigures;
import dev.stoker.load.Objective;
import dev.stoker.load.StepSummary;
import dev.stoker.load.Sweep;
import dev.stoker.report.draw.Figure;
import dev.stoker.report.draw.Grid;
import dev.stoker.report.draw.Html;
import dev.stoker.report.page.Comparisons;
import dev.stoker.report.page.Page;
import dev.stoker.stats.LatencySummary;
import dev.stoker.stats.RatioHistogram;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Writes load tests as one HTML page. Pure. */
public final class LoadHtml {
    private LoadHtml() {}

    /**
     * @param runs at least one
     */
    public static String write(List<ReportedLoad> runs) {
        String title =
                runs.size() == 1
                        ? "Load test of " + shortName(runs.getFirst().header().model())
                        : "Load tests side by side";
        Html out = Page.begin(title, ReportedLoad.simulated(runs));
        if (runs.size() > 1) {
            together(out, runs);
        }
        runs.forEach(r -> run(out, r, runs.size() > 1));
        out.raw("<section><h2>Setting</h2>\n").raw(ReportedLoad.settings(runs).html());
        return Page.end(out.raw("</section>\n"));
    }

    /** A model that is named by its file is called by the file's name. */
    private static String shortName(String model) {
        String name = model.substring(model.lastIndexOf('/') + 1);
        return model.startsWith("/") && !name.isEmpty() ? name : model;
    }

    private static void together(Html out, List<ReportedLoad> runs) {
        out.raw("<section><h2>Figures side by side</h2>\n");
        out.raw(LoadTables.sideBySide(runs).html());
        out.raw("<div class=\"charts\">\n");
        curves(out, runs);
        if (runs.stream().allMatch(r -> r.steps().size() == 1)) {
            out.raw(distribution("Time to the first token", runs, Objective.Figure.TTFT));
            out.raw(distribution("Gaps between chunks", runs, Objective.Figure.ITL));
            out.raw(distribution("Whole request", runs, Objective.Figure.E2E));
        }
        out.raw("</div></section>\n");
        Comparisons.of(runs.stream().map(ReportedLoad::run).toList())
                .forEach(c -> Comparisons.html(out, c, "load"));
    }

    private static void curves(Html out, List<ReportedLoad> runs) {
        for (boolean closed : new boolean[] {true, false}) {
            LoadCharts charts = new LoadCharts(runs, closed);
            if (!charts.isEmpty()) {
                out.raw(charts.all());
            }
        }
    }

    private static String distribution(
            String heading, List<ReportedLoad> runs, Objective.Figure figure) {
        List<Distributions.One> all = new ArrayList<>();
        for (ReportedLoad run : runs) {
            for (StepSummary s : run.steps()) {
                StepDigest d = run.digest(s);
                RatioHistogram times =
                        switch (figure) {
                            case ITL -> d.itl;
                            case E2E -> d.e2e;
                            default -> d.ttft;
                        };
                LatencySummary summary =
                        switch (figure) {
                            case ITL -> s.itl();
                            case E2E -> s.e2e();
                            default -> s.ttft();
                        };
                String name = runs.size() > 1 ? run.id() : s.started().label();
                all.add(new Distributions.One(name, times, summary));
            }
        }
        List<Objective> limits =
                runs.getFirst().objectives().stream().filter(o -> o.figure() == figure).toList();
        return Distributions.of(
                heading, figure == Objective.Figure.ITL ? "gap" : "request", all, limits);
    }

    private static void run(Html out, ReportedLoad run, boolean oneOfSeveral) {
        out.raw("<section>").element("h2", "Run " + run.id());
        out.raw("<p class=\"state\">");
        out.element(run.isGood() ? "b class=\"good\"" : "b class=\"bad\"", run.state());
        out.text(", started " + run.started() + ", " + run.header().model()).raw(" on ");
        out.text(run.header().serverTitle() + " at " + run.header().serverUrl()).raw("</p>\n");
        if (run.steps().isEmpty()) {
            out.raw("<p class=\"none\">No load has begun in this run.</p></section>\n");
            return;
        }
        tiles(out, run);
        remarks(out, run);
        out.raw("<h3>Throughput</h3>\n").raw(LoadTables.throughput(run).html());
        out.raw("<h3>Latency</h3>\n");
        out.raw("<p class=\"key\">Milliseconds, from the intended start unless said otherwise; of");
        out.raw(" the requests that began after ramp and warm-up and ended well.</p>\n");
        out.raw(LoadTables.latency(run).html());
        failures(out, run);
        if (run.steps().size() > 1 && !oneOfSeveral) {
            out.raw("<h3>Load by load</h3>\n<div class=\"charts\">\n");
            curves(out, List.of(run));
            out.raw("</div>\n");
        }
        out.raw("<h3>Distributions</h3>\n<div class=\"charts\">\n");
        List<ReportedLoad> one = List.of(run);
        out.raw(distribution("Time to the first token", one, Objective.Figure.TTFT));
        out.raw(distribution("Gaps between chunks", one, Objective.Figure.ITL));
        out.raw(distribution("Whole request", one, Objective.Figure.E2E));
        out.raw("</div>\n");
        run.steps().forEach(s -> course(out, run, s));
        String server = Courses.server(run);
        if (!server.isEmpty()) {
            out.raw("<h3>The server meanwhile</h3>\n<div class=\"charts\">\n");
            out.raw(server).raw("</div>\n");
        }
        Grid client = LoadTables.client(run);
        if (!client.isEmpty()) {
            out.raw("<h3>The client itself</h3>\n").raw(client.html());
        }
        out.raw("</section>\n");
    }

    private static void course(Html out, ReportedLoad run, StepSummary step) {
        out.element("h3", "Course of the load: " + step.started().label());
        out.raw("<div class=\"charts\">\n").raw(Courses.of(run, step)).raw("</div>\n");
        out.raw("<details><summary>").text("The same as numbers").raw("</summary>\n");
        out.raw(LoadTables.course(run, step).html()).raw("</details>\n");
    }

    private static void remarks(Html out, ReportedLoad run) {
        List<String> remarks = run.remarks();
        if (!remarks.isEmpty()) {
            out.raw("<div class=\"remarks\"><ul>");
            remarks.forEach(r -> out.element("li", r));
            out.raw("</ul>");
            if (run.steps().stream()
                    .anyMatch(s -> s.client().map(ClientFigures::bottleneck).orElse(false))) {
                out.raw(
                        "<p>Figures of such a load are partly the client's own. Use fewer"
                                + " streams,");
                out.raw(" a quieter or faster machine, or several clients.</p>");
            }
            out.raw("</div>\n");
        }
    }

    private static void failures(Html out, ReportedLoad run) {
        Grid failures = LoadTables.failures(run);
        if (!failures.isEmpty()) {
            out.raw("<h3>Failures</h3>\n").raw(failures.html());
        }
    }

    private static void tiles(Html out, ReportedLoad run) {
        out.raw("<dl class=\"tiles\">\n");
        if (run.steps().size() == 1) {
            one(out, run.steps().getFirst());
        } else {
            several(out, run);
        }
        out.raw("</dl>\n");
    }

    private static void tile(Html out, String name, String figure, String below) {
        out.raw("<div>").element("dt", name).raw("<dd>").element("b", figure);
        out.element("small", below).raw("</dd></div>\n");
    }

    private static void one(Html out, StepSummary s) {
        tile(
                out,
                "Output tokens a second",
                s.outputTokensPerSecond().map(Figure::text).orElse(Figure.UNKNOWN),
                s.outputTokensPerSecond().isKnown()
                        ? s.requestsPerSecond().map(Figure::text).orElse(Figure.UNKNOWN)
                                + " requests/s"
                        : s.outputTokensPerSecond().reason());
        tile(out, "First token", median(s.ttft()), high(s.ttft()));
        tile(out, "Gap between chunks", median(s.itl()), high(s.itl()));
        tile(out, "Whole request", median(s.e2e()), high(s.e2e()));
        s.goodput()
                .ifPresent(g ->
                        tile(
                                out,
                                "Goodput",
                                Figure.percent(g) + " %",
                                "of the requests met every objective"));
        tile(
                out,
                "Requests",
                Figure.count(s.ok()) + " ok",
                s.failed() == 0 ? "none failed" : Figure.count(s.failed()) + " failed");
    }

    private static String median(LatencySummary l) {
        return l.p50().isPresent() ? Figure.text(l.p50().getAsDouble()) + " ms" : Figure.UNKNOWN;
    }

    private static String high(LatencySummary l) {
        if (l.p50().isEmpty()) {
            return "no request had one";
        }
        if (l.p99().isPresent()) {
            return "median; p99 " + Figure.text(l.p99().getAsDouble()) + " ms";
        }
        return l.p95().isPresent()
                ? "median; p95 " + Figure.text(l.p95().getAsDouble()) + " ms"
                : "median of " + Figure.count(l.n());
    }

    private static void several(Html out, ReportedLoad run) {
        Sweep.Found found = Sweep.found(run.steps());
        highest(
                        run,
                        s ->
                                s.outputTokensPerSecond()
                                        .map(OptionalDouble::of)
                                        .orElse(OptionalDouble.empty()))
                .ifPresent(s ->
                        tile(
                                out,
                                "Most output tokens a second",
                                s.outputTokensPerSecond().map(Figure::text).orElse(""),
                                "with " + s.started().label()));
        List<StepSummary> closed =
                run.steps().stream().filter(s -> s.started().users() > 0).toList();
        if (closed.size() >= 3) {
            found.knee()
                    .ifPresent(s -> {
                        boolean beyond = s.equals(closed.getLast());
                        tile(
                                out,
                                "Knee",
                                (beyond ? "beyond " : "") + s.started().label(),
                                beyond
                                        ? "throughput still rises there"
                                        : s.outputTokensPerSecond()
                                                        .map(Figure::text)
                                                        .orElse(Figure.UNKNOWN)
                                                + " output tok/s; more users bring little more");
                    });
        }
        if (!run.objectives().isEmpty()) {
            boolean open = run.steps().stream().anyMatch(s -> s.started().perSecond() > 0);
            if (open) {
                tile(
                        out,
                        "Highest rate within the objectives",
                        found.best().map(s -> s.started().label()).orElse("none"),
                        found.best()
                                .map(s ->
                                        "goodput " + Figure.percent(s.goodput().orElse(0.0)) + " %")
                                .orElse("no rate that was tried meets them all"));
            } else {
                long met = run.steps().stream().filter(StepSummary::meetsObjectives).count();
                tile(out, "Objectives", met + " of " + run.steps().size(), "loads met every one");
            }
        }
        tile(
                out,
                "Requests",
                Figure.count(run.summary().ok()) + " ok",
                run.summary().failed() == 0
                        ? "none failed"
                        : Figure.count(run.summary().failed()) + " failed");
    }

    private static Optional<StepSummary> highest(
            ReportedLoad run, Function<StepSummary, OptionalDouble> figure) {
        return run.steps().stream()
                .filter(s -> figure.apply(s).isPresent())
                .max((a, b) ->
                        Double.compare(
                                figure.apply(a).getAsDouble(), figure.apply(b).getAsDouble()));
    }
}
