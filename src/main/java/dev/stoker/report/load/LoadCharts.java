package dev.stoker.report.load;

import dev.stoker.base.Reading;
import dev.stoker.load.Objective;
import dev.stoker.load.StepSummary;
import dev.stoker.load.Sweep;
import dev.stoker.report.draw.Figure;
import dev.stoker.report.draw.LineChart;
import dev.stoker.report.draw.Range;
import dev.stoker.report.draw.Scale;
import dev.stoker.report.draw.SvgChart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * What several loads say together: throughput and latency against the load, and against each other.
 * Either for closed loops (the load is the number of users) or for open ones (requests a second).
 * Pure.
 */
final class LoadCharts {
    private static final double WIDE = 8;
    private static final double TALL = 20;
    private static final int MOST_TICKS = 12;

    private final List<ReportedLoad> runs;
    private final boolean closed;

    /**
     * @param closed whether the closed loops of the runs are drawn, or the open ones
     */
    LoadCharts(List<ReportedLoad> runs, boolean closed) {
        this.runs = runs;
        this.closed = closed;
    }

    /** One line of a drawing. */
    private record Line(
            String name, List<StepSummary> steps, ToDoubleFunction<StepSummary> value) {}

    /** Returns the steps of a run that are drawn here, by their load. */
    private List<StepSummary> steps(ReportedLoad run) {
        return run.steps().stream()
                .filter(s -> closed ? s.started().users() > 0 : s.started().perSecond() > 0)
                .sorted(Comparator.comparingDouble(this::load))
                .toList();
    }

    private double load(StepSummary s) {
        return closed ? s.started().users() : s.started().perSecond();
    }

    /** Returns whether there is more than one load to draw. */
    boolean isEmpty() {
        return runs.stream().noneMatch(r -> steps(r).size() > 1);
    }

    String all() {
        return throughput() + latency() + against();
    }

    private String loadTitle() {
        return closed ? "users at once" : "requests a second, as asked";
    }

    private boolean hasTokens() {
        return runs.stream()
                .flatMap(r -> steps(r).stream())
                .allMatch(s -> s.outputTokensPerSecond().isKnown());
    }

    private static double tokens(StepSummary s) {
        return s.outputTokensPerSecond() instanceof Reading.Known<Double>(Double rate)
                ? rate
                : Double.NaN;
    }

    private static double requests(StepSummary s) {
        return s.requestsPerSecond() instanceof Reading.Known<Double>(Double rate)
                ? rate
                : Double.NaN;
    }

    private static double known(OptionalDouble value) {
        return value.orElse(Double.NaN);
    }

    private double throughput(StepSummary s) {
        return hasTokens() ? tokens(s) : requests(s);
    }

    private Range loads() {
        double[] all =
                runs.stream().flatMap(r -> steps(r).stream()).mapToDouble(this::load).toArray();
        double low = DoubleStream.of(all).min().orElse(1);
        double high = DoubleStream.of(all).max().orElse(1);
        return low > 0 && high / low >= WIDE
                ? Range.ofRatios(low / 1.15, high * 1.15)
                : new Range(0, Math.max(high, 1e-3) * 1.05, false);
    }

    /** Each load that was tried, while they are few; else round values. */
    private LineChart ticked(LineChart chart) {
        List<Double> loads =
                runs.stream()
                        .flatMap(r -> steps(r).stream())
                        .map(this::load)
                        .distinct()
                        .sorted()
                        .toList();
        return loads.size() <= MOST_TICKS ? chart.ticks(loads) : chart;
    }

    private String throughput() {
        String heading = "Throughput against the load";
        String unit = hasTokens() ? "output tokens a second" : "requests a second";
        List<Line> lines = new ArrayList<>();
        runs.forEach(r -> lines.add(new Line(name(r, ""), steps(r), this::throughput)));
        double most = most(lines);
        if (Double.isNaN(most)) {
            return SvgChart.absent(heading, "no throughput is known");
        }
        LineChart chart =
                ticked(new LineChart(heading, loadTitle(), loads(), unit, Range.upTo(most * 1.02)));
        draw(chart, lines, this::load, 1, unit);
        String knee = "";
        if (runs.size() == 1 && closed) {
            knee = knee(chart, steps(runs.getFirst()));
        }
        if (runs.size() == 1 && !closed) {
            Optional<StepSummary> best = Sweep.found(runs.getFirst().steps()).best();
            best.ifPresent(
                    s -> chart.vertical(load(s), "meets all: " + Figure.tick(load(s)) + "/s"));
            knee =
                    best.map(s ->
                                    " The mark is the highest rate tried that meets every"
                                            + " objective.")
                            .orElse("");
        }
        return chart.figure("Each dot is one load, measured when it was full." + knee);
    }

    private String knee(LineChart chart, List<StepSummary> closedSteps) {
        Optional<StepSummary> knee = Sweep.found(closedSteps).knee();
        if (knee.isEmpty() || closedSteps.size() < 3) {
            return "";
        }
        StepSummary at = knee.get();
        if (at.equals(closedSteps.getLast())) {
            return " Throughput still rises at the highest load that was tried: the knee is beyond"
                    + " it.";
        }
        chart.vertical(load(at), "knee: " + at.started().label());
        return " The knee is the fewest users that reach nine tenths of the highest throughput.";
    }

