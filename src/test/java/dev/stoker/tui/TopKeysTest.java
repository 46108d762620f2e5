package dev.stoker.tui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.tui.screen.Glyphs;
import dev.stoker.tui.screen.Theme;
import dev.stoker.tui.term.Key;
import dev.stoker.tui.view.Choices;
import dev.stoker.tui.view.KillTarget;
import dev.stoker.tui.view.Page;
import dev.stoker.tui.view.Panel;
import dev.stoker.tui.view.Scene;
import dev.stoker.tui.view.TopScreen;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

class TopKeysTest {
    private final Choices choices = new Choices(Theme.DARK);
    private final TopScreen screen = new TopScreen(new Glyphs(true), ZoneOffset.UTC);
    private final Scene scene =
            new Host("box", false, Clock.system()).scene(false, Duration.ofSeconds(1));

    private TopKeys keys(String mayNotKill) {
        return new TopKeys(
                choices,
                screen,
                List.of(),
                Optional.empty(),
                mayNotKill.isEmpty() ? Optional.of(new Killer("anna")) : Optional.empty(),
                mayNotKill);
    }

    private TopKeys.Wish press(TopKeys keys, String text) {
        TopKeys.Wish wish = TopKeys.Wish.NOTHING;
        for (int c : text.codePoints().toArray()) {
            wish = keys.press(new Key.Char(c), scene);
        }
        return wish;
    }

    @Test
    void press_quitKeys_quit() {
        assertThat(press(keys(""), "q")).isEqualTo(TopKeys.Wish.QUIT);
        assertThat(keys("").press(new Key.Named(Key.Name.INTERRUPT), scene))
                .isEqualTo(TopKeys.Wish.QUIT);
        assertThat(keys("").press(new Key.Named(Key.Name.SUSPEND), scene))
                .isEqualTo(TopKeys.Wish.SUSPEND);
    }

    @Test
    void press_whileAFilterIsTyped_types() {
        TopKeys keys = keys("");
        assertThat(press(keys, "/quark")).isEqualTo(TopKeys.Wish.NOTHING);
        assertThat(choices.filter()).isEqualTo("quark");
        keys.press(new Key.Named(Key.Name.BACKSPACE), scene);
        keys.press(new Key.Named(Key.Name.ENTER), scene);
        assertThat(choices.filter()).isEqualTo("quar");
        assertThat(choices.typing).isFalse();
        keys.press(new Key.Named(Key.Name.ESCAPE), scene);
        assertThat(choices.filter()).isEmpty();
    }

    @Test
    void press_pagesAndPanels_moveThere() {
        TopKeys keys = keys("");
        press(keys, "4");
        assertThat(choices.page()).isEqualTo(Page.PROCESSES);
        assertThat(choices.focus()).isEqualTo(Panel.PROCESSES);
        press(keys, "1");
        keys.press(new Key.Named(Key.Name.TAB), scene);
        assertThat(choices.focus()).isEqualTo(Panel.SERVERS);
        keys.press(new Key.Named(Key.Name.BACK_TAB), scene);
        assertThat(choices.focus()).isEqualTo(Panel.PROCESSES);
    }

    @Test
    void press_switches_switch() {
        TopKeys keys = keys("");
        press(keys, "tcp+");
        assertThat(choices.tree).isTrue();
        assertThat(choices.fullCommand).isTrue();
        assertThat(choices.paused).isTrue();
        assertThat(choices.span()).isEqualTo(Duration.ofMinutes(5));
        assertThat(press(keys, "T")).isEqualTo(TopKeys.Wish.REDRAW);
        assertThat(choices.theme).isEqualTo(Theme.LIGHT);
        press(keys, "?");
        assertThat(choices.box).isEqualTo(Choices.Box.HELP);
        press(keys, "x");
        assertThat(choices.box).isEqualTo(Choices.Box.NONE);
    }

    @Test
    void kill_forbidden_saysWhy() {
        press(keys("Processes can't be ended: --readonly was given."), "4k");
        assertThat(choices.message).contains("--readonly");
        assertThat(choices.box).isEqualTo(Choices.Box.NONE);
    }

    private static KillTarget target(Process process, String user, Instant started) {
        return new KillTarget(
                process.pid(), user, "sleep", Optional.of(started), KillTarget.Stage.ASKED, "");
    }

    @Test
    void killer_processOfAnotherUser_isLeftAlone() throws IOException {
        Process sleep = new ProcessBuilder("sleep", "60").start();
        try {
            KillTarget checked =
                    new Killer("anna")
                            .next(target(sleep, "bert", sleep.info().startInstant().orElseThrow()));
            assertThat(checked.stage()).isEqualTo(KillTarget.Stage.OVER);
            assertThat(checked.told()).contains("belongs to bert");
            assertThat(sleep.isAlive()).isTrue();
        } finally {
            sleep.destroyForcibly();
        }
    }

    @Test
    void killer_numberThatAnotherProcessHasGot_isLeftAlone() throws IOException {
        Process sleep = new ProcessBuilder("sleep", "60").start();
        try {
            KillTarget checked =
                    new Killer("anna").next(target(sleep, "anna", Instant.now().minusSeconds(900)));
            assertThat(checked.told()).isEqualTo("It has ended.");
            assertThat(sleep.isAlive()).isTrue();
        } finally {
            sleep.destroyForcibly();
        }
    }

    @Test
    void killer_ownProcess_isAskedFirstAndThenKilled() throws Exception {
        Process stubborn =
                new ProcessBuilder("sh", "-c", "trap '' TERM; echo up; sleep 60 & wait; wait")
                        .start();
        try {
            assertThat(stubborn.inputReader().readLine()).isEqualTo("up");
            Killer killer = new Killer("anna");
            KillTarget asked =
                    killer.next(
                            target(stubborn, "anna", stubborn.info().startInstant().orElseThrow()));
            assertThat(asked.stage()).isEqualTo(KillTarget.Stage.TERMINATED);
            assertThat(killer.look(asked).stage()).isEqualTo(KillTarget.Stage.TERMINATED);
            KillTarget killed = killer.next(asked);
            assertThat(killed.stage()).isEqualTo(KillTarget.Stage.OVER);
            assertThat(stubborn.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(killer.look(asked).told()).isEqualTo("It has ended.");
        } finally {
            stubborn.descendants().forEach(ProcessHandle::destroyForcibly);
            stubborn.destroyForcibly();
        }
    }
}
