package dev.stoker.suite.picture;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/**
 * Paints shapes with smooth edges: each pixel takes the colour as far as the shape covers it, by
 * its distance from the edge. Used by one thread.
 *
 * <p>Source of the distance to a polygon: the winding test with the least distance to a side.
 */
final class Canvas {
    private final int width;
    private final int height;
    private final float[] rgb;

    /** A white one. */
    Canvas(int width, int height) {
        this.width = width;
        this.height = height;
        rgb = new float[width * height * 3];
        Arrays.fill(rgb, 255);
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    void rectangle(double x, double y, double w, double h, Colour colour) {
        double cx = x + w / 2;
        double cy = y + h / 2;
        paint(
                x,
                y,
                x + w,
                y + h,
                colour,
                (px, py) -> Math.max(Math.abs(px - cx) - w / 2, Math.abs(py - cy) - h / 2));
    }

    void circle(double cx, double cy, double r, Colour colour) {
        paint(cx - r, cy - r, cx + r, cy + r, colour, (px, py) -> Math.hypot(px - cx, py - cy) - r);
    }

    void line(double x1, double y1, double x2, double y2, double thick, Colour colour) {
        double half = thick / 2;
        paint(
                Math.min(x1, x2) - half,
                Math.min(y1, y2) - half,
                Math.max(x1, x2) + half,
                Math.max(y1, y2) + half,
                colour,
                (px, py) -> toSide(px, py, x1, y1, x2, y2) - half);
    }

    /** Fills a polygon; its sides may not cross one another. */
    void polygon(double[] xs, double[] ys, Colour colour) {
        double left = Arrays.stream(xs).min().orElse(0);
        double right = Arrays.stream(xs).max().orElse(0);
        double top = Arrays.stream(ys).min().orElse(0);
        double bottom = Arrays.stream(ys).max().orElse(0);
        paint(left, top, right, bottom, colour, (px, py) -> toPolygon(px, py, xs, ys));
    }

    private static double toPolygon(double px, double py, double[] xs, double[] ys) {
        double nearest = Double.MAX_VALUE;
        boolean inside = false;
        for (int i = 0, j = xs.length - 1; i < xs.length; j = i++) {
            nearest = Math.min(nearest, toSide(px, py, xs[i], ys[i], xs[j], ys[j]));
            if (ys[i] > py != ys[j] > py
                    && px < (xs[j] - xs[i]) * (py - ys[i]) / (ys[j] - ys[i]) + xs[i]) {
                inside = !inside;
            }
        }
        return inside ? -nearest : nearest;
    }

    private static double toSide(double px, double py, double x1, double y1, double x2, double y2) {
        double dx = x2 - x1;
        double dy = y2 - y1;
        double square = dx * dx + dy * dy;
        double along =
                square == 0 ? 0 : Math.clamp(((px - x1) * dx + (py - y1) * dy) / square, 0, 1);
        return Math.hypot(px - x1 - along * dx, py - y1 - along * dy);
    }

    /** Writes a line of text; x and y are its left upper corner, a dot is so many pixels wide. */
    void text(double x, double y, int dot, String text, Colour colour) {
        List<boolean[][]> glyphs = Glyphs.of(text);
        for (int i = 0; i < glyphs.size(); i++) {
            for (int gy = 0; gy < Glyphs.HEIGHT; gy++) {
                for (int gx = 0; gx < Glyphs.WIDTH; gx++) {
                    if (glyphs.get(i)[gy][gx]) {
                        rectangle(
                                Math.rint(x) + (i * Glyphs.ADVANCE + gx) * dot,
                                Math.rint(y) + gy * dot,
                                dot,
                                dot,
                                colour);
                    }
                }
            }
        }
    }

    /** Writes a line of text with its middle at x. */
    void centred(double x, double y, int dot, String text, Colour colour) {
        text(x - widthOf(text, dot) / 2.0, y, dot, text, colour);
    }

    /** Writes a line of text with its right end at x. */
    void right(double x, double y, int dot, String text, Colour colour) {
        text(x - widthOf(text, dot), y, dot, text, colour);
    }

    static int widthOf(String text, int dot) {
        return text.isEmpty() ? 0 : (text.length() * Glyphs.ADVANCE - 1) * dot;
    }

    private void paint(
            double left,
            double top,
            double right,
            double bottom,
            Colour colour,
            DoubleBinaryOperator distance) {
        int x0 = (int) Math.max(0, Math.floor(left - 1));
        int x1 = (int) Math.min(width - 1, Math.ceil(right + 1));
        int y0 = (int) Math.max(0, Math.floor(top - 1));
        int y1 = (int) Math.min(height - 1, Math.ceil(bottom + 1));
        for (int y = y0; y <= y1; y++) {
            for (int x = x0; x <= x1; x++) {
                double cover = Math.clamp(0.5 - distance.applyAsDouble(x + 0.5, y + 0.5), 0.0, 1.0);
                if (cover > 0) {
                    blend((y * width + x) * 3, colour, (float) cover);
                }
            }
        }
    }

    private void blend(int at, Colour colour, float cover) {
        rgb[at] += (colour.red() - rgb[at]) * cover;
        rgb[at + 1] += (colour.green() - rgb[at + 1]) * cover;
        rgb[at + 2] += (colour.blue() - rgb[at + 2]) * cover;
    }

    byte[] png() {
        byte[] bytes = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            bytes[i] = (byte) Math.round(rgb[i]);
        }
        return Png.write(width, height, bytes);
    }
}
