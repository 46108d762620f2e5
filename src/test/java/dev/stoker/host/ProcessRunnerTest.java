package dev.stoker.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Cancellation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

@EnabledOnOs(OS.LINUX)
class ProcessRunnerTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final ProcessRunner runner = new ProcessRunner();

    @TempDir Path folder;

    @Test
    void run_commandThatFails_codeAndBothOutputs() {
        CommandEnd end =
                runner.run(
                        List.of("sh", "-c", "echo out; echo err >&2; exit 3"),
                        LONG,
                        Cancellation.never());

        assertThat(end).isEqualTo(new CommandEnd.Finished(3, "out\nerr\n", false));
        assertThat(end.succeeded()).isFalse();
    }

    @Test
    void run_noSuchProgram_notStarted() {
        assertThat(runner.run(List.of("no-such-program-here"), LONG, Cancellation.never()))
                .isEqualTo(new CommandEnd.NotStarted("there is no program no-such-program-here"));
        assertThat(runner.run(List.of("/no/such/file"), LONG, Cancellation.never()).succeeded())
                .isFalse();
    }

    @Test
    void run_limitReached_wholeFamilyEnded() throws Exception {
        Path pid = folder.resolve("pid");
        CommandEnd end =
                runner.run(
                        List.of(
                                "sh",
                                "-c",
                                "(sleep 300 & echo $! > " + pid + "; wait) & echo begun; wait"),
                        Duration.ofSeconds(1),
                        Cancellation.never());

        assertThat(end).isEqualTo(new CommandEnd.TimedOut(Duration.ofSeconds(1), "begun\n"));
        long child = Long.parseLong(Files.readString(pid).strip());
        assertThat(ended(child)).isTrue();
    }

    @Test
    void run_serverLeftBehind_returnsAndTheServerLives() throws Exception {
        CommandEnd end =
                runner.run(List.of("sh", "-c", "sleep 300 & echo $!"), LONG, Cancellation.never());

        long server = Long.parseLong(((CommandEnd.Finished) end).output().strip());
        ProcessHandle handle = ProcessHandle.of(server).orElseThrow();
        assertThat(handle.isAlive()).isTrue();
        handle.destroyForcibly();
        assertThat(ended(server)).isTrue();
    }

    @Test
    void run_cancelled_endedAtOnce() throws Exception {
        Path begun = folder.resolve("begun");
        Cancellation cancellation = new Cancellation();
        Thread canceller =
                Thread.ofVirtual()
                        .start(() -> {
                            while (!Files.exists(begun)) {
                                Thread.onSpinWait();
                            }
                            cancellation.cancel();
                        });

        CommandEnd end =
                runner.run(
                        List.of("sh", "-c", "touch " + begun + "; sleep 300"), LONG, cancellation);

        canceller.join();
        assertThat(end).isEqualTo(new CommandEnd.Cancelled());
    }

    @Test
    void run_endlessOutput_onlyItsEndKept() {
        CommandEnd end =
                runner.run(
                        List.of("sh", "-c", "head -c 17000000 /dev/zero; echo last"),
                        LONG,
                        Cancellation.never());

        CommandEnd.Finished finished = (CommandEnd.Finished) end;
        assertThat(finished.cut()).isTrue();
        assertThat(finished.output()).hasSize(16 << 20).endsWith("last\n");
    }

    /** A process that has ended but was not yet waited for by its parent counts as ended. */
    private static boolean ended(long pid) throws Exception {
        ProcessHandle handle = ProcessHandle.of(pid).orElse(null);
        if (handle == null) {
            return true;
        }
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        for (int i = 0; i < 1_000_000 && handle.isAlive(); i++) {
            if (!Files.exists(stat) || Files.readString(stat).contains(") Z ")) {
                return true;
            }
            Thread.onSpinWait();
        }
        return !handle.isAlive();
    }
}
