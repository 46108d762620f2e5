package dev.stoker.report.draw;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;

/**
 * Lines, bands and dots over two axes, with marks across them. Colours differ in lightness too, and
 * lines in their dashes, so that the drawing can be read without colours. Used by one thread.
 */
public final class LineChart {
    /** How many lines can be told apart. */
    public static final int COLOURS = 6;

    private static final double RIGHT = SvgChart.WIDTH - 10.0;
    private static final double BOTTOM = 196;
    private static final double HEAD = 16;
    private static final double ROW = 12;
    private static final double CHARACTER = 6.2;

    private record Mark(double at, String label) {}

    private final String heading;
    private final String xTitle;
    private final String yTitle;
    private final Range xRange;
    private final Range yRange;
    private final List<Mark> verticals = new ArrayList<>();
    private final List<Mark> horizontals = new ArrayList<>();
    private final List<Layer> layers = new ArrayList<>();
    private final Html legend = new Html();
    private List<Double> ticks = List.of();
    private boolean hasLegend;

    /** Draws one thing on the finished axes. */
    private interface Layer {
        void draw(SvgChart chart, Axis x, Axis y);
    }

    /**
     * @param xTitle what the level axis shows, with its unit
     * @param yTitle what the upright axis shows, with its unit
     */
    public LineChart(String heading, String xTitle, Range x, String yTitle, Range y) {
        this.heading = heading;
        this.xTitle = xTitle;
        this.yTitle = yTitle;
        this.xRange = x;
        this.yRange = y;
    }

    /** Puts the level axis' values where there is something, instead of at round ones. */
    public LineChart ticks(List<Double> values) {
        ticks = List.copyOf(values);
        return this;
    }

    /** Draws a line; a value that is no number breaks it. */
    public LineChart line(String name, int colour, double[] xs, double[] ys) {
        legend(name, "line c" + colour % COLOURS, "M0 4h20");
        return layer((chart, x, y) ->
                chart.curve("line c" + colour % COLOURS, map(xs, x::at), map(ys, y::at)));
    }

    /** Draws a line with a dot at each value that says something when it is pointed at. */
    public LineChart dottedLine(
            String name, int colour, double[] xs, double[] ys, List<String> says) {
        line(name, colour, xs, ys);
        return layer((chart, x, y) -> {
            for (int i = 0; i < xs.length; i++) {
                if (!Double.isNaN(ys[i])) {
                    chart.dot("dot c" + colour % COLOURS, x.at(xs[i]), y.at(ys[i]), says.get(i));
                }
            }
        });
    }

    /** Writes words beside a value, above it and to its left. */
    public LineChart note(double atX, double atY, String words) {
        return layer((chart, x, y) -> {
            double place = x.at(atX);
            double half = words.length() * CHARACTER / 2;
            double middle = Math.clamp(place, x.from() + half, RIGHT - half);
            chart.textAt("note", middle, y.at(atY) - 7, words);
        });
    }

    /** Fills what lies between two lines. */
    public LineChart band(String name, double[] xs, double[] lows, double[] highs) {
        legend(name, "fill", "M0 0h20v8h-20z");
        return layer((chart, x, y) ->
                chart.area("fill", map(xs, x::at), map(lows, y::at), map(highs, y::at)));
    }

    /**
     * Fills what lies below a line that goes in steps: a value for each stretch of equal length.
     */
    public LineChart steps(String name, double from, double to, double[] values) {
        double[] xs = new double[values.length * 2];
        double[] ys = new double[xs.length];
        for (int i = 0; i < values.length; i++) {
            xs[2 * i] = from + (to - from) * i / values.length;
            xs[2 * i + 1] = from + (to - from) * (i + 1) / values.length;
            ys[2 * i] = values[i];
            ys[2 * i + 1] = values[i];
        }
        return band(name, xs, new double[xs.length], ys);
    }

    /** Draws dots. */
    public LineChart dots(String name, int colour, double[] xs, double[] ys) {
        legend(name, "dots c" + colour % COLOURS, "M10 4h0");
        return layer((chart, x, y) ->
                chart.dots("dots c" + colour % COLOURS, map(xs, x::at), map(ys, y::at)));
    }

    /** Draws crosses along the level axis. */
    public LineChart crosses(String name, double[] xs) {
        legend(name, "crosses", "M7 1l6 6m0-6l-6 6");
        return layer((chart, x, y) ->
                chart.crosses("crosses", map(xs, x::at), map(xs, _ -> BOTTOM - 6)));
    }

