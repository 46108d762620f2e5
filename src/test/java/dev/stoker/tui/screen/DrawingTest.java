package dev.stoker.tui.screen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Map;

class DrawingTest {
    private static final Glyphs UNICODE = new Glyphs(true);
    private static final Glyphs ASCII = new Glyphs(false);
    private static final float GAP = Float.NaN;

    @Test
    void text_overAWideCharacter_leavesNoHalf() {
        Grid grid = new Grid(6, 1);
        grid.text(0, 0, "模型", Style.of(Role.TEXT), 6);
        grid.text(1, 0, "x", Style.of(Role.TEXT), 6);
        assertThat(grid.row(0)).isEqualTo(" x型");
    }

    @Test
    void text_beyondTheArea_isKeptInIt() {
        Grid grid = new Grid(10, 2);
        Area area = Area.of(grid).part(2, 0, 4, 1);
        area.put(0, 0, "abcdefgh", Role.TEXT);
        area.put(0, 1, "below", Role.TEXT);
        area.put(3, 0, "模", Role.TEXT);
        assertThat(grid.row(0)).isEqualTo("  abcd");
        assertThat(grid.row(1)).isEmpty();
    }

    @Test
    void bar_shares_areDrawnByEighths() {
        Grid grid = new Grid(8, 4);
        Area all = Area.of(grid);
        Bar.draw(all, UNICODE, 0, 0, 8, 0.5, Role.LOAD);
        Bar.draw(all, UNICODE, 0, 1, 8, 0.001, Role.LOAD);
        Bar.draw(all, UNICODE, 0, 2, 8, 7.0, Role.LOAD);
        Bar.draw(all, ASCII, 0, 3, 8, 0.25, Role.LOAD, 0.5, Role.CACHE);
        assertThat(grid.row(0)).isEqualTo("████····");
        assertThat(grid.row(1)).isEqualTo("▏·······");
        assertThat(grid.row(2)).isEqualTo("████████");
        assertThat(grid.row(3)).isEqualTo("######..");
    }

    @Test
    void graph_withAGap_leavesItEmpty() {
        Grid grid = new Grid(4, 2);
        Graph.draw(
                Area.of(grid),
                UNICODE,
                new float[] {0f, 0.5f, GAP, GAP, 1f, 1f, 0.25f, 0.75f},
                Role.LOAD,
                Role.LOAD);
        assertThat(grid.row(0)).isEqualTo("  ⣿⢠");
        assertThat(grid.row(1)).isEqualTo("⣸ ⣿⣼");
    }

    @Test
    void graph_ofZero_showsThatItIsKnown() {
        Grid grid = new Grid(3, 1);
        Graph.draw(Area.of(grid), UNICODE, new float[] {0f, GAP, 1f}, Role.LOAD, Role.LOAD);
        assertThat(grid.row(0)).isEqualTo("▁ █");
    }

    @Test
    void graph_moreValuesThanPlaces_showsTheNewest() {
        Grid grid = new Grid(2, 1);
        Graph.draw(Area.of(grid), ASCII, new float[] {1f, 1f, 0f, 1f}, Role.LOAD, Role.LOAD);
        assertThat(grid.row(0)).isEqualTo(".#");
    }

    @Test
    void glyphs_withoutUtf8_areAscii() {
        assertThat(Glyphs.of(Map.of("LANG", "C")).unicode()).isFalse();
        assertThat(Glyphs.of(Map.of("LANG", "de_DE.UTF-8")).unicode()).isTrue();
        assertThat(Glyphs.of(Map.of("LANG", "de_DE.UTF-8", "LC_ALL", "POSIX")).unicode()).isFalse();
        Grid grid = new Grid(20, 1);
        grid.text(0, 0, "7 °C – 模 …", Style.of(Role.TEXT), 20);
        grid.toAscii(ASCII);
        assertThat(grid.row(0)).isEqualTo("7  C - ?  ~");
    }
}
