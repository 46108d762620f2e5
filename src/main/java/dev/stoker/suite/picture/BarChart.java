package dev.stoker.suite.picture;

import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.util.List;

/** Bars with their names below and a scale at the left. */
record BarChart(Axes axes, List<Part> bars) implements Drawing {
    private static final List<Colour> COLOURS =
            List.of(Colour.BLUE, Colour.ORANGE, Colour.GREEN, Colour.RED, Colour.PURPLE);
    private static final int MOST = 8;

    static BarChart read(JsonNode form) {
        return new BarChart(
                new Axes(
                        Json.text(form, "title").orElse(""),
                        Drawing.number(form.path("max"), "'max'"),
                        Drawing.number(form.path("step"), "'step'")),
                Drawing.parts(form, "bars", MOST));
    }

    @Override
    public void draw(Canvas canvas, Area area) {
        Area plot = axes.draw(canvas, area);
        double slot = plot.width() / bars.size();
        for (int i = 0; i < bars.size(); i++) {
            Part bar = bars.get(i);
            double y = axes.y(plot, Math.min(bar.value(), axes.max()));
            double bottom = plot.y() + plot.height();
            canvas.rectangle(
                    plot.x() + slot * (i + 0.18),
                    y,
                    slot * 0.64,
                    bottom - y - 1.2,
                    COLOURS.get(i % COLOURS.size()));
            canvas.centred(plot.x() + slot * (i + 0.5), bottom + 14, 2, bar.name(), Colour.BLACK);
        }
    }
}
