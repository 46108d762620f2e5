package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;

/** A table fits its terminal, and what it leaves out is what matters least. */
class TableTest {

    private static Table wide() {
        Table table = new Table().left("model", 0);
        for (int i = 1; i <= 12; i++) {
            table.right("column " + i, i);
        }
        table.left("verdict", 0);
        String[] cells = new String[14];
        Arrays.fill(cells, "12345.67");
        cells[0] = "a-model-with-quite-a-long-name:70b-instruct-q4_K_M";
        cells[13] = "\u001b[32mpassed\u001b[0m";
        table.row(cells);
        return table;
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 80, 120, 200})
    void lines_anyWidth_areNoLongerThanThat(int width) {
        assertThat(wide().lines(width))
                .hasSize(2)
                .allMatch(line -> Table.visible(line) <= width)
                .allMatch(line -> line.contains("verdict") || line.contains("passed"));
    }

    @Test
    void columns_thatDoNotFit_areLeftOutByRank() {
        String header = wide().lines(100).getFirst();
        assertThat(header).contains("column 1").doesNotContain("column 12");
        for (int i = 1; i < 12; i++) {
            if (header.contains("column " + (i + 1) + " ")) {
                assertThat(header).contains("column " + i + " ");
            }
        }
    }

    @Test
    void columns_allFit_areAllThere() {
        assertThat(wide().lines(1000).getFirst()).contains("column 12");
    }

    @Test
    void cells_alwaysStandUnderTheirTitles() {
        Table table = new Table().left("name", 0).right("n", 0).left("end", 0);
        table.row("a", "1", "x");
        table.row("long name", "1000", "y");
        assertThat(table.lines(80))
                .containsExactly(
                        "name          n  end", "a             1  x", "long name  1000  y");
    }

    @Test
    void column_emptyInEveryRow_isLeftOut() {
        Table table = new Table().left("name", 0).right("never", 0).right("n", 0);
        table.row("a", "", "1");
        assertThat(table.lines(80)).containsExactly("name  n", "a     1");
    }

    @Test
    void firstColumn_tooLong_isCutWithASign() {
        Table table = new Table().left("name", 0).right("n", 0);
        table.row("abcdefghijklmnopqrstuvwxyz", "1");
        assertThat(table.lines(20)).containsExactly("name               n", "abcdefghijklmnop…  1");
    }

    @Test
    void visible_colours_takeNoRoom() {
        assertThat(Table.visible("\u001b[1;31mab\u001b[0m")).isEqualTo(2);
        assertThat(Table.visible("ä–😀")).isEqualTo(3);
    }

    @Test
    void row_ofAnotherLength_isADefect() {
        assertThatThrownBy(() -> new Table().left("a", 0).row("1", "2"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
