package dev.stoker.suite.picture;

import java.math.BigDecimal;

/**
 * A title, and axes with lines at each step, so that a value on a line can be read exactly.
 *
 * @param max the upper end of the scale
 * @param step from one line to the next
 */
record Axes(String title, double max, double step) {
    private static final int MOST_STEPS = 20;

    Axes {
        if (!(max > 0) || !(step > 0) || max / step > MOST_STEPS) {
            throw new IllegalArgumentException(
                    "'max' and 'step' want numbers that make 1 to " + MOST_STEPS + " lines");
        }
    }

    /** Draws them and returns where the values go. */
    Drawing.Area draw(Canvas canvas, Drawing.Area area) {
        boolean small = area.width() < 500;
        int dot = small ? 2 : 3;
        double top = area.y() + (title.isEmpty() ? 20 : small ? 44 : 70);
        double left = area.x() + (small ? 62 : 84);
        double bottom = area.y() + area.height() - (small ? 44 : 64);
        double right = area.x() + area.width() - (small ? 20 : 32);
        canvas.centred(
                area.x() + area.width() / 2,
                area.y() + (small ? 16 : 24),
                dot,
                title,
                Colour.BLACK);
        for (int i = 0; i * step <= max + 1e-9; i++) {
            double y = bottom - (bottom - top) * i * step / max;
            canvas.line(left, y, right, y, i == 0 ? 2.5 : 1.2, i == 0 ? Colour.BLACK : Colour.GREY);
            canvas.right(left - 10, y - 7, 2, shown(i * step), Colour.BLACK);
        }
        canvas.line(left, top, left, bottom, 2.5, Colour.BLACK);
        return new Drawing.Area(left, top, right - left, bottom - top);
    }

    double y(Drawing.Area plot, double value) {
        return plot.y() + plot.height() * (1 - value / max);
    }

    private static String shown(double value) {
        return BigDecimal.valueOf(Math.round(value * 1000) / 1000.0)
                .stripTrailingZeros()
                .toPlainString();
    }
}
