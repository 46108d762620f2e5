package dev.stoker.report.bench;

import dev.stoker.base.Reading;
import dev.stoker.report.bench.ModelRequests.Value;
import dev.stoker.report.draw.Axis;
import dev.stoker.report.draw.Figure;
import dev.stoker.report.draw.SvgChart;
import dev.stoker.stats.Spread;

import java.util.List;

/**
 * The values of every iteration as dots, with their mean and its 95 % interval: what a mean and a
 * spread can hide (a first one that is slower, a drift, two groups) is seen here. Pure.
 */
final class IterationDots {
    private static final String HEADING = "Iterations";
    private static final int STRIP = 72;

    private IterationDots() {}

    /**
     * @param title the figure and its unit
     * @param spread of the same values, as the report has it
     */
    record Strip(String title, List<Value> values, Reading<Spread> spread) {}

    static String of(List<Strip> strips) {
        SvgChart chart = new SvgChart(strips.size() * STRIP);
        for (int i = 0; i < strips.size(); i++) {
            strip(chart, strips.get(i), i * STRIP);
        }
        return chart.figure(
                HEADING,
                "Each dot is one iteration (one cold load), the line their mean, the band its 95 %"
                        + " interval.");
    }

    private static void strip(SvgChart chart, Strip strip, double top) {
        chart.text("label", 0, top + 12, strip.title());
        if (!(strip.spread() instanceof Reading.Known<Spread>(Spread s))
                || strip.values().isEmpty()) {
            chart.text("tick", 0, top + 30, Figure.UNKNOWN + " " + cut(strip.spread().reason()));
            return;
        }
        chart.textBefore("tick", SvgChart.WIDTH - 12, top + 12, note(s));
        double low = Math.max(0, Math.min(s.min(), s.ciLow().orElse(s.min())));
        double high = Math.max(s.max(), s.ciHigh().orElse(s.max()));
        double room = (high - low) * 0.05;
        Axis x = Axis.even(Math.max(0, low - room), high + room, 8, SvgChart.WIDTH - 12.0);
        double middle = top + 32;
        if (s.ciLow().isPresent() && s.ciHigh().isPresent()) {
            double from = x.at(s.ciLow().getAsDouble());
            chart.rect("band", from, middle - 8, x.at(s.ciHigh().getAsDouble()) - from, 16);
        }
        chart.line("mean", x.at(s.mean()), middle - 10, x.at(s.mean()), middle + 10);
        for (Value v : strip.values()) {
            chart.dot("dot", x.at(v.value()), middle, v.label() + ": " + Figure.text(v.value()));
        }
        chart.levelAxis(x, middle + 14, "");
    }

    private static String note(Spread s) {
        return s.n() == 1
                ? Figure.text(s.mean()) + ", n = 1: no interval"
                : Figure.meanAndSpread(s) + ", n = " + s.n();
    }

    private static String cut(String reason) {
        return reason.length() <= 58 ? reason : reason.substring(0, 57) + "…";
    }
}