    /** Shades a stretch of the level axis. */
    public LineChart shade(double from, double to) {
        if (to > from) {
            layers.addFirst((chart, x, y) -> {
                double start = x.at(from);
                chart.rect("cut", start, y.to(), x.at(to) - start, BOTTOM - y.to());
            });
        }
        return this;
    }

    /** Marks a value of the level axis. */
    public LineChart vertical(double at, String label) {
        verticals.add(new Mark(at, label));
        return this;
    }

    /** Marks a value of the upright axis; one above it is left out, with its label. */
    public LineChart horizontal(double at, String label) {
        if (at <= yRange.high() && at >= yRange.low()) {
            horizontals.add(new Mark(at, label));
        }
        return this;
    }

    /** Explains a line or a shade of the drawing. */
    public LineChart legend(String name, String css, String path) {
        if (!name.isEmpty()) {
            legend.raw("<li><svg class=\"swatch\" viewBox=\"0 0 20 8\" aria-hidden=\"true\">");
            legend.raw("<path class=\"" + css + "\" d=\"" + path + "\"/></svg>");
            legend.text(name).raw("</li>");
            hasLegend = true;
        }
        return this;
    }

    private LineChart layer(Layer layer) {
        layers.add(layer);
        return this;
    }

    private static double[] map(double[] values, DoubleUnaryOperator place) {
        return DoubleStream.of(values)
                .map(v -> Double.isNaN(v) ? v : place.applyAsDouble(v))
                .toArray();
    }

    /** Returns the drawing with a sentence below it. */
    public String figure(String caption) {
        double left = left();
        Axis x = xRange.axis(left, RIGHT);
        List<Mark> marks =
                verticals.stream().sorted((a, b) -> Double.compare(a.at(), b.at())).toList();
        int[] rows = rows(marks, x);
        int most = 0;
        for (int row : rows) {
            most = Math.max(most, row + 1);
        }
        Axis y = yRange.axis(BOTTOM, HEAD + 4 + most * ROW);
        SvgChart chart = new SvgChart((int) BOTTOM + 36);
        chart.text("tick", 0, 10, yTitle);
        chart.uprightAxis(y, left, RIGHT);
        layers.forEach(layer -> layer.draw(chart, x, y));
        for (Mark m : horizontals) {
            chart.line("limit", left, y.at(m.at()), RIGHT, y.at(m.at()));
            chart.textBefore("note", RIGHT, y.at(m.at()) - 4, m.label());
        }
        for (int i = 0; i < marks.size(); i++) {
            double place = x.at(marks.get(i).at());
            chart.line("mark", place, HEAD + 10 + rows[i] * ROW, place, BOTTOM);
        }
        for (int i = 0; i < marks.size(); i++) {
            Mark m = marks.get(i);
            chart.textAt("note", middle(m, x), HEAD + 8 + rows[i] * ROW, m.label());
        }
        if (ticks.isEmpty()) {
            chart.levelAxis(x, BOTTOM, xTitle);
        } else {
            chart.levelAxis(x, BOTTOM, xTitle, ticks);
        }
        String list = hasLegend ? "<ul class=\"legend\">" + legend + "</ul>" : "";
        return chart.figure(heading, list, caption);
    }

    /** Leaves room for the longest value of the upright axis. */
    private double left() {
        Axis y = yRange.axis(BOTTOM, HEAD);
        double longest = 3;
        for (double tick : y.ticks(y.logarithmic() ? 6 : 4)) {
            longest = Math.max(longest, Figure.tick(tick).length());
        }
        return 9 + longest * CHARACTER;
    }

    private static double middle(Mark mark, Axis x) {
        double half = mark.label().length() * CHARACTER / 2;
        return Math.clamp(x.at(mark.at()), x.from() + half, RIGHT - half);
    }

    /** Puts each label into the first row in which it meets no other label. */
    private static int[] rows(List<Mark> marks, Axis x) {
        int[] rows = new int[marks.size()];
        for (int i = marks.size() - 1; i >= 0; i--) {
            int row = 0;
            while (isTaken(marks, rows, i, row, x)) {
                row++;
            }
            rows[i] = row;
        }
        return rows;
    }

    private static boolean isTaken(List<Mark> marks, int[] rows, int i, int row, Axis x) {
        double half = marks.get(i).label().length() * CHARACTER / 2 + 3;
        for (int j = i + 1; j < marks.size(); j++) {
            double other = marks.get(j).label().length() * CHARACTER / 2;
            double apart = Math.abs(middle(marks.get(j), x) - middle(marks.get(i), x));
            if (rows[j] == row && apart < half + other) {
                return true;
            }
        }
        return false;
    }
}
