package dev.stoker.suite.picture;

import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.util.List;

/** Slices of a circle, clockwise from the top, with a legend of colours at the right. */
record PieChart(String title, List<Part> slices) implements Drawing {
    private static final List<Colour> COLOURS =
            List.of(
                    Colour.BLUE,
                    Colour.ORANGE,
                    Colour.GREEN,
                    Colour.PURPLE,
                    Colour.YELLOW,
                    Colour.RED);

    static PieChart read(JsonNode form) {
        List<Part> slices = Drawing.parts(form, "slices", COLOURS.size());
        if (slices.stream().mapToDouble(Part::value).sum() <= 0) {
            throw new IllegalArgumentException("'slices' are all 0");
        }
        return new PieChart(Json.text(form, "title").orElse(""), slices);
    }

    @Override
    public void draw(Canvas canvas, Area area) {
        boolean small = area.width() < 500;
        int dot = small ? 2 : 3;
        canvas.centred(
                area.x() + area.width() / 2,
                area.y() + (small ? 16 : 24),
                dot,
                title,
                Colour.BLACK);
        double r = Math.min(area.height() * 0.39, area.width() * 0.28);
        double cx = area.x() + area.width() * 0.35;
        double cy = area.y() + area.height() * 0.55;
        double all = slices.stream().mapToDouble(Part::value).sum();
        double from = 0;
        for (int i = 0; i < slices.size(); i++) {
            double to = from + slices.get(i).value() / all;
            wedge(canvas, cx, cy, r, from, to, COLOURS.get(i));
            from = to;
        }
        for (int i = 0; i < slices.size(); i++) {
            from = edge(canvas, cx, cy, r, from % 1 + slices.get(i).value() / all);
        }
        double x = area.x() + area.width() * (small ? 0.68 : 0.7);
        double row = small ? 26 : 40;
        double y = cy - slices.size() * row / 2;
        for (int i = 0; i < slices.size(); i++) {
            canvas.rectangle(x, y + i * row, row * 0.5, row * 0.5, COLOURS.get(i));
            canvas.text(
                    x + row * 0.75,
                    y + i * row + row * 0.25 - 7,
                    2,
                    slices.get(i).name(),
                    Colour.BLACK);
        }
    }

    private static double edge(Canvas canvas, double cx, double cy, double r, double at) {
        double angle = 2 * Math.PI * at;
        canvas.line(cx, cy, cx + r * Math.sin(angle), cy - r * Math.cos(angle), 3, Colour.WHITE);
        return at;
    }

    private static void wedge(
            Canvas canvas, double cx, double cy, double r, double from, double to, Colour colour) {
        int corners = (int) Math.max(2, Math.ceil((to - from) * 360));
        double[] xs = new double[corners + 2];
        double[] ys = new double[corners + 2];
        for (int i = 0; i <= corners; i++) {
            double angle = 2 * Math.PI * (from + (to - from) * i / corners);
            xs[i] = cx + r * Math.sin(angle);
            ys[i] = cy - r * Math.cos(angle);
        }
        xs[corners + 1] = cx;
        ys[corners + 1] = cy;
        canvas.polygon(xs, ys, colour);
    }
}
