package dev.stoker.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

class SpoolTest {
    private static final String STORE = "/data/runs.db";

    @TempDir private Path home;
    private Path run;

    @BeforeEach
    void run() throws IOException {
        run = Files.createDirectories(home.resolve("runs").resolve("20261122-101112-00ab"));
    }

    private Spool spool() {
        return new Spool(home.resolve("pending"));
    }

    private List<Path> waiting(String store) {
        return spool().waiting(store).stream()
                .map(ticket -> {
                    ticket.close();
                    return ticket.run();
                })
                .toList();
    }

    @Test
    void waiting_runWhoseProcessIsGone_isHandedOut() {
        spool().enter(run, STORE).close();

        assertThat(waiting(STORE)).containsExactly(run);
        assertThat(waiting(STORE)).as("until it is done").containsExactly(run);
    }

    @Test
    void waiting_runThatIsDone_isNoLongerThere() {
        try (Spool.Ticket ticket = spool().enter(run, STORE)) {
            ticket.done();
        }
        assertThat(waiting(STORE)).isEmpty();
    }

    @Test
    void waiting_runOfThisProcess_isLeftAlone() {
        Spool spool = spool();
        try (Spool.Ticket _ = spool.enter(run, STORE)) {
            assertThat(spool.waiting(STORE)).isEmpty();
            // Another user of the files, as another process would be.
            assertThat(waiting(STORE)).isEmpty();
        }
        assertThat(waiting(STORE)).containsExactly(run);
    }

    @Test
    void waiting_twiceAtOnce_onlyOneGetsTheRun() {
        spool().enter(run, STORE).close();
        Spool spool = spool();
        List<Spool.Ticket> first = spool.waiting(STORE);

        assertThat(first).hasSize(1);
        assertThat(spool.waiting(STORE)).isEmpty();
        first.forEach(Spool.Ticket::close);
    }

    @Test
    void waiting_runOfAnotherStore_isLeftForThatOne() {
        spool().enter(run, "jdbc:postgresql://db/stoker").close();

        assertThat(waiting(STORE)).isEmpty();
        assertThat(waiting("jdbc:postgresql://db/stoker")).containsExactly(run);
    }

    @Test
    void waiting_folderThatTheUserDeleted_isForgotten() throws IOException {
        spool().enter(run, STORE).close();
        Files.delete(run.resolve("store.json"));
        Files.delete(run);

        assertThat(waiting(STORE)).isEmpty();
        assertThat(home.resolve("pending")).isEmptyDirectory();
    }

    @Test
    void waiting_folderOfADiskThatIsAway_isKept() throws IOException {
        spool().enter(run, STORE).close();
        Path away = home.resolve("away");
        Files.move(home.resolve("runs"), away);

        assertThat(waiting(STORE)).isEmpty();
        Files.move(away, home.resolve("runs"));
        assertThat(waiting(STORE)).containsExactly(run);
    }

    @Test
    void waiting_rubbishInTheSpool_isPassedOver() throws IOException {
        Path pending = Files.createDirectories(home.resolve("pending"));
        Files.writeString(pending.resolve("a"), "");
        Files.writeString(pending.resolve("b"), "no/absolute/path");
        Files.write(pending.resolve("c"), new byte[] {0, (byte) 0xff, 7});
        spool().enter(run, STORE).close();

        assertThat(waiting(STORE)).containsExactly(run);
    }

    @Test
    void enter_spoolThatCannotBeWritten_runGoesOn() throws IOException {
        Files.writeString(home.resolve("pending"), "a file where the folder should be");

        try (Spool.Ticket ticket = spool().enter(run, STORE)) {
            assertThat(ticket.run()).isEqualTo(run);
            ticket.done();
        }
    }

    @Test
    void enter_lockHeldByAnother_isNotTaken() throws IOException {
        spool().enter(run, STORE).close();
        Path file = home.resolve("pending").resolve(String.valueOf(run.getFileName()));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            spool().enter(run, STORE).done();
            assertThat(waiting(STORE)).isEmpty();
        }
        assertThat(waiting(STORE)).containsExactly(run);
    }
}
