package dev.stoker.suite.picture;

import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One to three lines over the same places, with a legend where there are several.
 *
 * @param at what stands below the points
 */
record LineChart(Axes axes, List<String> at, List<Line> lines) implements Drawing {
    private static final List<Colour> COLOURS = List.of(Colour.BLUE, Colour.RED, Colour.GREEN);
    private static final int MOST = 12;

    /** A named line. */
    record Line(String name, List<Double> values) {}

    static LineChart read(JsonNode form) {
        List<String> at = new ArrayList<>();
        form.path("at").forEach(n -> at.add(n.asString("")));
        List<Line> lines = new ArrayList<>();
        for (Map.Entry<String, JsonNode> e : form.path("lines").properties()) {
            List<Double> values = new ArrayList<>();
            e.getValue().forEach(v -> values.add(Drawing.number(v, "'lines'")));
            if (values.size() != at.size()) {
                throw new IllegalArgumentException(
                        "the line '" + e.getKey() + "' has another length than 'at'");
            }
            lines.add(new Line(e.getKey(), List.copyOf(values)));
        }
        if (at.size() < 2 || at.size() > MOST || lines.isEmpty() || lines.size() > 3) {
            throw new IllegalArgumentException(
                    "'at' wants 2 to " + MOST + " names, and 'lines' 1 to 3 of them");
        }
        return new LineChart(
                new Axes(
                        Json.text(form, "title").orElse(""),
                        Drawing.number(form.path("max"), "'max'"),
                        Drawing.number(form.path("step"), "'step'")),
                List.copyOf(at),
                List.copyOf(lines));
    }

    @Override
    public void draw(Canvas canvas, Area area) {
        Area plot = axes.draw(canvas, area);
        double slot = plot.width() / at.size();
        boolean small = area.width() < 500;
        for (int i = 0; i < at.size(); i++) {
            canvas.centred(
                    plot.x() + slot * (i + 0.5),
                    plot.y() + plot.height() + 14,
                    2,
                    at.get(i),
                    Colour.BLACK);
        }
        for (int l = 0; l < lines.size(); l++) {
            Colour colour = COLOURS.get(l);
            List<Double> values = lines.get(l).values();
            for (int i = 0; i < values.size(); i++) {
                double x = plot.x() + slot * (i + 0.5);
                double y = axes.y(plot, Math.min(values.get(i), axes.max()));
                if (i > 0) {
                    double before = axes.y(plot, Math.min(values.get(i - 1), axes.max()));
                    canvas.line(x - slot, before, x, y, small ? 3 : 4, colour);
                }
                canvas.circle(x, y, small ? 5 : 7, colour);
            }
        }
        if (lines.size() > 1) {
            legend(canvas, plot);
        }
    }

    private void legend(Canvas canvas, Area plot) {
        double x = plot.x() + 14;
        for (int l = 0; l < lines.size(); l++) {
            canvas.line(x, plot.y() - 14, x + 30, plot.y() - 14, 5, COLOURS.get(l));
            canvas.text(x + 40, plot.y() - 21, 2, lines.get(l).name(), Colour.BLACK);
            x += 70 + Canvas.widthOf(lines.get(l).name(), 2);
        }
    }
}
