package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The live screen on a real terminal: it draws, fits whatever the size becomes, and however it
 * ends, the terminal is as it was before and nothing is left running.
 */
final class TopE2e {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Path STOKER = StokerCli.checkout().resolve("stoker");
    private static final String QUIET = " --server http://127.0.0.1:" + Ports.free();

    private static TmuxScreen screen(int columns, int rows) {
        return new TmuxScreen(columns, rows, Map.of("LC_ALL", "C.UTF-8", "COLORTERM", "truecolor"));
    }

    private static void start(TmuxScreen screen, String options) {
        screen.type(STOKER + " top" + options + "; echo ended $?");
        Waiting.until(
                "the first screen",
                Duration.ofMinutes(4), // It may have to be built first.
                () -> screen.text().contains("stoker top  ") && screen.text().contains("mem "),
                screen::text);
    }

    private static void assertSane(TmuxScreen screen) {
        assertThat(screen.value("alternate_on")).isEqualTo("0");
        assertThat(screen.value("cursor_flag")).isEqualTo("1");
        assertThat(screen.value("mouse_any_flag")).isEqualTo("0");
        screen.type(
                "stty -a | tr ' ' '\\n' | grep -c -x -e icanon -e echo -e isig | sed 's/^/modes:"
                        + " /'");
        screen.until("modes: 3");
        screen.type("echo still-echoes");
        screen.until("still-echoes");
    }

    @Test
    void top_quit_leavesTheTerminalAsItWas() {
        try (TmuxScreen screen = screen(80, 24)) {
            start(screen, QUIET);
            assertThat(screen.value("alternate_on")).isEqualTo("1");
            assertThat(screen.text()).contains("q quit").contains("models").contains("processes");
            screen.press("q");
            screen.until("ended 0");
            assertSane(screen);
        }
    }

    @Test
    void top_resizeStorm_fitsTheLastSize() {
        try (TmuxScreen screen = screen(80, 24)) {
            start(screen, QUIET);
            for (int i = 0; i < 60; i++) {
                screen.resize(20 + i * 7 % 180, 5 + i * 5 % 60);
            }
            screen.resize(120, 40);
            Waiting.until(
                    "the screen fits",
                    SOON,
                    () ->
                            screen.text().lines().count() >= 39
                                    && screen.text().lines().toList().getLast().contains("q quit")
                                    && screen.text().startsWith(" stoker top"),
                    screen::text);
            screen.press("q");
            screen.until("ended 0");
            assertSane(screen);
        }
    }

    @Test
    void top_killed_leavesASaneTerminal() {
        try (TmuxScreen screen = screen(80, 24)) {
            start(screen, QUIET);
            screen.java().destroyForcibly();
            screen.until("ended 137");
            assertSane(screen);
        }
    }

    @Test
    void top_launcherTerminated_putsTheTerminalInOrder() {
        try (TmuxScreen screen = screen(80, 24)) {
            start(screen, QUIET);
            ProcessHandle java = screen.java();
            java.parent().orElseThrow().destroy();
            screen.until("ended 130");
            assertThat(java.isAlive()).isFalse();
            assertSane(screen);
        }
    }

    @Test
    void top_launcherKilled_endsToo() {
        try (TmuxScreen screen = screen(80, 24)) {
            start(screen, QUIET);
            ProcessHandle java = screen.java();
            java.parent().orElseThrow().destroyForcibly();
            Waiting.until("it ends", SOON, () -> !java.isAlive());
        }
    }

    @Test
    void top_terminated_putsTheTerminalInOrder() {
        try (TmuxScreen screen = screen(80, 24)) {
            start(screen, QUIET);
            screen.java().destroy();
            screen.until("ended 130");
            assertSane(screen);
        }
    }

    @Test
    void top_terminalCloses_leavesNoProcess() {
        try (TmuxScreen screen = screen(80, 24)) {
            start(screen, QUIET);
            ProcessHandle java = screen.java();
            screen.hangUp();
            Waiting.until("it ends", SOON, () -> !java.isAlive());
        }
    }

    @Test
    void top_suspended_givesTheTerminalBackAndGoesOn() {
        try (TmuxScreen screen = screen(80, 24)) {
            start(screen, QUIET);
            screen.press("C-z");
            Waiting.until("usual screen", SOON, () -> screen.value("alternate_on").equals("0"));
            screen.until("Stopped");
            screen.type("fg");
            Waiting.until("drawn again", SOON, () -> screen.value("alternate_on").equals("1"));
            screen.until("q quit");
            screen.press("q");
            Waiting.until("usual screen", SOON, () -> screen.value("alternate_on").equals("0"));
        }
    }

    @Test
    void top_keys_changeWhatIsShown() {
        try (TmuxScreen screen = screen(120, 40)) {
            start(screen, QUIET);
            screen.press("?");
            screen.until("shift-tab");
            screen.press("Escape");
            screen.press("e");
            screen.until("Nothing has happened so far.");
            screen.press("/");
            screen.until("filter:");
            screen.press("q");
            screen.until("filter: q");
            screen.press("Escape");
            screen.press("q");
            screen.until("ended 0");
        }
    }

    @Test
    void top_realServers_showsBothWithTheirModels() {
        try (RealOllama ollama = RealOllama.start();
                RealLlamaServer llama = RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2).start();
                TmuxScreen screen = screen(120, 40)) {
            start(screen, " --server " + ollama.url() + " --server " + llama.url());
            screen.until("llama-server");
            screen.until("Ollama");
            ollama.http()
                    .post(
                            "/api/generate",
                            "{\"model\":\""
                                    + RealOllama.SMOLLM2
                                    + "\",\"stream\":false,"
                                    + "\"prompt\":\"Hello\",\"options\":{\"num_predict\":3}}");
            screen.until(RealOllama.SMOLLM2);
            screen.press("q");
            screen.until("ended 0");
        }
    }

    @Test
    void top_noTerminal_saysSoAndHowElse() {
        try (StokerCli stoker = new StokerCli()) {
            StokerCli.Result result = stoker.run("top");
            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.stderr())
                    .contains("There is no terminal to draw on")
                    .contains("stoker top --once");
            StokerCli.Result once = stoker.run("top", "--once");
            assertThat(once.exitCode()).as(once.stderr()).isZero();
            assertThat(once.stdout()).contains("stoker top  ").contains("processes");
            assertThat(once.stdout()).doesNotContain("\u001b");
        }
    }
}
