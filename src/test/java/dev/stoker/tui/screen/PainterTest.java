package dev.stoker.tui.screen;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** What is written to a terminal, held against a small terminal that understands it. */
class PainterTest {
    private static final Paint PAINT = new Paint(Theme.DARK, ColourDepth.TRUE);

    @Test
    void frame_sameScreenAgain_writesNothing() {
        Painter painter = new Painter();
        Grid grid = new Grid(20, 3);
        grid.text(0, 0, "hello", Style.of(Role.TEXT), 20);
        assertThat(painter.frame(grid, PAINT)).isNotEmpty();
        assertThat(painter.frame(grid, PAINT)).isEmpty();
    }

    @Test
    void frame_oneCellChanged_writesLittleMoreThanIt() {
        Painter painter = new Painter();
        Grid grid = new Grid(80, 24);
        painter.frame(grid, PAINT);
        grid.text(40, 12, "x", Style.of(Role.TEXT), 80);
        String bytes = new String(painter.frame(grid, PAINT), StandardCharsets.UTF_8);
        assertThat(bytes).contains("\u001b[13;41H").contains("x").hasSizeLessThan(60);
    }

    @Test
    void frame_afterForget_isWhole() {
        Painter painter = new Painter();
        Grid grid = new Grid(10, 2);
        grid.text(0, 1, "abc", Style.of(Role.TEXT), 10);
        painter.frame(grid, PAINT);
        painter.forget();
        assertThat(new String(painter.frame(grid, PAINT), StandardCharsets.UTF_8))
                .contains("\u001b[2J")
                .contains("abc");
    }

    @Property(tries = 300)
    void frames_ofAnyScreens_leaveTheTerminalAsWanted(
            @ForAll @IntRange(min = 1, max = 30) int width,
            @ForAll @IntRange(min = 1, max = 6) int height,
            @ForAll @Size(min = 1, max = 4) List<Long> seeds) {
        Painter painter = new Painter();
        PaperTerminal terminal = new PaperTerminal(width, height);
        for (long seed : seeds) {
            Grid grid = new Grid(width, height);
            Random random = new Random(seed);
            for (int i = 0; i < 8; i++) {
                String[] texts = {"abc", "模型x", "⣿⣿", "x", "🚀", "  "};
                grid.text(
                        random.nextInt(width),
                        random.nextInt(height),
                        texts[random.nextInt(texts.length)],
                        Style.of(random.nextBoolean() ? Role.TEXT : Role.BAD),
                        width);
            }
            terminal.take(painter.frame(grid, PAINT));
            for (int y = 0; y < height; y++) {
                assertThat(terminal.row(y)).isEqualTo(grid.row(y));
            }
        }
    }
}
