package dev.stoker.history.jdbc;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables, and how an older set of them becomes the present one. A migration is a list of
 * statements that is never changed once it was released; all that are missing run in one
 * transaction, so that a store is never between two versions. Stateless.
 */
final class Schema {
    private static final List<List<String>> MIGRATIONS = List.of(version1(), version2());

    /** The version that this program reads and writes. */
    static final int VERSION = MIGRATIONS.size();

    private Schema() {}

    private static List<String> version1() {
        return List.of(
                """
                CREATE TABLE stoker_run (
                    run ${key},
                    id TEXT NOT NULL UNIQUE,
                    kind TEXT NOT NULL,
                    started BIGINT NOT NULL,
                    complete INTEGER NOT NULL,
                    simulated INTEGER NOT NULL,
                    server TEXT NOT NULL,
                    setting TEXT NOT NULL,
                    requests_ok BIGINT NOT NULL,
                    requests_failed BIGINT NOT NULL,
                    note TEXT NOT NULL)\
                """,
                "CREATE INDEX stoker_run_started ON stoker_run (started)",
                """
                CREATE TABLE stoker_tag (
                    tag TEXT NOT NULL PRIMARY KEY,
                    run BIGINT NOT NULL)\
                """,
                "CREATE INDEX stoker_tag_run ON stoker_tag (run)",
                """
                CREATE TABLE stoker_subject (
                    run BIGINT NOT NULL,
                    subject INTEGER NOT NULL,
                    name TEXT NOT NULL,
                    outcome TEXT NOT NULL,
                    reason TEXT NOT NULL,
                    setting TEXT NOT NULL,
                    requests_ok BIGINT NOT NULL,
                    requests_failed BIGINT NOT NULL,
                    PRIMARY KEY (run, subject))\
                """,
                """
                CREATE TABLE stoker_series (
                    run BIGINT NOT NULL,
                    subject INTEGER NOT NULL,
                    series INTEGER NOT NULL,
                    metric TEXT NOT NULL,
                    title TEXT NOT NULL,
                    better TEXT NOT NULL,
                    judged INTEGER NOT NULL,
                    absent TEXT NOT NULL,
                    PRIMARY KEY (run, subject, series))\
                """,
                """
                CREATE TABLE stoker_sample (
                    run BIGINT NOT NULL,
                    subject INTEGER NOT NULL,
                    series INTEGER NOT NULL,
                    sample INTEGER NOT NULL,
                    unit TEXT NOT NULL,
                    at BIGINT NOT NULL,
                    value DOUBLE PRECISION NOT NULL,
                    PRIMARY KEY (run, subject, series, sample))\
                """,
                """
                CREATE TABLE stoker_request (
                    run BIGINT NOT NULL,
                    request BIGINT NOT NULL,
                    subject TEXT NOT NULL,
                    prompt TEXT NOT NULL,
                    iteration INTEGER NOT NULL,
                    alone INTEGER NOT NULL,
                    ok INTEGER NOT NULL,
                    trace ${bytes} NOT NULL,
                    PRIMARY KEY (run, request))\
                """);
    }

    /** What happened between the requests, so that a run can be reported from the store alone. */
    private static List<String> version2() {
        return List.of(
                "ALTER TABLE stoker_request ADD COLUMN at BIGINT NOT NULL DEFAULT -1",
                """
                CREATE TABLE stoker_event (
                    run BIGINT NOT NULL,
                    event BIGINT NOT NULL,
                    before_request BIGINT NOT NULL,
                    line TEXT NOT NULL,
                    PRIMARY KEY (run, event))\
                """);
    }

    /** Returns the version of the tables; 0 where there are none. */
    static int version(Connection connection, Dialect dialect) throws SQLException {
        String tables =
                dialect == Dialect.SQLITE
                        ? "SELECT 1 FROM sqlite_master WHERE name = 'stoker_schema'"
                        : "SELECT 1 WHERE to_regclass('stoker_schema') IS NOT NULL";
        try (Statement s = connection.createStatement()) {
            try (ResultSet found = s.executeQuery(tables)) {
                if (!found.next()) {
                    return 0;
                }
            }
            try (ResultSet row = s.executeQuery("SELECT version FROM stoker_schema")) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    /** Refuses tables that a newer program made: writing to them could lose what it keeps there. */
    static void requireKnown(int version, String place) {
        if (version > VERSION) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The store "
                            + place
                            + " was made by a newer version of Stoker (schema "
                            + version
                            + ", this one knows "
                            + VERSION
                            + ").",
                    "Use that version, or another store with --store.");
        }
    }

    /** Brings the tables to the present version; does nothing where they are. */
    static void migrate(Connection connection, Dialect dialect, String place) throws SQLException {
        int seen = version(connection, dialect);
        requireKnown(seen, place);
        if (seen == VERSION) {
            return;
        }
        Transaction.run(
                connection,
                () -> {
                    try (Statement s = connection.createStatement()) {
                        if (dialect == Dialect.POSTGRES) {
                            // One at a time; SQLite's transactions begin with the write lock.
                            s.execute("SELECT pg_advisory_xact_lock(1937010546)");
                        }
                        int version = version(connection, dialect);
                        requireKnown(version, place);
                        if (version == 0) {
                            s.execute("CREATE TABLE stoker_schema (version INTEGER NOT NULL)");
                            s.execute("INSERT INTO stoker_schema (version) VALUES (0)");
                        }
                        for (List<String> step : MIGRATIONS.subList(version, VERSION)) {
                            for (String statement : step) {
                                s.execute(dialect.sql(statement));
                            }
                        }
                        s.execute("UPDATE stoker_schema SET version = " + VERSION);
                    }
                });
    }
}
