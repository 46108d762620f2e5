package dev.stoker.suite.picture;

import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

/** Coloured shapes on white. */
record Scene(List<Shape> shapes) implements Drawing {

    /**
     * One shape.
     *
     * @param x of its middle, 0 at the left, 1 at the right
     * @param y of its middle, 0 at the top, 1 at the bottom
     * @param size of the circle around it, as a part of the picture's height
     */
    record Shape(String kind, Colour colour, double x, double y, double size) {}

    static Scene read(JsonNode form) {
        List<Shape> shapes = new ArrayList<>();
        for (JsonNode s : form.path("shapes")) {
            String kind = Json.text(s, "shape").orElse("");
            if (!List.of("circle", "square", "triangle", "star").contains(kind)) {
                throw new IllegalArgumentException(
                        "'shape' is none of circle, square, triangle, star");
            }
            shapes.add(
                    new Shape(
                            kind,
                            Colour.of(Json.text(s, "colour").orElse("")),
                            share(s, "x"),
                            share(s, "y"),
                            share(s, "size")));
        }
        if (shapes.isEmpty() || shapes.size() > 60) {
            throw new IllegalArgumentException("'shapes' wants 1 to 60 of them");
        }
        return new Scene(List.copyOf(shapes));
    }

    private static double share(JsonNode s, String key) {
        double share = Json.number(s, key).orElse(-1.0);
        if (share < 0 || share > 1) {
            throw new IllegalArgumentException("'" + key + "' wants a number from 0 to 1");
        }
        return share;
    }

    @Override
    public void draw(Canvas canvas, Area area) {
        for (Shape s : shapes) {
            double cx = area.x() + s.x() * area.width();
            double cy = area.y() + s.y() * area.height();
            double r = s.size() * area.height() / 2;
            switch (s.kind()) {
                case "circle" -> canvas.circle(cx, cy, r, s.colour());
                case "square" ->
                        canvas.rectangle(
                                cx - r * 0.85, cy - r * 0.85, r * 1.7, r * 1.7, s.colour());
                case "triangle" -> corners(canvas, cx, cy + r * 0.2, r * 1.1, 3, 1, s.colour());
                default -> corners(canvas, cx, cy, r * 1.1, 10, 0.42, s.colour());
            }
        }
    }

    /** Corners on a circle, every second one pulled in. */
    private static void corners(
            Canvas canvas, double cx, double cy, double r, int n, double inner, Colour colour) {
        double[] xs = new double[n];
        double[] ys = new double[n];
        for (int i = 0; i < n; i++) {
            double angle = 2 * Math.PI * i / n;
            double from = i % 2 == 1 ? r * inner : r;
            xs[i] = cx + from * Math.sin(angle);
            ys[i] = cy - from * Math.cos(angle);
        }
        canvas.polygon(xs, ys, colour);
    }
}
