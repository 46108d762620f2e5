package dev.stoker.report.draw;

/**
 * One drawing as inline SVG. Colours and fonts come from the page's style by class, so that light,
 * dark and print need one drawing. Used by one thread.
 */
public final class SvgChart {
    /** The width of every drawing: it fits a telephone without being made smaller. */
    public static final int WIDTH = 360;

    private final StringBuilder out = new StringBuilder();

    /**
     * @param title what the drawing shows, for those who can not see it
     */
    public SvgChart(int height, String title) {
        out.append("<svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(height);
        out.append("\" role=\"img\" aria-label=\"").append(Html.escape(title)).append("\">");
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
        out.append("<path class=\"").append(css).append("\" d=\"");
        for (double x : xs) {
            out.append('M').append(number(x)).append(' ').append(number(y));
            out.append('v').append(number(height));
        }
        out.append("\"/>");
        return this;
    }

    /** Draws a level axis with its values and what they are. */
    public SvgChart levelAxis(Axis axis, double y, String title) {
        line("axis", axis.from(), y, axis.to(), y);
        for (double tick : axis.ticks(5)) {
            double x = axis.at(tick);
            line("axis", x, y, x, y + 4);
            textAt("tick", x, y + 15, Figure.tick(tick));
        }
        return textBefore("tick", axis.to(), y + 29, title);
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
        return new Html()
                .raw("<figure>")
                .element("h4", heading)
                .raw(out.toString())
                .raw("</svg>")
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