    private String latency() {
        String heading = "Latency against the load";
        List<Line> lines = latencyLines();
        double most = most(lines);
        if (Double.isNaN(most)) {
            return SvgChart.absent(heading, "no latency is known");
        }
        Scale scale = Scale.ofMillis(most);
        LineChart chart =
                ticked(
                        new LineChart(
                                heading, loadTitle(), loads(), scale.unit(), range(lines, scale)));
        draw(chart, lines, this::load, scale.size(), scale.unit());
        limits(chart, scale);
        return chart.figure(
                runs.size() == 1
                        ? "From the intended start. A percentile is drawn only where there are"
                                + " enough values for it."
                        : "Median time to the first token, from the intended start.");
    }

    private List<Line> latencyLines() {
        List<Line> lines = new ArrayList<>();
        if (runs.size() > 1) {
            runs.forEach(
                    r -> lines.add(new Line(name(r, ""), steps(r), s -> known(s.ttft().p50()))));
            return lines;
        }
        List<StepSummary> steps = steps(runs.getFirst());
        lines.add(new Line("TTFT p50", steps, s -> known(s.ttft().p50())));
        lines.add(new Line("TTFT p95", steps, s -> known(s.ttft().p95())));
        lines.add(new Line("E2E p50", steps, s -> known(s.e2e().p50())));
        lines.add(new Line("E2E p95", steps, s -> known(s.e2e().p95())));
        lines.removeIf(l -> Double.isNaN(most(List.of(l))));
        return lines;
    }

    private void limits(LineChart chart, Scale scale) {
        for (Objective o : runs.getFirst().objectives()) {
            if (o.figure() == Objective.Figure.TTFT || o.figure() == Objective.Figure.E2E) {
                chart.horizontal(scale.of(o.limitMillis()), o.text());
            }
        }
    }

    private Range range(List<Line> lines, Scale scale) {
        double most = scale.of(most(lines));
        double least = scale.of(least(lines));
        return least > 0 && most / least >= TALL
                ? Range.ofRatios(least / 1.2, most * 1.2)
                : Range.upTo(most * 1.02);
    }

    private String against() {
        String heading = "Latency against throughput";
        List<Line> lines = new ArrayList<>();
        runs.forEach(r ->
                lines.add(new Line(name(r, "TTFT p50"), steps(r), s -> known(s.ttft().p50()))));
        double most = most(lines);
        double mostThroughput =
                most(List.of(new Line("", steps(runs.getFirst()), this::throughput)));
        for (ReportedLoad r : runs) {
            mostThroughput =
                    max(mostThroughput, most(List.of(new Line("", steps(r), this::throughput))));
        }
        if (Double.isNaN(most) || Double.isNaN(mostThroughput)) {
            return SvgChart.absent(heading, "latency or throughput is not known");
        }
        Scale scale = Scale.ofMillis(most);
        LineChart chart =
                new LineChart(
                        heading,
                        hasTokens() ? "output tokens a second" : "requests a second",
                        Range.upTo(mostThroughput * 1.05),
                        "TTFT p50, " + scale.unit(),
                        range(lines, scale));
        draw(chart, lines, this::throughput, scale.size(), scale.unit());
        limits(chart, scale);
        if (runs.size() == 1) {
            List<StepSummary> steps = steps(runs.getFirst());
            for (StepSummary s : List.of(steps.getFirst(), steps.getLast())) {
                double x = throughput(s);
                double y = scale.of(known(s.ttft().p50()));
                if (!Double.isNaN(x) && !Double.isNaN(y)) {
                    chart.note(x, y, s.started().label());
                }
            }
        }
        return chart.figure(
                "Dots are joined in the order of the load: right is more work done, up is a longer"
                        + " wait.");
    }

    private static double max(double a, double b) {
        return Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.max(a, b);
    }

    private String name(ReportedLoad run, String one) {
        return runs.size() == 1 ? one : run.id();
    }

    private static void draw(
            LineChart chart,
            List<Line> lines,
            ToDoubleFunction<StepSummary> x,
            double size,
            String unit) {
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            double[] xs = line.steps().stream().mapToDouble(x).toArray();
            double[] ys =
                    line.steps().stream().mapToDouble(line.value()).map(v -> v / size).toArray();
            Function<Integer, String> says =
                    n ->
                            (line.name().isEmpty() ? "" : line.name() + ", ")
                                    + line.steps().get(n).started().label()
                                    + ": "
                                    + Figure.text(ys[n])
                                    + " "
                                    + unit;
            List<String> words = new ArrayList<>();
            for (int n = 0; n < ys.length; n++) {
                words.add(Double.isNaN(ys[n]) ? "" : says.apply(n));
            }
            chart.dottedLine(line.name(), i, xs, ys, words);
        }
    }

    private static double most(List<Line> lines) {
        return values(lines).max().orElse(Double.NaN);
    }

    private static double least(List<Line> lines) {
        return values(lines).min().orElse(Double.NaN);
    }

    private static DoubleStream values(List<Line> lines) {
        return lines.stream()
                .flatMapToDouble(l -> l.steps().stream().mapToDouble(l.value()))
                .filter(v -> !Double.isNaN(v));
    }
}
