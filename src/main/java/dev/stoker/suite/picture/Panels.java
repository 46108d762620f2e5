package dev.stoker.suite.picture;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

/** Four drawings in two rows, with the letters A to D. */
record Panels(List<Drawing> panels) implements Drawing {

    static Panels read(JsonNode form) {
        List<Drawing> panels = new ArrayList<>();
        for (JsonNode panel : form.path("panels")) {
            Drawing drawing = Drawing.of(panel);
            if (drawing instanceof Panels) {
                throw new IllegalArgumentException("panels can not hold panels");
            }
            panels.add(drawing);
        }
        if (panels.size() != 4) {
            throw new IllegalArgumentException("'panels' wants 4 drawings");
        }
        return new Panels(List.copyOf(panels));
    }

    @Override
    public void draw(Canvas canvas, Area area) {
        double w = area.width() / 2;
        double h = area.height() / 2;
        for (int i = 0; i < panels.size(); i++) {
            double x = area.x() + (i % 2) * w;
            int row = i / 2;
            double y = area.y() + row * h;
            panels.get(i).draw(canvas, new Area(x, y, w, h));
            canvas.text(x + 12, y + 8, 3, String.valueOf((char) ('A' + i)), Colour.BLACK);
        }
        canvas.line(area.x() + w, 0, area.x() + w, area.height(), 2, Colour.GREY);
        canvas.line(0, area.y() + h, area.width(), area.y() + h, 2, Colour.GREY);
    }
}
