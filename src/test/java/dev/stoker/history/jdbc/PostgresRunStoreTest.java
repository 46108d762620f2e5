package dev.stoker.history.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.history.RunStore;
import dev.stoker.history.Runs;
import dev.stoker.history.Stores.Access;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The contract on a real PostgreSQL. Where its binaries can't start the tests are skipped with one
 * line that names it; with CI=true that is a failure.
 */
class PostgresRunStoreTest extends RunStoreContract {
    private static EmbeddedPostgres server;
    private static int count;
    private String database;

    @BeforeAll
    static void start() {
        try {
            server = EmbeddedPostgres.builder().start();
        } catch (IOException | IllegalStateException | LinkageError e) {
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError("embedded PostgreSQL can not start here", e);
            }
            assumeTrue(false, "embedded PostgreSQL can not start here: " + e.getMessage());
        }
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void createDatabase(TestInfo info) throws SQLException {
        database = "stoker" + ++count;
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + database);
        }
    }

    private String url() {
        return "jdbc:postgresql://localhost:" + server.getPort() + "/" + database;
    }

    @Override
    RunStore open(Access access) {
        return new JdbcStores(Map.of("PGUSER", "postgres", "PGPASSWORD", "unused"))
                .open(url(), access);
    }

    @Override
    Connection connection() throws SQLException {
        return DriverManager.getConnection(url(), "postgres", "");
    }

    @Test
    void open_noServer_oneSentence() {
        assertThatThrownBy(() ->
                        new JdbcStores(Map.of())
                                .open(
                                        "jdbc:postgresql://127.0.0.1:1/x?password=secret",
                                        Access.CHANGE))
                .isInstanceOfSatisfying(
                        UserError.class,
                        e -> assertThat(e.code()).isEqualTo(ExitCode.SERVER_FAILED))
                .hasMessageContaining("does not answer")
                .hasMessageNotContaining("secret");
    }

    @Test
    void open_noSuchDatabase_oneSentence() {
        String url = "jdbc:postgresql://localhost:" + server.getPort() + "/missing";

        assertThatThrownBy(
                        () -> new JdbcStores(Map.of("PGUSER", "postgres")).open(url, Access.CHANGE))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("there is no such database");
    }

    @Test
    void put_connectionIsCut_oneSentenceAndNothingLost() throws SQLException {
        try (RunStore store = open(Access.CHANGE)) {
            store.put(Runs.decoding("a", 1, 1, 2), Stream.empty());
            Stream<dev.stoker.history.StoredRequest> cutting =
                    Stream.of(1, 2, 3)
                            .map(i -> {
                                cut();
                                return Runs.request("m", i);
                            });
            assertThatThrownBy(() -> store.put(Runs.decoding("b", 1, 1), cutting))
                    .isInstanceOfSatisfying(
                            UserError.class,
                            e -> assertThat(e.code()).isEqualTo(ExitCode.SERVER_FAILED))
                    .hasMessageContaining("does not answer");
        }
        try (RunStore store = open(Access.LOOK)) {
            assertThat(store.list(10)).hasSize(1);
        }
    }

    private void cut() {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                            + database
                            + "' AND pid <> pg_backend_pid()");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
