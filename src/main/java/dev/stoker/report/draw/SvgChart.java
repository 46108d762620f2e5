package dev.stoker.report.draw;

import java.util.List;

/**
 * One drawing as inline SVG. Colours and fonts come from the page's style by class, so that light,
 * dark and print need one drawing. Many marks are one path: a page of a hundred thousand requests
 * stays small. Used by one thread.
 */
public final class SvgChart {
    /** The width of every drawing: it fits a telephone without being made smaller. */
    public static final int WIDTH = 360;

    /** About how wide a character of an axis is. */
    private static final double CHARACTER = 6.2;

    private final StringBuilder out = new StringBuilder();
    private final int height;

    public SvgChart(int height) {
        this.height = height;
    }

    public SvgChart line(String css, double x1, double y1, double x2, double y2) {
        out.append("<line class=\"").append(css).append('"');
        attribute("x1", x1).attribute("y1", y1).attribute("x2", x2).attribute("y2", y2);
        out.append("/>");
        return this;
    }

    public SvgChart rect(String css, double x, double y, double width, double height) {
        out.append("<rect class=\"").append(css).append('"');
        attribute("x", x).attribute("y", y);
        attribute("width", Math.max(0, width)).attribute("height", Math.max(0, height));
        out.append("/>");
        return this;
    }

    /** Draws a dot that says something when it is pointed at. */
    public SvgChart dot(String css, double x, double y, String says) {
        out.append("<circle class=\"").append(css).append('"');
        attribute("cx", x).attribute("cy", y).attribute("r", 3.5);
        out.append("><title>").append(Html.escape(says)).append("</title></circle>");
        return this;
    }

    /** Writes text that starts at x. */
    public SvgChart text(String css, double x, double y, String text) {
        return anchored(css, "start", x, y, text);
    }

    /** Writes text that ends at x. */
    public SvgChart textBefore(String css, double x, double y, String text) {
        return anchored(css, "end", x, y, text);
    }

    /** Writes text around x. */
    public SvgChart textAt(String css, double x, double y, String text) {
        return anchored(css, "middle", x, y, text);
    }

    private SvgChart anchored(String css, String anchor, double x, double y, String text) {
        out.append("<text class=\"").append(css).append('"');
        attribute("x", x).attribute("y", y);
        out.append(" text-anchor=\"").append(anchor).append("\">");
        out.append(Html.escape(text)).append("</text>");
        return this;
    }

    /** Draws upright strokes of one height, as one path. */
    public SvgChart strokes(String css, double[] xs, double y, double height) {
        startPath(css);
        for (double x : xs) {
            out.append('M').append(number(x)).append(' ').append(number(y));
            out.append('v').append(number(height));
        }
        return endPath();
    }

    /** Draws a line through the points, in their order; it is broken where a place is no number. */
    public SvgChart curve(String css, double[] xs, double[] ys) {
        startPath(css);
        boolean open = false;
        for (int i = 0; i < xs.length; i++) {
            if (Double.isNaN(xs[i]) || Double.isNaN(ys[i])) {
                open = false;
                continue;
            }
            out.append(open ? 'L' : 'M').append(number(xs[i])).append(' ').append(number(ys[i]));
            open = true;
        }
        return endPath();
    }

    /** Fills what lies between two lines; points where one of them is no number are left out. */
    public SvgChart area(String css, double[] xs, double[] lows, double[] highs) {
        startPath(css);
        boolean open = false;
        for (int i = 0; i < xs.length; i++) {
            if (!Double.isNaN(lows[i]) && !Double.isNaN(highs[i])) {
                out.append(open ? 'L' : 'M').append(number(xs[i])).append(' ');
                out.append(number(highs[i]));
                open = true;
            }
        }
        for (int i = xs.length - 1; i >= 0; i--) {
            if (!Double.isNaN(lows[i]) && !Double.isNaN(highs[i])) {
                out.append('L').append(number(xs[i])).append(' ').append(number(lows[i]));
            }
        }
        out.append(open ? "Z" : "");
        return endPath();
    }

