package dev.stoker.report.load;

import dev.stoker.load.Objective;
import dev.stoker.report.draw.Figure;
import dev.stoker.report.draw.LineChart;
import dev.stoker.report.draw.Range;
import dev.stoker.report.draw.Scale;
import dev.stoker.report.draw.SvgChart;
import dev.stoker.stats.LatencySummary;
import dev.stoker.stats.RatioHistogram;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How a figure is distributed: one as a histogram with its percentiles, several as the share of
 * values that is not longer. A few values that are much longer than most make the axis logarithmic.
 * Pure.
 */
final class Distributions {
    private static final int BARS = 48;
    private static final int POINTS = 160;
    private static final double SHORTEST_MILLIS = 0.01;
    private static final double TAIL = 4;
    private static final double FEW = 0.002;

    private Distributions() {}

    /** One distribution, its name and its percentiles. */
    record One(String name, RatioHistogram times, LatencySummary summary) {}

    /**
     * @param noun what there are so many of: {@code request}, {@code gap}
     * @param limits those of the figure
     */
    static String of(String heading, String noun, List<One> all, List<Objective> limits) {
        List<One> known = all.stream().filter(o -> o.times().count() > 0).toList();
        if (known.isEmpty()) {
            return SvgChart.absent(heading, "there is no " + noun + " to show");
        }
        return known.size() == 1
                ? histogram(heading, noun, known.getFirst(), limits)
                : shares(heading, noun, known, limits);
    }

    private static Range range(List<One> all, Scale scale) {
        double low = all.stream().mapToDouble(o -> low(o) / 1e6).min().orElse(0);
        double high = all.stream().mapToDouble(o -> high(o) / 1e6).max().orElse(1);
        double[] medians = all.stream().mapToDouble(o -> o.times().quantile(0.5) / 1e6).toArray();
        double least = Arrays.stream(medians).min().orElse(1);
        double most = Arrays.stream(medians).max().orElse(1);
        if (high > TAIL * least || low < most / TAIL) {
            return Range.ofRatios(
                    scale.of(Math.max(low, SHORTEST_MILLIS)),
                    scale.of(Math.max(high, SHORTEST_MILLIS * 2)) * 1.001);
        }
        return Range.between(scale.of(low), scale.of(high * 1.0001));
    }

    /** A few values far from all others would leave no room for those: they are left out. */
    private static double low(One one) {
        RatioHistogram t = one.times();
        double low = t.quantile(FEW);
        return low - t.min() > t.quantile(1 - FEW) - low ? low * 0.999 : t.min();
    }

    private static double high(One one) {
        RatioHistogram t = one.times();
        double high = t.quantile(1 - FEW);
        return t.max() - high > high - t.quantile(FEW) ? high * 1.001 : t.max();
    }

    /** Values at even distances on the axis, which are even ratios on one of ratios. */
    private static double[] places(Range range, int n) {
        double[] places = new double[n + 1];
        for (int i = 0; i <= n; i++) {
            double share = i / (double) n;
            places[i] =
                    range.logarithmic()
                            ? range.low() * Math.pow(range.high() / range.low(), share)
                            : range.low() + (range.high() - range.low()) * share;
        }
        return places;
    }

