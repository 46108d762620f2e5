package dev.stoker.report.load;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.load.LoadEvent;
import dev.stoker.load.Objective;
import dev.stoker.load.StepSummary;
import dev.stoker.report.draw.Figure;
import dev.stoker.report.draw.LineChart;
import dev.stoker.report.draw.Range;
import dev.stoker.report.draw.Scale;
import dev.stoker.report.draw.SvgChart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/** What happened in the course of a load: tokens, requests, first tokens, the server. Pure. */
final class Courses {
    private static final double TALL = 20;

    private Courses() {}

    static String of(ReportedLoad run, StepSummary step) {
        StepDigest digest = run.digest(step);
        return tokens(step, digest) + requests(digest) + firstTokens(run, digest);
    }

    private static LineChart chart(String heading, StepDigest digest, String yTitle, Range y) {
        double end = digest.timeline.endSeconds();
        Scale scale = Scale.ofSeconds(end);
        LineChart chart =
                new LineChart(
                        heading,
                        scale.unit() + " since the beginning of the load",
                        new Range(0, scale.of(end), false),
                        yTitle,
                        y);
        boolean lead = digest.window.from() > 0;
        boolean drain = digest.window.to() < digest.window.end();
        chart.shade(0, scale.of(Math.min(end, digest.window.from() / 1e9)));
        chart.shade(scale.of(Math.min(end, digest.window.to() / 1e9)), scale.of(end));
        if (lead || drain) {
            chart.legend(
                    (lead ? "ramp and warm-up" : "")
                            + (lead && drain ? ", " : "")
                            + (drain ? "drain" : "")
                            + ": not measured",
                    "cut",
                    "M0 0h20v8h-20z");
        }
        return chart;
    }

    private static double end(StepDigest digest) {
        return Scale.ofSeconds(digest.timeline.endSeconds()).of(digest.timeline.endSeconds());
    }

    private static String length(double seconds) {
        return seconds >= 1 ? Figure.text(seconds) + " s" : Figure.text(seconds * 1000) + " ms";
    }

    private static String tokens(StepSummary step, StepDigest digest) {
        String heading = "Output tokens a second";
        if (digest.timeline.isUncounted()) {
            return SvgChart.absent(heading, "the server gave no count for some answers");
        }
        double[] rates = digest.timeline.tokensPerSecond();
        double most = Arrays.stream(rates).max().orElse(0);
        if (most <= 0) {
            return SvgChart.absent(heading, "no token came");
        }
        LineChart chart = chart(heading, digest, "tokens/s", Range.upTo(most));
        chart.steps("", 0, end(digest), rates);
        if (step.outputTokensPerSecond() instanceof Reading.Known<Double>(Double mean)) {
            chart.horizontal(mean, "mean " + Figure.text(mean));
        }
        return chart.figure(
                "By the moment of arrival, in stretches of "
                        + length(digest.timeline.lengthSeconds())
                        + ".");
    }

    private static String requests(StepDigest digest) {
        double[] flying = digest.timeline.inFlight();
        double[] begun = digest.timeline.begunPerSecond();
        double most =
                DoubleStream.concat(Arrays.stream(flying), Arrays.stream(begun)).max().orElse(0);
        LineChart chart =
                chart("Requests in flight and begun", digest, "requests", Range.upTo(most));
        chart.line("in flight", 0, middles(digest, flying.length), flying);
        chart.line("begun a second", 1, middles(digest, begun.length), begun);
        return chart.figure(
                "Means over stretches of "
                        + length(digest.timeline.lengthSeconds())
                        + "; of "
                        + length(digest.timeline.endSeconds() / begun.length)
                        + " for those begun.");
    }

    private static double[] middles(StepDigest digest, int n) {
        double[] xs = new double[n];
        Arrays.setAll(xs, i -> end(digest) * (i + 0.5) / n);
        return xs;
    }

    private static String firstTokens(ReportedLoad run, StepDigest digest) {
        String heading = "Time to the first token of each request";
        RequestDots dots = digest.dots;
        double[] failed = dots.failedSeconds();
        double[] values = dots.areSingle() ? dots.ttftMillis() : dots.quantiles(1);
        double most = finite(values).max().orElse(Double.NaN);
        if (Double.isNaN(most) && failed.length == 0) {
            return SvgChart.absent(heading, "no request got a token");
        }
        double top = Double.isNaN(most) ? 1 : most;
        double low = finite(dots.areSingle() ? values : dots.quantiles(0)).min().orElse(0);
        Scale scale = Scale.ofMillis(top);
        Range y =
                low > 0 && top / low >= TALL
                        ? Range.ofRatios(scale.of(low / 1.2), scale.of(top * 1.2))
                        : Range.upTo(scale.of(top) * 1.02);
        LineChart chart =
                chart(heading, digest, scale.unit() + (y.logarithmic() ? " (log.)" : ""), y);
        double time = Scale.ofSeconds(digest.timeline.endSeconds()).size();
        String caption;
        if (dots.areSingle()) {
            chart.dots("", 0, divided(dots.atSeconds(), time), divided(values, scale.size()));
            caption = "A dot is a request, at its intended start.";
        } else {
            double[] xs = divided(dots.middles(), time);
            chart.band(
                    "the middle 80 %",
                    xs,
                    divided(dots.quantiles(0.1), scale.size()),
                    divided(dots.quantiles(0.9), scale.size()));
            chart.line("median", 0, xs, divided(dots.quantiles(0.5), scale.size()));
            chart.dots("longest", 1, xs, divided(values, scale.size()));
            caption =
                    "Too many requests for a dot each: they are put together in "
                            + RequestDots.STRETCHES
                            + " stretches of time, by their intended start.";
        }
        if (failed.length > 0) {
            chart.crosses("failed requests", divided(failed, time));
            caption +=
                    dots.hasAllFailures()
                            ? " A cross is a failed request."
                            : " A cross is a failed request; the first "
                                    + Figure.count(failed.length)
                                    + " are drawn.";
        }
        for (Objective o : run.objectives()) {
            if (o.figure() == Objective.Figure.TTFT) {
                chart.horizontal(scale.of(o.limitMillis()), o.text());
            }
        }
        return chart.figure(caption);
    }

