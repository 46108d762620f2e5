package dev.stoker.report.bench;

import dev.stoker.report.draw.Axis;
import dev.stoker.report.draw.Figure;
import dev.stoker.report.draw.SvgChart;

import java.util.Arrays;
import java.util.OptionalDouble;

/** How long the gaps between the chunks of a model's answers are, as a histogram. Pure. */
final class GapHistogram {
    private static final String HEADING = "Gaps between chunks";
    private static final int BARS = 40;

    /** Gaps below this are chunks of one read; on an axis of ratios they stand at its end. */
    private static final double SHORTEST_MILLIS = 0.01;

    private GapHistogram() {}

    /**
     * @param gapsMillis all gaps
     * @param requests of how many requests they are
     */
    static String of(double[] gapsMillis, int requests) {
        if (gapsMillis.length == 0) {
            return SvgChart.absent(
                    HEADING,
                    requests == 0
                            ? "no request ended well"
                            : "every answer came in one chunk, so there are no gaps");
        }
        Axis x = axis(gapsMillis);
        int[] counts = new int[BARS];
        for (double gap : gapsMillis) {
            double share = (x.at(gap) - x.from()) / (x.to() - x.from());
            counts[Math.min(BARS - 1, (int) (share * BARS))]++;
        }
        int most = Arrays.stream(counts).max().orElse(1);
        Axis y = new Axis(0, most, 170, 16, false);
        SvgChart chart = new SvgChart(206);
        for (double tick : y.ticks(3)) {
            if (tick == Math.rint(tick)) {
                chart.line("grid", x.from(), y.at(tick), x.to(), y.at(tick));
                chart.textBefore("tick", x.from() - 5, y.at(tick) + 4, Figure.tick(tick));
            }
        }
        double width = (x.to() - x.from()) / BARS;
        for (int i = 0; i < BARS; i++) {
            if (counts[i] > 0) {
                double top = Math.min(y.at(counts[i]), y.from() - 1.5);
                chart.rect("bar", x.from() + i * width + 0.4, top, width - 0.8, y.from() - top);
            }
        }
        double median = Figure.percentile(gapsMillis, 50).getAsDouble();
        chart.line("mean", x.at(median), y.to() - 6, x.at(median), y.from());
        chart.text("tick", 0, 9, "gaps");
        chart.levelAxis(x, y.from(), x.logarithmic() ? "gap, ms (logarithmic)" : "gap, ms");
        return chart.figure(HEADING, caption(gapsMillis, requests));
    }

    /** A few long gaps among many short ones need an axis of ratios. */
    private static Axis axis(double[] gaps) {
        double low = Arrays.stream(gaps).min().getAsDouble();
        double high = Arrays.stream(gaps).max().getAsDouble();
        double median = Figure.percentile(gaps, 50).getAsDouble();
        boolean wide = high > 4 * median || low < median / 4;
        double from = 40;
        double to = SvgChart.WIDTH - 12.0;
        return wide
                ? Axis.ofRatios(Math.max(low, SHORTEST_MILLIS), high, from, to)
                : Axis.even(low, high, from, to);
    }

    private static String caption(double[] gaps, int requests) {
        double most = Arrays.stream(gaps).max().getAsDouble();
        return gaps.length
                + " gaps of "
                + requests
                + (requests == 1 ? " request" : " requests")
                + ": median (the line) "
                + Figure.text(Figure.percentile(gaps, 50).getAsDouble())
                + " ms, p90 "
                + percentile(gaps, 90, 64)
                + ", p99 "
                + percentile(gaps, 99, 662)
                + ", longest "
                + Figure.text(most)
                + " ms. Per chunk: a chunk can carry several tokens.";
    }

    private static String percentile(double[] gaps, int percent, int needed) {
        OptionalDouble value = Figure.percentile(gaps, percent);
        return value.isPresent()
                ? Figure.text(value.getAsDouble()) + " ms"
                : Figure.UNKNOWN + " (it needs " + needed + " gaps)";
    }
}
