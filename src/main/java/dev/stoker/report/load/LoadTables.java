package dev.stoker.report.load;

import dev.stoker.base.Reading;
import dev.stoker.load.ClientFigures;
import dev.stoker.load.StepSummary;
import dev.stoker.report.draw.Cell;
import dev.stoker.report.draw.Figure;
import dev.stoker.report.draw.Grid;
import dev.stoker.stats.LatencySummary;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The tables of load tests, the same in HTML and in Markdown. Pure. */
final class LoadTables {
    private LoadTables() {}

    /** How much each load brought, one row a load. */
    static Grid throughput(ReportedLoad run) {
        boolean promised = !run.objectives().isEmpty();
        List<String> columns =
                new ArrayList<>(
                        List.of(
                                "load",
                                "sent",
                                "ok",
                                "failed",
                                "measured s",
                                "output tok/s",
                                "requests/s",
                                "output tokens",
                                "prompt tokens"));
        if (promised) {
            columns.add("goodput %");
        }
        Grid grid = new Grid(columns).wide("How much each load brought");
        for (StepSummary s : run.steps()) {
            List<Cell> row = new ArrayList<>();
            row.add(new Cell(s.started().label(), s.why().equals("done") ? "" : s.why(), ""));
            row.add(new Cell(count(s.sent()), before(s), ""));
            row.add(Cell.of(count(s.ok())));
            row.add(new Cell(count(s.failed()), unfinished(s), ""));
            row.add(new Cell(Figure.text(s.windowSeconds()), s.steady() ? "" : "not steady", ""));
            row.add(rate(s.outputTokensPerSecond()));
            row.add(rate(s.requestsPerSecond()));
            row.add(Cell.of(s.outputTokens(), n -> Cell.of(count(n))));
            row.add(Cell.of(s.promptTokens(), n -> Cell.of(count(n))));
            if (promised) {
                row.add(
                        s.goodput()
                                .map(g -> new Cell(Figure.percent(g), verdicts(run, s), ""))
                                .orElse(Cell.unknown("no request was measured")));
            }
            grid.row(row);
        }
        return grid;
    }

    private static String before(StepSummary s) {
        return s.lead() > 0 ? count(s.lead()) + " before measuring" : "";
    }

    private static String unfinished(StepSummary s) {
        return s.unfinished() > 0 ? count(s.unfinished()) + " not over" : "";
    }

    private static String verdicts(ReportedLoad run, StepSummary s) {
        return run.objectives().stream()
                .map(o -> (s.verdicts().getOrDefault(o.text(), false) ? "✓ " : "✗ ") + o.text())
                .collect(Collectors.joining(", "));
    }

    private static Cell rate(Reading<Double> rate) {
        return Cell.of(rate, r -> Cell.of(Figure.text(r)));
    }

    private static String count(long n) {
        return Figure.count(n);
    }

    /** The figures of time, in the order in which they are shown. */
    static Map<String, Function<StepSummary, LatencySummary>> latencies(ReportedLoad run) {
        boolean open = run.steps().stream().anyMatch(s -> s.started().users() == 0);
        boolean reasoning = run.steps().stream().anyMatch(s -> !s.ttfa().equals(s.ttft()));
        Map<String, Function<StepSummary, LatencySummary>> figures = new LinkedHashMap<>();
        figures.put("TTFT", StepSummary::ttft);
        if (open) {
            figures.put("TTFT from send", StepSummary::ttftSent);
        }
        if (reasoning) {
            figures.put("TTFA", StepSummary::ttfa);
        }
        figures.put(isPerToken(run) ? "ITL per token" : "ITL per chunk", StepSummary::itl);
        figures.put("TPOT", StepSummary::tpot);
        figures.put("E2E", StepSummary::e2e);
        if (open) {
            figures.put("E2E from send", StepSummary::e2eSent);
            figures.put("Dispatch delay", StepSummary::dispatchDelay);
        }
        return figures;
    }