    private static DoubleStream finite(double[] values) {
        return Arrays.stream(values).filter(v -> !Double.isNaN(v));
    }

    private static double[] divided(double[] values, double by) {
        return Arrays.stream(values).map(v -> v / by).toArray();
    }

    /** One look at the server, on the time of the whole test. */
    private record Look(double seconds, LoadEvent.ServerSampled sample, boolean first) {}

    /** Draws the server's memory and processors; nothing where they were not seen. */
    static String server(ReportedLoad run) {
        List<Look> looks = new ArrayList<>();
        List<Double> borders = new ArrayList<>();
        double start = 0;
        for (StepSummary s : run.steps()) {
            StepDigest digest = run.digest(s);
            boolean first = true;
            for (LoadEvent.ServerSampled sample : digest.samples()) {
                looks.add(new Look(start + sample.at() / 1e9, sample, first));
                first = false;
            }
            start += digest.timeline.endSeconds();
            borders.add(start);
        }
        if (looks.size() < 2) {
            return "";
        }
        double end = Math.max(start, looks.getLast().seconds());
        return memory(looks, end, borders) + processors(looks, end, borders);
    }

    private static LineChart chart(
            String heading, double end, List<Double> borders, String yTitle, double most) {
        Scale scale = Scale.ofSeconds(end);
        LineChart chart =
                new LineChart(
                        heading,
                        scale.unit() + (borders.size() > 1 ? ", one load after the other" : ""),
                        new Range(0, scale.of(end), false),
                        yTitle,
                        Range.upTo(most));
        for (int i = 1; i < borders.size(); i += 2) {
            chart.shade(scale.of(borders.get(i - 1)), scale.of(borders.get(i)));
        }
        return chart;
    }

    private static double[] xs(List<Look> looks, double end) {
        Scale scale = Scale.ofSeconds(end);
        return looks.stream().mapToDouble(l -> scale.of(l.seconds())).toArray();
    }

    private static String memory(List<Look> looks, double end, List<Double> borders) {
        double[] held = looks.stream().mapToDouble(l -> gib(l.sample().serverResident())).toArray();
        double[] free = looks.stream().mapToDouble(l -> gib(l.sample().hostAvailable())).toArray();
        String heading = "Memory of the server";
        double most = finite(held).max().orElse(Double.NaN);
        if (Double.isNaN(most)) {
            return SvgChart.absent(heading, looks.getFirst().sample().serverResident().reason());
        }
        boolean small = most < 1;
        double unit = small ? 1.0 / 1024 : 1;
        LineChart chart = chart(heading, end, borders, small ? "MiB" : "GiB", most / unit * 1.05);
        chart.line("", 0, xs(looks, end), divided(held, unit));
        String host =
                finite(free).count() == 0
                        ? ""
                        : " Available on its host: at least "
                                + Figure.text(finite(free).min().getAsDouble())
                                + " GiB.";
        return chart.figure("Held by the server's processes." + host + shaded(borders));
    }

    private static String processors(List<Look> looks, double end, List<Double> borders) {
        String heading = "Processors in use by the server";
        double[] cores = new double[looks.size()];
        for (int i = 0; i < cores.length; i++) {
            cores[i] =
                    i == 0 || looks.get(i).first()
                            ? Double.NaN
                            : cores(looks.get(i - 1), looks.get(i));
        }
        double most = finite(cores).max().orElse(Double.NaN);
        if (Double.isNaN(most)) {
            Reading<Duration> cpu = looks.getFirst().sample().serverCpu();
            return SvgChart.absent(heading, cpu.isKnown() ? "too few samples" : cpu.reason());
        }
        LineChart chart = chart(heading, end, borders, "processors", most * 1.05);
        chart.line("", 0, xs(looks, end), cores);
        return chart.figure("CPU time of its processes, from sample to sample." + shaded(borders));
    }

    private static String shaded(List<Double> borders) {
        return borders.size() > 1 ? " Every second load is shaded." : "";
    }

    private static double cores(Look before, Look now) {
        double span = now.seconds() - before.seconds();
        if (!(before.sample().serverCpu() instanceof Reading.Known<Duration>(Duration a))
                || !(now.sample().serverCpu() instanceof Reading.Known<Duration>(Duration b))
                || span <= 0
                || b.compareTo(a) < 0) {
            return Double.NaN;
        }
        return b.minus(a).toNanos() / 1e9 / span;
    }

    private static double gib(Reading<Bytes> reading) {
        return reading instanceof Reading.Known<Bytes>(Bytes b) ? b.toGib() : Double.NaN;
    }
}
