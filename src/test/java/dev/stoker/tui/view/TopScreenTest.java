package dev.stoker.tui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.tui.screen.CellWidth;
import dev.stoker.tui.screen.Glyphs;
import dev.stoker.tui.screen.Grid;
import dev.stoker.tui.screen.Role;
import dev.stoker.tui.screen.Theme;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the screen shows, held against texts that were looked at. With {@code -Dscreens.write=true}
 * they are written anew: then look at them before they are kept.
 */
class TopScreenTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private final TopScreen screen = new TopScreen(new Glyphs(true), ZoneOffset.UTC);
    private final Choices choices = new Choices(Theme.DARK);

    private static Machines machine(String name) {
        return switch (name) {
            case "desktop" -> Machines.desktop();
            case "jetson" -> Machines.jetson();
            case "h100" -> Machines.h100();
            case "hostile" -> Machines.hostile();
            default -> Machines.bare();
        };
    }

    private List<TopScreen.Hint> hints() {
        return List.of(
                new TopScreen.Hint("q", "quit", () -> {}),
                new TopScreen.Hint("?", "help", () -> choices.box = Choices.Box.HELP));
    }

    private List<String> drawn(Scene scene, int columns, int rows) {
        Grid grid = new Grid(columns, rows);
        screen.draw(grid, scene, choices, SECOND, hints());
        List<String> lines = new ArrayList<>();
        for (int y = 0; y < rows; y++) {
            lines.add(grid.row(y));
        }
        return lines;
    }

    private String text(Scene scene, int columns, int rows) {
        return String.join("\n", drawn(scene, columns, rows));
    }

    @ParameterizedTest
    @CsvSource({
        "desktop, 80, 24",
        "desktop, 120, 40",
        "desktop, 200, 60",
        "jetson, 80, 24",
        "jetson, 120, 40",
        "h100, 80, 24",
        "h100, 120, 40",
        "h100, 200, 60",
        "bare, 80, 24",
        "bare, 200, 60",
    })
    void draw_machine_showsTheTextThatWasLookedAt(String name, int columns, int rows)
            throws IOException {
        String file = name + "-" + columns + "x" + rows + ".txt";
        String drawn = text(machine(name).scene(90), columns, rows) + "\n";
        if (Boolean.getBoolean("screens.write")) {
            Path folder = Path.of("src/test/resources/dev/stoker/tui/view");
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(file), drawn);
        }
        try (InputStream in = TopScreenTest.class.getResourceAsStream(file)) {
            assertThat(in).as(file).isNotNull();
            assertThat(drawn).isEqualTo(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"desktop", "jetson", "h100", "bare", "hostile"})
    void draw_everyPageAndBoxAtEverySize_staysOnTheScreen(String name) {
        Scene scene = machine(name).scene(3);
        for (int columns : new int[] {1, 20, 40, 79, 80, 81, 100, 133, 250}) {
            for (int rows : new int[] {1, 2, 5, 10, 23, 24, 31, 32, 70}) {
                for (Page page : Page.values()) {
                    choices.page(page);
                    for (Choices.Box box : Choices.Box.values()) {
                        choices.box = box;
                        for (String line : drawn(scene, columns, rows)) {
                            assertThat(CellWidth.of(line)).isLessThanOrEqualTo(columns);
                        }
                    }
                }
            }
        }
    }

    @Test
    void draw_hostileNames_holdsNoControlCharacters() {
        String text = text(Machines.hostile().scene(1), 200, 60);
        assertThat(text.chars().filter(c -> c < 0x20 && c != '\n')).isEmpty();
        assertThat(text).doesNotContain("\u202e").doesNotContain("\u200d");
    }

    @Test
    void draw_asciiLocale_holdsAsciiAlone() {
        TopScreen ascii = new TopScreen(new Glyphs(false), ZoneOffset.UTC);
        for (String name : List.of("desktop", "h100", "bare", "jetson", "hostile")) {
            Scene scene = machine(name).scene(20);
            for (Choices.Box box : Choices.Box.values()) {
                choices.box = box;
                Grid grid = new Grid(160, 50);
                ascii.draw(grid, scene, choices, SECOND, hints());
                for (int y = 0; y < 50; y++) {
                    assertThat(grid.row(y)).matches("\\p{ASCII}*");
                }
            }
        }
    }

    @Test
    void draw_unknownFigure_isADashWithItsReason() {
        choices.focus(Panel.GPUS);
        String text = text(Machines.jetson().scene(2), 120, 40);
        assertThat(text).contains("– °C").contains("– W").doesNotContain(" 0 °C");
        choices.box = Choices.Box.FACTS;
        assertThat(text(Machines.jetson().scene(2), 120, 60))
                .contains("this GPU or its driver does not tell it");
    }

    @Test
    void draw_lostGpu_staysWithWhatHappened() {
        String text = text(Machines.h100().scene(2), 200, 60);
        assertThat(text).contains("lost").contains("The GPU has fallen off the bus.");
    }

    @Test
    void draw_partlyOnTheHost_showsTheShare() {
        assertThat(text(Machines.desktop().scene(2), 120, 40))
                .contains("81%")
                .contains("qwen3:32b");
    }

    @Test
    void draw_keepAlive_countsDownAndNeverEnds() {
        assertThat(text(Machines.desktop().scene(60), 120, 40)).contains("4:00");
        assertThat(text(Machines.jetson().scene(1), 120, 40)).contains("never");
    }

    @Test
    void filter_text_leavesMatchingRows() {
        Scene scene = Machines.desktop().scene(1);
        choices.filter("minilm");
        assertThat(text(scene, 120, 40)).contains("all-minilm").doesNotContain("qwen3:32b  ");
        choices.filter("no such thing");
        assertThat(text(scene, 120, 40)).contains("No model matches the filter.");
    }

    @Test
    void sort_byNextColumn_ordersRows() {
        Scene scene = Machines.desktop().scene(1);
        choices.focus(Panel.MODELS);
        screen.sortNext(scene, choices);
        String sorted = text(scene, 120, 40);
        assertThat(sorted.indexOf("all-minilm")).isLessThan(sorted.indexOf("qwen3:32b "));
        screen.reverse(choices);
        sorted = text(scene, 120, 40);
        assertThat(sorted.indexOf("qwen3:32b ")).isLessThan(sorted.indexOf("all-minilm"));
    }

    @Test
    void drawHosts_severalHosts_stayOnTheScreenWithWhatIsWrong() {
        Scene gone =
                new Scene(
                        "box9:9114",
                        Optional.empty(),
                        List.of(),
                        new History(),
                        List.of(),
                        Machines.NOON,
                        "gone",
                        Role.BAD,
                        "http://box9:9114 does not tell: nothing listens there.");
        List<Scene> scenes = List.of(Machines.h100().scene(5), gone, Machines.desktop().scene(5));
        for (int columns : new int[] {1, 30, 80, 200}) {
            for (int rows : new int[] {1, 3, 10, 24, 60}) {
                Grid grid = new Grid(columns, rows);
                screen.drawHosts(grid, scenes, choices, SECOND, hints());
                for (int y = 0; y < rows; y++) {
                    assertThat(CellWidth.of(grid.row(y))).isLessThanOrEqualTo(columns);
                }
            }
        }
        Grid grid = new Grid(120, 40);
        screen.drawHosts(grid, scenes, choices, SECOND, hints());
        List<String> lines = new ArrayList<>();
        for (int y = 0; y < 40; y++) {
            lines.add(grid.row(y));
        }
        assertThat(String.join("\n", lines))
                .contains("3 hosts")
                .contains("does not tell: nothing listens there")
                .contains("HW thermal")
                .contains("lost")
                .contains("qwen3:32b");
    }

    @Test
    void click_onATitle_sortsAndOnARowSelects() {
        Scene scene = Machines.desktop().scene(1);
        List<String> lines = drawn(scene, 120, 40);
        int titles = row(lines, " processes ");
        assertThat(screen.click(lines.get(titles).indexOf("RSS"), titles, choices)).isTrue();
        assertThat(choices.focus()).isEqualTo(Panel.PROCESSES);
        assertThat(choices.list(Panel.PROCESSES).sort()).isEqualTo("RSS GiB");
        lines = drawn(scene, 120, 40);
        screen.click(3, row(lines, " 1200 "), choices);
        assertThat(choices.list(Panel.PROCESSES).selected()).isEqualTo("1200");
        assertThat(screen.killable(scene, choices).orElseThrow().pid()).isEqualTo(1200);
    }

    @Test
    void click_onAKeyOfTheLastLine_pressesIt() {
        drawn(Machines.desktop().scene(1), 120, 40);
        screen.click(10, 39, choices);
        assertThat(choices.box).isEqualTo(Choices.Box.HELP);
    }

    private static int row(List<String> lines, String text) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(text)) {
                return i;
            }
        }
        throw new AssertionError("no line holds " + text);
    }

    @Property(tries = 200)
    void heights_ofAnyWants_fitTheRows(
            @ForAll @IntRange(min = 5, max = 100) int rows,
            @ForAll @IntRange(min = 2, max = 20) int gpus,
            @ForAll @IntRange(max = 30) int models,
            @ForAll @IntRange(max = 60) int processes,
            @ForAll @IntRange(max = 5) int servers) {
        Heights h =
                Heights.of(
                        rows,
                        0,
                        new Heights.Wants(gpus, r -> r > 8 ? 8 : 0, models, processes, servers, 9));
        int sum = h.gpus() + h.models() + h.processes() + h.servers() + h.events();
        assertThat(sum).isLessThanOrEqualTo(Math.max(rows, 6));
        assertThat(h.gpus()).isPositive();
        assertThat(h.models()).isPositive();
        assertThat(h.processes()).isPositive();
    }
}
