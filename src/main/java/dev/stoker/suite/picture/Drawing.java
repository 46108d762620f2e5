package dev.stoker.suite.picture;

import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Something that can be drawn from figures. The same figures give the same file. Immutable. */
public sealed interface Drawing permits BarChart, LineChart, PieChart, Panels, Scene {
    int WIDTH = 800;
    int HEIGHT = 600;

    /** Draws into a part of a canvas. */
    void draw(Canvas canvas, Area area);

    /** Returns the picture as PNG, 800 by 600. */
    default byte[] png() {
        Canvas canvas = new Canvas(WIDTH, HEIGHT);
        draw(canvas, new Area(0, 0, WIDTH, HEIGHT));
        return canvas.png();
    }

    /** Where to draw. */
    record Area(double x, double y, double width, double height) {}

    /**
     * Reads what is to be drawn, as suites write it.
     *
     * @throws IllegalArgumentException if it can't be drawn; the message says why
     */
    static Drawing of(JsonNode form) {
        String kind = Json.text(form, "draw").orElse("");
        return switch (kind) {
            case "bar-chart" -> BarChart.read(only(form, "draw", "title", "bars", "max", "step"));
            case "line-chart" ->
                    LineChart.read(only(form, "draw", "title", "at", "lines", "max", "step"));
            case "pie-chart" -> PieChart.read(only(form, "draw", "title", "slices"));
            case "panels" -> Panels.read(only(form, "draw", "panels"));
            case "scene" -> Scene.read(only(form, "draw", "shapes"));
            default ->
                    throw new IllegalArgumentException(
                            "'draw' is none of bar-chart, line-chart, pie-chart, panels, scene");
        };
    }

    private static JsonNode only(JsonNode form, String... keys) {
        for (String key : form.propertyNames()) {
            if (!Arrays.asList(keys).contains(key)) {
                throw new IllegalArgumentException(
                        "the key '" + key + "' is not known here, only " + String.join(", ", keys));
            }
        }
        return form;
    }

    /** Reads names with numbers from 0, at least two and no more than fit. */
    static List<Part> parts(JsonNode form, String key, int most) {
        List<Part> parts = new ArrayList<>();
        for (Map.Entry<String, JsonNode> e : form.path(key).properties()) {
            parts.add(new Part(e.getKey(), number(e.getValue(), "'" + key + "'")));
        }
        if (parts.size() < 2 || parts.size() > most) {
            throw new IllegalArgumentException("'" + key + "' wants 2 to " + most + " names");
        }
        return List.copyOf(parts);
    }

    static double number(JsonNode node, String where) {
        if (!node.isNumber() || !(node.doubleValue() >= 0) || node.doubleValue() > 1e6) {
            throw new IllegalArgumentException(where + " wants numbers from 0 to 1000000");
        }
        return node.doubleValue();
    }

    /** A name and its number. */
    record Part(String name, double value) {}
}
