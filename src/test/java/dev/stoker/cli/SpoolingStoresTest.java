package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.base.UserError;
import dev.stoker.history.RunStore;
import dev.stoker.history.RunSummary;
import dev.stoker.history.Spool;
import dev.stoker.history.Stores;
import dev.stoker.history.Stores.Access;
import dev.stoker.history.jdbc.JdbcStores;
import dev.stoker.http.Endpoint;
import dev.stoker.json.Json;
import dev.stoker.load.LoadEvent;
import dev.stoker.load.LoadFolder;
import dev.stoker.load.LoadHeader;
import dev.stoker.load.LoadJournal;
import dev.stoker.load.LoadRuns;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a killed process, or a store that was away, left behind gets into the store. */
@Timeout(120)
class SpoolingStoresTest {
    private static final int REQUESTS = 50;

    @TempDir private Path home;
    private final List<String> remarks = new ArrayList<>();

    private Stores stores() {
        Map<String, String> env =
                Map.of("XDG_DATA_HOME", home.toString(), "PGUSER", "postgres", "PGPASSWORD", "x");
        return new SpoolingStores(() -> new JdbcStores(env), env, remarks::add);
    }

    /** A load test of one step that was killed before its end. */
    private LoadFolder killed() {
        LoadHeader header =
                LoadHeader.of(
                        new ServerIdentity(
                                ServerKind.VLLM,
                                Reading.unsupported("a test"),
                                Endpoint.parse("http://127.0.0.1:1"),
                                Optional.empty()),
                        Clock.system(),
                        "test",
                        "m",
                        Json.object());
        LoadFolder folder = LoadFolder.create(home.resolve("results"), header);
        try (LoadJournal journal = LoadJournal.open(folder)) {
            journal.write(
                    new LoadEvent.StepStarted(
                            0,
                            1,
                            "closed",
                            2,
                            0,
                            Duration.ZERO,
                            Optional.of(Duration.ofSeconds(30)),
                            OptionalLong.empty()));
            for (int i = 0; i < REQUESTS; i++) {
                journal.write(new LoadEvent.RequestEnded(0, i * 1_000_000L, trace()));
            }
        }
        return folder;
    }

    private static RequestTrace trace() {
        return new RequestTrace(
                1,
                1,
                2,
                3,
                new long[] {4, 5},
                4,
                6,
                2,
                ServerTimings.none("a test"),
                new RequestTrace.Outcome.Ok("length"));
    }

    private static List<RunSummary> list(Stores stores, String address) {
        try (RunStore store = stores.open(address, Access.LOOK)) {
            return store.list(10);
        }
    }

    @Test
    void open_afterAProcessWasKilled_runIsThereAndToldOfOnce() {
        LoadFolder folder = killed();
        stores().enter(folder.path(), "").close();

        List<RunSummary> runs = list(stores(), "");

        assertThat(runs).extracting(RunSummary::id).containsExactly(folder.header().id());
        assertThat(runs.getFirst().complete()).isFalse();
        assertThat(runs.getFirst().requestsOk()).isEqualTo(REQUESTS);
        assertThat(remarks)
                .containsExactly(
                        "! 1 run was recovered: " + folder.header().id() + " (interrupted)");
        try (RunStore store = stores().open("", Access.LOOK)) {
            assertThat(LoadRuns.summary(store, folder.header().id()).orElseThrow().ok())
                    .isEqualTo(REQUESTS);
        }
        assertThat(remarks).hasSize(1);
    }

    @Test
    void open_whileTheRunGoesOn_leavesItAlone() {
        LoadFolder folder = killed();
        Stores own = stores();
        try (Spool.Ticket _ = own.enter(folder.path(), "")) {
            assertThat(list(own, "")).isEmpty();
            assertThat(list(stores(), "")).isEmpty();
        }
        assertThat(remarks).isEmpty();
        assertThat(list(stores(), "")).hasSize(1);
    }

    @Test
    void open_damagedRun_commandGoesOnAndIsTold() throws IOException {
        LoadFolder folder = killed();
        stores().enter(folder.path(), "").close();
        Files.writeString(folder.path().resolve("load.json"), "{");

        assertThat(list(stores(), "")).isEmpty();
        assertThat(remarks).hasSize(1);
        assertThat(remarks.getFirst())
                .startsWith("! 1 run could not be put into the store: ")
                .contains("stoker history import " + folder.path());
    }

    @Test
    void open_hugeRun_isLeftForAnImport() throws IOException {
        LoadFolder folder = killed();
        stores().enter(folder.path(), "").close();
        try (var channel = Files.newByteChannel(folder.events(), StandardOpenOption.WRITE)) {
            channel.position(1L << 30);
            channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
        assertThat(list(stores(), "")).isEmpty();
        assertThat(remarks.getFirst()).contains("stoker history import " + folder.path());

        stores().settle(folder.path(), "");
        remarks.clear();
        list(stores(), "");
        assertThat(remarks).isEmpty();
    }

    @Test
    void open_runThatMeasuredNothing_isForgotten() throws IOException {
        LoadFolder folder = killed();
        Files.writeString(folder.events(), "");
        stores().enter(folder.path(), "").close();

        assertThat(list(stores(), "")).isEmpty();
        assertThat(remarks).isEmpty();
        assertThat(home.resolve("stoker/pending")).isEmptyDirectory();
    }

    @Test
    void open_postgresThatStoppedInMidRun_getsTheRunWhenItIsBack() throws IOException {
        Path data = home.resolve("pg");
        EmbeddedPostgres server = startOrSkip(data);
        int port = server.getPort();
        String address = "jdbc:postgresql://localhost:" + port + "/postgres";
        LoadFolder folder = killed();
        String text;
        try (Spool.Ticket _ =
                stores().enter(folder.path(), address + "?user=postgres&password=secret")) {
            list(stores(), address);
            server.close();
            text = Files.readString(folder.path().resolve("store.json"));
            assertThat(isAway(address)).isTrue();
        }
        assertThat(text).contains(address).doesNotContain("secret").doesNotContain("?");
        assertThat(isAway(address)).as("it waits").isTrue();
        assertThat(list(stores(), "")).as("not in another store").isEmpty();

        try (EmbeddedPostgres again = start(port, data)) {
            assertThat(again.getPort()).isEqualTo(port);
            List<RunSummary> runs = list(stores(), address);
            assertThat(runs).hasSize(1);
            assertThat(runs.getFirst().requestsOk()).isEqualTo(REQUESTS);
        }
        assertThat(remarks).hasSize(1);
    }

    private boolean isAway(String address) {
        try {
            stores().open(address, Access.CHANGE).close();
            return false;
        } catch (UserError e) {
            return e.getMessage().contains("does not answer");
        }
    }

    /** Where its binaries can't start the test is skipped; with CI=true that is a failure. */
    private static EmbeddedPostgres startOrSkip(Path data) {
        try {
            return start(0, data);
        } catch (IOException | IllegalStateException | LinkageError e) {
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError("embedded PostgreSQL can not start here", e);
            }
            throw new TestAbortedException(
                    "embedded PostgreSQL can not start here: " + e.getMessage(), e);
        }
    }

    private static EmbeddedPostgres start(int port, Path data) throws IOException {
        EmbeddedPostgres.Builder builder =
                EmbeddedPostgres.builder()
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        .setPGStartupWait(Duration.ofSeconds(60));
        return (port == 0 ? builder : builder.setPort(port)).start();
    }
}