    private static String histogram(String heading, String noun, One one, List<Objective> limits) {
        Scale scale = Scale.ofMillis(high(one) / 1e6);
        Range x = range(List.of(one), scale);
        double nanos = scale.size() * 1e6;
        int bars = bars(x, one, nanos);
        double[] edges = places(x, bars);
        double[] xs = new double[2 * bars];
        double[] ys = new double[2 * bars];
        double most = 0;
        double before = one.times().below(x.low() * nanos);
        double shorter = before;
        for (int i = 0; i < bars; i++) {
            double upTo = one.times().below(edges[i + 1] * nanos);
            xs[2 * i] = edges[i];
            xs[2 * i + 1] = edges[i + 1];
            ys[2 * i] = upTo - before;
            ys[2 * i + 1] = upTo - before;
            most = Math.max(most, upTo - before);
            before = upTo;
        }
        LineChart chart = new LineChart(heading, title(x, scale), x, noun + "s", Range.upTo(most));
        chart.band("", xs, new double[xs.length], ys);
        LatencySummary s = one.summary();
        mark(chart, x, scale, "p50", s.p50());
        mark(chart, x, scale, "p90", s.p90());
        mark(chart, x, scale, "p95", s.p95());
        mark(chart, x, scale, "p99", s.p99());
        limits(chart, x, scale, limits);
        return chart.figure(
                Words.count(one.times().count(), noun)
                        + ": shortest "
                        + Figure.text(one.times().min() / 1e6)
                        + ", median "
                        + Figure.text(s.p50().orElse(Double.NaN))
                        + ", longest "
                        + Figure.text(one.times().max() / 1e6)
                        + " ms."
                        + missing(s)
                        + beyond(shorter + one.times().count() - before));
    }

    private static String beyond(double left) {
        long n = Math.round(left);
        return n > 0 ? " " + Figure.count(n) + " lie beyond the axis." : "";
    }

    /** A bar is at least as wide as what the counts can tell apart. */
    private static int bars(Range x, One one, double nanos) {
        double width = one.times().width(x.high() * nanos) / nanos;
        return x.logarithmic() ? BARS : Math.clamp((long) ((x.high() - x.low()) / width), 8, BARS);
    }

    private static String missing(LatencySummary s) {
        return s.p90().isEmpty()
                ? " Too few for p90, which needs 64."
                : s.p95().isEmpty()
                        ? " Too few for p95, which needs 130."
                        : s.p99().isEmpty() ? " Too few for p99, which needs 662." : "";
    }

    private static void mark(
            LineChart chart, Range x, Scale scale, String name, OptionalDouble millis) {
        if (millis.isPresent()) {
            double at = scale.of(millis.getAsDouble());
            if (at >= x.low() && at <= x.high()) {
                chart.vertical(at, name);
            }
        }
    }

    private static void limits(LineChart chart, Range x, Scale scale, List<Objective> limits) {
        for (Objective o : limits) {
            double at = scale.of(o.limitMillis());
            if (at >= x.low() && at <= x.high()) {
                chart.vertical(at, o.text());
            }
        }
    }

    private static String title(Range x, Scale scale) {
        return scale.unit() + (x.logarithmic() ? " (logarithmic)" : "");
    }

    private static String shares(
            String heading, String noun, List<One> all, List<Objective> limits) {
        List<One> shown = few(all);
        double longest = shown.stream().mapToDouble(o -> high(o) / 1e6).max().orElse(1);
        Scale scale = Scale.ofMillis(longest);
        Range x = range(shown, scale);
        LineChart chart =
                new LineChart(
                        heading,
                        title(x, scale),
                        x,
                        "% of the " + noun + "s are not longer",
                        new Range(0, 100, false));
        double[] xs = places(x, POINTS);
        for (int i = 0; i < shown.size(); i++) {
            RatioHistogram times = shown.get(i).times();
            double[] ys = new double[xs.length];
            for (int j = 0; j < xs.length; j++) {
                double below = times.below(xs[j] * scale.size() * 1e6);
                ys[j] = 100 * below / times.count();
            }
            chart.line(shown.get(i).name(), i, xs, ys);
        }
        limits(chart, x, scale, limits);
        String left =
                shown.size() < all.size()
                        ? " " + shown.size() + " of " + all.size() + " are drawn."
                        : "";
        return chart.figure("Where a line crosses 50 is the median, at 95 the p95." + left);
    }

    /** Returns as many as can be told apart, the first and the last among them. */
    private static List<One> few(List<One> all) {
        if (all.size() <= LineChart.COLOURS) {
            return all;
        }
        List<One> few = new ArrayList<>();
        for (int i = 0; i < LineChart.COLOURS; i++) {
            few.add(all.get(Math.round((all.size() - 1) * (i / (LineChart.COLOURS - 1f)))));
        }
        return few;
    }
}
