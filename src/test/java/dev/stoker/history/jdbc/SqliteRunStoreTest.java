package dev.stoker.history.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.history.RunStore;
import dev.stoker.history.Runs;
import dev.stoker.history.Stores.Access;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class SqliteRunStoreTest extends RunStoreContract {
    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("deep/er/runs.db");
    }

    @Override
    RunStore open(Access access) {
        return new JdbcStores(Map.of()).open(file().toString(), access);
    }

    @Override
    Connection connection() throws SQLException {
        file().getParent().toFile().mkdirs();
        return DriverManager.getConnection("jdbc:sqlite:" + file());
    }

    @Test
    void open_forLooking_makesNoFile() {
        open(Access.LOOK).close();

        assertThat(Files.exists(folder.resolve("deep"))).isFalse();
    }

    @Test
    void open_withoutAddress_usersOwnFolder() {
        new JdbcStores(Map.of("XDG_DATA_HOME", folder.toString())).open("", Access.CHANGE).close();
        assertThat(folder.resolve("stoker/runs.db")).exists();

        String other = folder.resolve("other.db").toString();
        new JdbcStores(Map.of("STOKER_STORE", other)).open("", Access.CHANGE).close();
        assertThat(Path.of(other)).exists();
    }

    @Test
    void open_noDatabase_oneSentenceAndTheFileIsLeftAlone() throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), "This is a text that is longer than a page head.".repeat(50));

        for (Access access : Access.values()) {
            assertThatThrownBy(() -> open(access))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("is damaged, or no store");
        }
        assertThat(Files.readString(file())).startsWith("This is a text");
    }

    @Test
    void read_damagedPages_oneSentence() throws IOException {
        try (RunStore store = open(Access.CHANGE)) {
            store.put(
                    Runs.decoding("a", 1, 1, 2),
                    IntStream.range(0, 2000).mapToObj(i -> Runs.request("m", i)));
        }
        try (RandomAccessFile raw = new RandomAccessFile(file().toFile(), "rw")) {
            for (long at = 4096; at < raw.length(); at += 4096) {
                raw.seek(at);
                raw.write(new byte[200]);
            }
        }
        assertThatThrownBy(
                        () -> {
                            try (RunStore store = open(Access.LOOK)) {
                                store.get("a");
                                store.requests("a", r -> {});
                            }
                        })
                .isInstanceOf(UserError.class)
                .hasMessageContaining(file().toString());
    }

    @Test
    void put_lockedByAnother_oneSentenceAndNothingLost() throws SQLException {
        try (RunStore store = open(Access.CHANGE);
                Connection other = connection();
                Statement statement = other.createStatement()) {
            store.put(Runs.decoding("a", 1, 1, 2), Stream.empty());
            statement.execute("BEGIN EXCLUSIVE");
            assertThatThrownBy(() -> store.put(Runs.decoding("b", 1, 1), Stream.empty()))
                    .isInstanceOfSatisfying(
                            UserError.class, e -> assertThat(e.code()).isEqualTo(ExitCode.REFUSED))
                    .hasMessageContaining("is locked by another process");
            statement.execute("ROLLBACK");
            store.put(Runs.decoding("b", 1, 1), Stream.empty());
            assertThat(store.list(10)).hasSize(2);
        }
    }

    /** A limit on the pages makes SQLite fail as it does on a full disk. */
    @Test
    void put_diskFull_oneSentenceAndNothingLost() throws SQLException {
        open(Access.CHANGE).close();
        Connection connection = connection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA max_page_count = 40");
        }
        try (RunStore store = new JdbcRunStore(connection, Dialect.SQLITE, "FILE")) {
            store.put(Runs.decoding("a", 1, 1, 2), Stream.empty());
            assertThatThrownBy(() ->
                            store.put(
                                    Runs.decoding("b", 1, 1),
                                    IntStream.range(0, 5000).mapToObj(i -> Runs.request("m", i))))
                    .isInstanceOf(UserError.class)
                    .hasMessage("The store FILE can not be written: the disk is full.");
            assertThat(store.list(10)).hasSize(1);
            store.put(Runs.decoding("c", 1, 1), Stream.empty());
        }
    }

    @Test
    void open_folderThatCanNotBe_oneSentence() {
        assertThatThrownBy(
                        () -> new JdbcStores(Map.of()).open("/proc/no/such/runs.db", Access.CHANGE))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("its folder can not be written");
        assertThatThrownBy(() -> new JdbcStores(Map.of()).open(folder.toString(), Access.CHANGE))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("can not be opened");
    }

    @Test
    void put_readOnlyFile_oneSentence() throws SQLException {
        open(Access.CHANGE).close();
        Connection connection = connection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = 1");
        }
        try (RunStore store = new JdbcRunStore(connection, Dialect.SQLITE, "FILE")) {
            assertThat(store.list(10)).isEmpty();
            assertThatThrownBy(() -> store.put(Runs.decoding("b", 1, 1), Stream.empty()))
                    .hasMessage("The store FILE can not be written: it is read-only.");
        }
    }

    @Test
    void open_unknownKind_refusedWithoutItsPassword() {
        assertThatThrownBy(() ->
                        new JdbcStores(Map.of()).open("postgresql://me:secret@box/db", Access.LOOK))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is of no known kind")
                .hasMessageNotContaining("secret");
        assertThat(JdbcStores.place("jdbc:postgresql://box/db?user=me&password=s3&ssl=true"))
                .isEqualTo("jdbc:postgresql://box/db?user=me&password=…&ssl=true");
    }
}
