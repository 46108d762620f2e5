package dev.stoker.tui.screen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Map;

class PaintTest {

    @ParameterizedTest
    @EnumSource(Role.class)
    void text_withoutColours_hasNone(Role role) {
        for (Paint paint :
                new Paint[] {
                    new Paint(Theme.DARK, ColourDepth.NONE), new Paint(Theme.MONO, ColourDepth.TRUE)
                }) {
            assertThat(paint.text(Style.selected(Style.bold(role))))
                    .doesNotContain("38;")
                    .doesNotContain("48;");
        }
    }

    @Test
    void text_selectedWithoutColours_isReversed() {
        assertThat(
                        new Paint(Theme.DARK, ColourDepth.NONE)
                                .text(Style.selected(Style.of(Role.TEXT))))
                .contains(";7");
    }

    @Test
    void text_withMillionsOfColours_namesTheThemesOwn() {
        assertThat(new Paint(Theme.DARK, ColourDepth.TRUE).text(Style.of(Role.BAD)))
                .isEqualTo("\u001b[0;38;2;240;113;111m");
    }

    @ParameterizedTest
    @CsvSource({"0,0,0,16", "255,255,255,231", "255,0,0,196", "128,128,128,244", "95,135,175,67"})
    void indexed_knownColour_isTheNearest(int red, int green, int blue, int index) {
        assertThat(Paint.indexed(red, green, blue)).isEqualTo(index);
    }

    @Test
    void depth_byEnvironment_isWhatTheTerminalHas() {
        assertThat(ColourDepth.of(Map.of("TERM", "xterm", "COLORTERM", "truecolor"), false))
                .isEqualTo(ColourDepth.TRUE);
        assertThat(ColourDepth.of(Map.of("TERM", "xterm-256color"), false))
                .isEqualTo(ColourDepth.INDEXED);
        assertThat(ColourDepth.of(Map.of("TERM", "xterm"), false)).isEqualTo(ColourDepth.SIXTEEN);
        assertThat(ColourDepth.of(Map.of("TERM", "xterm", "NO_COLOR", "1"), false))
                .isEqualTo(ColourDepth.NONE);
        assertThat(ColourDepth.of(Map.of("TERM", "dumb"), false)).isEqualTo(ColourDepth.NONE);
        assertThat(ColourDepth.of(Map.of("TERM", "xterm-256color"), true))
                .isEqualTo(ColourDepth.NONE);
    }
}