    static boolean isPerToken(ReportedLoad run) {
        return run.steps().stream()
                .allMatch(s -> s.tokensPerChunk().orElse(s.ok() == 0 ? 1 : 2) < 1.1);
    }

    /**
     * The latencies, one row a figure and a load; all numbers of a figure have the same decimals.
     */
    static Grid latency(ReportedLoad run) {
        boolean several = run.steps().size() > 1;
        List<String> columns = new ArrayList<>(List.of("ms"));
        if (several) {
            columns.add("load");
        }
        columns.addAll(List.of("n", "mean", "sd", "min", "p50", "p90", "p95", "p99", "max"));
        Grid grid = new Grid(columns).wide("Latencies in milliseconds");
        latencies(run)
                .forEach((name, figure) -> {
                    double size =
                            run.steps().stream()
                                    .map(figure)
                                    .mapToDouble(LoadTables::size)
                                    .min()
                                    .orElse(1);
                    for (StepSummary s : run.steps()) {
                        LatencySummary l = figure.apply(s);
                        if (s.sent() == 0) {
                            continue;
                        }
                        List<Cell> row = new ArrayList<>(List.of(Cell.of(name)));
                        if (several) {
                            row.add(Cell.of(s.started().label()));
                        }
                        row.add(Cell.of(count(l.n())));
                        row.add(figure(l.mean(), size, ""));
                        row.add(figure(l.sd(), size, "a standard deviation needs two values"));
                        row.add(figure(l.min(), size, ""));
                        row.add(figure(l.p50(), size, ""));
                        row.add(figure(l.p90(), size, "p90 is shown from 64 values on"));
                        row.add(figure(l.p95(), size, "p95 is shown from 130 values on"));
                        row.add(figure(l.p99(), size, "p99 is shown from 662 values on"));
                        row.add(figure(l.max(), size, ""));
                        grid.row(row);
                    }
                });
        return grid;
    }

    /** Where the spread is small its digits count too. */
    private static double size(LatencySummary l) {
        return Math.min(l.p50().orElse(1000), l.sd().orElse(1000) * 50);
    }

    private static Cell figure(OptionalDouble value, double size, String reason) {
        return value.isPresent()
                ? Cell.of(Figure.like(value.getAsDouble(), size))
                : Cell.unknown(reason.isEmpty() ? "no request had one" : reason);
    }

    /** Failures by kind, with the first one's own words. */
    static Grid failures(ReportedLoad run) {
        Grid grid = new Grid("load", "kind", "requests", "of those sent %", "the first one");
        for (StepSummary s : run.steps()) {
            new TreeMap<>(s.failures())
                    .forEach((kind, n) ->
                            grid.row(
                                    List.of(
                                            Cell.of(s.started().label()),
                                            Cell.of(kind),
                                            Cell.of(count(n)),
                                            Cell.of(Figure.percent(n / (double) s.sent())),
                                            Cell.of(
                                                    run.digest(s)
                                                            .failures
                                                            .getOrDefault(kind, "")))));
        }
        return grid;
    }

    /** How the load tester itself fared. */
    static Grid client(ReportedLoad run) {
        Grid grid =
                new Grid(
                                "load",
                                "CPU s",
                                "CPU %",
                                "loop busy %",
                                "stamps late, p99 ms",
                                "stamps late, max ms",
                                "GC pauses ms",
                                "begun late, p99 ms",
                                "held back",
                                "bottleneck")
                        .wide("How the client itself fared");
        for (StepSummary s : run.steps()) {
            if (s.client().isEmpty()) {
                continue;
            }
            ClientFigures c = s.client().get();
            String why = "the system or the connection does not tell";
            double elapsed = c.elapsedSeconds();
            OptionalDouble share =
                    c.cpuSeconds().isPresent() && elapsed > 0
                            ? OptionalDouble.of(c.cpuSeconds().getAsDouble() / elapsed * 100)
                            : OptionalDouble.empty();
            grid.row(
                    List.of(
                            Cell.of(s.started().label()),
                            value(c.cpuSeconds(), why),
                            value(share, why),
                            value(percent(c.busyShare()), why),
                            value(c.lagP99Millis(), why),
                            value(c.lagMaxMillis(), why),
                            Cell.of(Figure.text(c.gcPauseMillis())),
                            s.started().users() > 0
                                    ? Cell.unknown("a closed loop has no schedule to be late for")
                                    : Cell.of(Figure.text(c.lateP99Millis())),
                            Cell.of(count(c.held())),
                            Cell.of(c.bottleneck() ? "✗ yes" : "no")));
        }
        return grid;
    }