    /**
     * Draws dots, all of them as one path: a stroke of no length has a round end. Places that are
     * no number are left out.
     */
    public SvgChart dots(String css, double[] xs, double[] ys) {
        startPath(css);
        for (int i = 0; i < xs.length; i++) {
            if (!Double.isNaN(ys[i])) {
                out.append('M').append(number(xs[i])).append(' ');
                out.append(number(ys[i])).append("h0");
            }
        }
        return endPath();
    }

    /** Draws crosses, all of them as one path. */
    public SvgChart crosses(String css, double[] xs, double[] ys) {
        startPath(css);
        for (int i = 0; i < xs.length; i++) {
            out.append('M').append(number(xs[i] - 3)).append(' ').append(number(ys[i] - 3));
            out.append("l6 6m0-6l-6 6");
        }
        return endPath();
    }

    private void startPath(String css) {
        out.append("<path class=\"").append(css).append("\" d=\"");
    }

    private SvgChart endPath() {
        out.append("\"/>");
        return this;
    }

    /** Draws a level axis with its values and what they are. */
    public SvgChart levelAxis(Axis axis, double y, String title) {
        return levelAxis(axis, y, title, axis.ticks(axis.logarithmic() ? 7 : 5));
    }

    /** Draws a level axis with these values on it, and what they are. */
    SvgChart levelAxis(Axis axis, double y, String title, List<Double> ticks) {
        line("axis", axis.from(), y, axis.to(), y);
        double free = Double.NEGATIVE_INFINITY;
        for (double tick : ticks) {
            double x = axis.at(tick);
            line("axis", x, y, x, y + 4);
            String label = Figure.tick(tick);
            double half = label.length() * CHARACTER / 2;
            double middle = Math.min(x, WIDTH - half - 1);
            if (middle - half >= free) {
                textAt("tick", middle, y + 15, label);
                free = middle + half + CHARACTER;
            }
        }
        return title.isEmpty() ? this : textBefore("tick", axis.to(), y + 30, title);
    }

    /** Draws the values of an upright axis, with a line across the drawing at each. */
    public SvgChart uprightAxis(Axis axis, double from, double to) {
        double free = Double.POSITIVE_INFINITY;
        for (double tick : axis.ticks(axis.logarithmic() ? 6 : 4)) {
            double y = axis.at(tick);
            if (y + 6 <= free) {
                line("grid", from, y, to, y);
                textBefore("tick", from - 5, y + 4, Figure.tick(tick));
                free = y - 7;
            }
        }
        return this;
    }

    private SvgChart attribute(String name, double value) {
        out.append(' ').append(name).append("=\"").append(number(value)).append('"');
        return this;
    }

    private static String number(double value) {
        double rounded = Math.round(value * 10) / 10.0;
        return rounded == Math.rint(rounded)
                ? Long.toString((long) rounded)
                : Double.toString(rounded);
    }

    /** Returns the drawing in a frame, with a heading and a sentence below. */
    public String figure(String heading, String caption) {
        return figure(heading, "", caption);
    }

    /**
     * Returns the drawing in a frame, with a heading, and a legend and a sentence below.
     *
     * @param legend markup of the program's own
     */
    String figure(String heading, String legend, String caption) {
        return new Html()
                .raw("<figure>")
                .element("h4", heading)
                .raw("<svg viewBox=\"0 0 " + WIDTH + " " + height + "\" role=\"img\" aria-label=\"")
                .text(heading)
                .raw("\"><desc>")
                .text(caption)
                .raw("</desc>")
                .raw(out.toString())
                .raw("</svg>")
                .raw(legend)
                .element("figcaption", caption)
                .raw("</figure>\n")
                .toString();
    }

    /** Returns a frame that says why there is no drawing. */
    public static String absent(String heading, String reason) {
        return new Html()
                .raw("<figure>")
                .element("h4", heading)
                .element("p class=\"none\"", Figure.UNKNOWN + " " + reason)
                .raw("</figure>\n")
                .toString();
    }
}
