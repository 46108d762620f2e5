package dev.stoker.suite.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;

import javax.imageio.ImageIO;

/** The pictures are read back by another decoder than the one that they were written for. */
class DrawingTest {
    private static BufferedImage drawn(String form) throws IOException {
        Drawing drawing = Drawing.of(Json.parse(form).orElseThrow());
        return ImageIO.read(new ByteArrayInputStream(drawing.png()));
    }

    private static Colour nearest(BufferedImage image, double x, double y) {
        int rgb = image.getRGB((int) x, (int) y);
        Colour best = Colour.WHITE;
        int least = Integer.MAX_VALUE;
        for (Colour c : Colour.values()) {
            int d =
                    Math.abs(c.red() - (rgb >> 16 & 255))
                            + Math.abs(c.green() - (rgb >> 8 & 255))
                            + Math.abs(c.blue() - (rgb & 255));
            if (d < least) {
                least = d;
                best = c;
            }
        }
        return best;
    }

    @Test
    void png_decodedElsewhere_hasItsSizeAndColours() throws IOException {
        BufferedImage image =
                drawn(
                        """
                        {"draw": "scene", "shapes": [
                          {"shape": "circle", "colour": "red", "x": 0.25, "y": 0.5, "size": 0.3},
                          {"shape": "square", "colour": "blue", "x": 0.75, "y": 0.5, "size": 0.3},
                          {"shape": "triangle", "colour": "green", "x": 0.5, "y": 0.2, "size": 0.3}]}
                        """);
        assertThat(image.getWidth()).isEqualTo(Drawing.WIDTH);
        assertThat(image.getHeight()).isEqualTo(Drawing.HEIGHT);
        assertThat(nearest(image, 200, 300)).isEqualTo(Colour.RED);
        assertThat(nearest(image, 600, 300)).isEqualTo(Colour.BLUE);
        assertThat(nearest(image, 400, 130)).isEqualTo(Colour.GREEN);
        assertThat(nearest(image, 400, 500)).isEqualTo(Colour.WHITE);
    }

    @Test
    void pie_eachSlice_standsWhereItsShareSays() throws IOException {
        BufferedImage image =
                drawn("{\"draw\": \"pie-chart\", \"slices\": {\"A\": 50, \"B\": 25, \"C\": 25}}");
        double cx = 280;
        double cy = 330;
        assertThat(nearest(image, cx + 100, cy)).isEqualTo(Colour.BLUE);
        assertThat(nearest(image, cx - 80, cy + 80)).isEqualTo(Colour.ORANGE);
        assertThat(nearest(image, cx - 80, cy - 80)).isEqualTo(Colour.GREEN);
    }

    @Test
    void bars_ofTwoValues_haveTheirHeights() throws IOException {
        BufferedImage image =
                drawn(
                        "{\"draw\": \"bar-chart\", \"title\": \"T\", \"bars\": {\"A\": 100, \"B\":"
                                + " 50}, \"max\": 100, \"step\": 10}");
        double left = 84 + 684 * 0.25;
        double right = 84 + 684 * 0.75;
        assertThat(nearest(image, left, 90)).isEqualTo(Colour.BLUE);
        assertThat(nearest(image, right, 280)).isNotEqualTo(Colour.ORANGE);
        assertThat(nearest(image, right, 330)).isEqualTo(Colour.ORANGE);
    }

    @Test
    void edge_ofAShape_isSmooth() throws IOException {
        BufferedImage image =
                drawn(
                        "{\"draw\": \"scene\", \"shapes\": [{\"shape\": \"circle\", \"colour\":"
                                + " \"black\", \"x\": 0.5, \"y\": 0.5, \"size\": 0.5}]}");
        long between = 0;
        for (int x = 0; x < Drawing.WIDTH; x++) {
            for (int y = 0; y < Drawing.HEIGHT; y++) {
                int grey = image.getRGB(x, y) & 255;
                between += grey > 60 && grey < 220 ? 1 : 0;
            }
        }
        assertThat(between).isBetween(300L, 2000L);
    }
}
