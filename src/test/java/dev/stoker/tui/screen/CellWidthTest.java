package dev.stoker.tui.screen;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

class CellWidthTest {

    @Test
    void of_latinAndWideAndJoining_countsCells() {
        assertThat(CellWidth.of("abc°–≥")).isEqualTo(6);
        assertThat(CellWidth.of("模型")).isEqualTo(4);
        assertThat(CellWidth.of("🚀")).isEqualTo(2);
        assertThat(CellWidth.of("e\u0301")).isEqualTo(1);
        assertThat(CellWidth.of("\u001b\u200b")).isZero();
        assertThat(CellWidth.of("⣿█▁")).isEqualTo(3);
    }

    @Test
    void cut_wideCharacterAtTheEdge_isLeftOut() {
        assertThat(CellWidth.cut("模型", 4)).isEqualTo("模型");
        assertThat(CellWidth.cut("模型", 3)).isEqualTo("模…");
        assertThat(CellWidth.cut("模型", 2)).isEqualTo("…");
        assertThat(CellWidth.cut("abc", 0)).isEmpty();
    }

    @Property
    void cut_anyText_fits(@ForAll String text, @ForAll @IntRange(max = 40) int cells) {
        assertThat(CellWidth.of(CellWidth.cut(text, cells))).isLessThanOrEqualTo(cells);
    }
}