    private static OptionalDouble percent(OptionalDouble share) {
        return share.isPresent()
                ? OptionalDouble.of(share.getAsDouble() * 100)
                : OptionalDouble.empty();
    }

    private static Cell value(OptionalDouble value, String reason) {
        return value.isPresent() ? Cell.of(Figure.text(value.getAsDouble())) : Cell.unknown(reason);
    }

    /** The same loads of several runs side by side, one row a load and a figure. */
    static Grid sideBySide(List<ReportedLoad> runs) {
        List<String> columns = new ArrayList<>(List.of("load", "figure"));
        runs.forEach(r -> columns.add(r.id()));
        Grid grid = new Grid(columns).wide("Figures of the runs side by side");
        Set<String> labels = new LinkedHashSet<>();
        runs.forEach(r -> r.steps().forEach(s -> labels.add(s.started().label())));
        for (String label : labels) {
            row(grid, runs, label, "output tok/s", s -> rate(s.outputTokensPerSecond()));
            row(grid, runs, label, "requests/s", s -> rate(s.requestsPerSecond()));
            row(grid, runs, label, "TTFT p50 ms", s -> median(s.ttft()));
            row(grid, runs, label, "ITL p50 ms", s -> median(s.itl()));
            row(grid, runs, label, "E2E p50 ms", s -> median(s.e2e()));
            row(grid, runs, label, "failed", s -> Cell.of(count(s.failed())));
        }
        return grid;
    }

    private static Cell median(LatencySummary l) {
        return value(l.p50(), "no request had one");
    }

    private static void row(
            Grid grid,
            List<ReportedLoad> runs,
            String label,
            String title,
            Function<StepSummary, Cell> figure) {
        List<Cell> row = new ArrayList<>(List.of(Cell.of(label), Cell.of(title)));
        for (ReportedLoad run : runs) {
            row.add(
                    run.steps().stream()
                            .filter(s -> s.started().label().equals(label))
                            .findFirst()
                            .map(figure)
                            .orElse(Cell.unknown("this run did not try the load")));
        }
        grid.row(row);
    }

    /** The course of a step as numbers: the drawing's equivalent. */
    static Grid course(ReportedLoad run, StepSummary step) {
        Timeline t = run.digest(step).timeline;
        int rows = 12;
        int each = Timeline.STRETCHES / rows;
        double[] tokens = t.tokensPerSecond();
        double[] flying = t.inFlight();
        Grid grid = new Grid("from s", "to s", "output tok/s", "in flight", "begun", "failed");
        for (int i = 0; i < Timeline.STRETCHES; i += each) {
            grid.row(
                    List.of(
                            Cell.of(Figure.text(i * t.lengthSeconds())),
                            Cell.of(Figure.text((i + each) * t.lengthSeconds())),
                            t.isUncounted()
                                    ? Cell.unknown("the server gave no count for some answers")
                                    : Cell.of(Figure.text(mean(tokens, i, each))),
                            Cell.of(Figure.text(mean(flying, i, each))),
                            Cell.of(count(t.begun(i, i + each))),
                            Cell.of(count(t.failed(i, i + each)))));
        }
        return grid;
    }

    private static double mean(double[] values, int from, int n) {
        double sum = 0;
        for (int i = from; i < from + n; i++) {
            sum += values[i];
        }
        return sum / n;
    }
}
