package dev.stoker.history.jdbc;

import dev.stoker.history.JournalLine;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.RunSummary;
import dev.stoker.history.StoredEvent;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Runs in a database, by one SQL for SQLite and PostgreSQL. A list reads one row a run and nothing
 * of its requests; requests are found by the run's key. Used by one thread at a time.
 */
final class JdbcRunStore implements RunStore {
    private static final List<String> PARTS =
            List.of(
                    "stoker_event",
                    "stoker_request",
                    "stoker_sample",
                    "stoker_series",
                    "stoker_subject",
                    "stoker_tag",
                    "stoker_run");

    private final Connection connection;
    private final Dialect dialect;
    private final String place;
    private final RunRows rows;
    private final JournalRows journals;

    JdbcRunStore(Connection connection, Dialect dialect, String place) {
        this.connection = connection;
        this.dialect = dialect;
        this.place = place;
        this.rows = new RunRows(connection);
        this.journals = new JournalRows(connection);
    }

    private interface Query<T> {
        T ask() throws SQLException;
    }

    private <T> T ask(Query<T> query) {
        try {
            return query.ask();
        } catch (SQLException e) {
            throw StoreFailures.of(dialect, place, e);
        }
    }

    private void change(Transaction.Changes changes) {
        try {
            Transaction.run(connection, changes);
        } catch (SQLException e) {
            throw StoreFailures.of(dialect, place, e);
        }
    }

    @Override
    public void put(Run run, Stream<? extends JournalLine> journal) {
        change(() -> {
            List<String> tags = new ArrayList<>();
            String note = run.note();
            OptionalLong old = key(run.id());
            if (old.isPresent()) {
                tags.addAll(tags(old.getAsLong()));
                String kept = noteOf(old.getAsLong());
                note = kept.isEmpty() ? note : kept;
                deleteRows(old.getAsLong());
            }
            long key = insert(run, note);
            rows.write(key, run);
            for (String tag : tags) {
                setTag(key, tag);
            }
            for (String tag : run.tags()) {
                // One that another run has in this store stays there.
                if (tagKey(tag).isEmpty()) {
                    setTag(key, tag);
                }
            }
            journals.write(key, journal.iterator());
        });
    }

    private long insert(Run run, String note) throws SQLException {
        try (PreparedStatement s =
                connection.prepareStatement(
                        "INSERT INTO stoker_run (id, kind, started, complete, simulated, server,"
                                + " setting, requests_ok, requests_failed, note)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING run")) {
            Bind.all(
                    s,
                    run.id(),
                    run.kind(),
                    run.startedEpochMillis(),
                    run.complete() ? 1 : 0,
                    run.simulated() ? 1 : 0,
                    run.setting().fact("server").orElse(""),
                    RunRows.setting(run.setting()),
                    run.requestsOk(),
                    run.requestsFailed(),
                    note);
            try (ResultSet row = s.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    @Override
    public List<RunSummary> list(int most) {
        return ask(() -> {
            List<RunSummary> runs = new ArrayList<>();
            try (PreparedStatement s =
                    connection.prepareStatement(
                            "SELECT run, id, kind, started, complete, simulated, server,"
                                    + " requests_ok, requests_failed, note FROM stoker_run"
                                    + " ORDER BY started DESC, run DESC LIMIT ?")) {
                Bind.all(s, most);
                try (ResultSet row = s.executeQuery()) {
                    while (row.next()) {
                        runs.add(summary(row));
                    }
                }
            }
            return runs;
        });
    }

    private RunSummary summary(ResultSet row) throws SQLException {
        long key = row.getLong(1);
        return new RunSummary(
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getInt(5) != 0,
                row.getInt(6) != 0,
                row.getString(7),
                row.getLong(8),
                row.getLong(9),
                texts("SELECT name FROM stoker_subject WHERE run = ? ORDER BY subject", key),
                tags(key),
                row.getString(10));
    }

    @Override
    public Optional<Run> get(String id) {
        return ask(() -> {
            try (PreparedStatement s =
                    connection.prepareStatement(
                            "SELECT run, kind, started, complete, simulated, setting, note"
                                    + " FROM stoker_run WHERE id = ?")) {
                Bind.all(s, id);
                try (ResultSet row = s.executeQuery()) {
                    if (!row.next()) {
                        return Optional.empty();
                    }
                    long key = row.getLong(1);
                    return Optional.of(
                            new Run(
                                    id,
                                    row.getString(2),
                                    row.getLong(3),
                                    row.getInt(4) != 0,
                                    row.getInt(5) != 0,
                                    RunRows.setting(row.getString(6)),
                                    rows.read(key),
                                    tags(key),
                                    row.getString(7)));
                }
            }
        });
    }

    @Override
    public List<String> idsWithPrefix(String prefix, int most) {
        return ask(() ->
                texts(
                        "SELECT id FROM stoker_run WHERE substr(id, 1, ?) = ?"
                                + " ORDER BY started DESC, run DESC LIMIT ?",
                        prefix.length(),
                        prefix,
                        most));
    }

    @Override
    public Optional<String> tagged(String tag) {
        return ask(() -> holder(tag));
    }

    @Override
    public void journal(String id, Consumer<JournalLine> each) {
        ask(() -> {
            OptionalLong key = key(id);
            if (key.isPresent()) {
                journals.read(key.getAsLong(), each);
            }
            return true;
        });
    }

    @Override
    public List<StoredEvent> events(String id) {
        return ask(() ->
                texts(
                                "SELECT e.line FROM stoker_event e JOIN stoker_run r"
                                        + " ON r.run = e.run WHERE r.id = ? ORDER BY e.event",
                                id)
                        .stream()
                        .map(StoredEvent::new)
                        .toList());
    }

    @Override
    public Optional<String> tag(String id, String tag) {
        Optional<String> before = tagged(tag);
        change(() -> {
            OptionalLong key = key(id);
            if (key.isPresent()) {
                setTag(key.getAsLong(), tag);
            }
        });
        return before;
    }

    @Override
    public Optional<String> untag(String tag) {
        Optional<String> before = tagged(tag);
        change(() -> update("DELETE FROM stoker_tag WHERE tag = ?", tag));
        return before;
    }

    @Override
    public void note(String id, String note) {
        change(() -> update("UPDATE stoker_run SET note = ? WHERE id = ?", note, id));
    }

    @Override
    public boolean delete(String id) {
        boolean[] was = {false};
        change(() -> {
            OptionalLong key = key(id);
            was[0] = key.isPresent();
            if (key.isPresent()) {
                deleteRows(key.getAsLong());
            }
        });
        return was[0];
    }

    private void deleteRows(long key) throws SQLException {
        for (String table : PARTS) {
            update("DELETE FROM " + table + " WHERE run = ?", key);
        }
    }

    private void setTag(long key, String tag) throws SQLException {
        update("DELETE FROM stoker_tag WHERE tag = ?", tag);
        update("INSERT INTO stoker_tag (tag, run) VALUES (?, ?)", tag, key);
    }

    private OptionalLong key(String id) throws SQLException {
        return number("SELECT run FROM stoker_run WHERE id = ?", id);
    }

    private OptionalLong tagKey(String tag) throws SQLException {
        return number("SELECT run FROM stoker_tag WHERE tag = ?", tag);
    }

    private Optional<String> holder(String tag) throws SQLException {
        return texts(
                        "SELECT r.id FROM stoker_tag t JOIN stoker_run r ON r.run = t.run"
                                + " WHERE t.tag = ?",
                        tag)
                .stream()
                .findFirst();
    }

    private List<String> tags(long key) throws SQLException {
        return texts("SELECT tag FROM stoker_tag WHERE run = ? ORDER BY tag", key);
    }

    private String noteOf(long key) throws SQLException {
        return texts("SELECT note FROM stoker_run WHERE run = ?", key).getFirst();
    }

    private void update(String sql, Object... values) throws SQLException {
        try (PreparedStatement s = connection.prepareStatement(sql)) {
            Bind.all(s, values);
            s.executeUpdate();
        }
    }

    private OptionalLong number(String sql, Object... values) throws SQLException {
        try (PreparedStatement s = connection.prepareStatement(sql)) {
            Bind.all(s, values);
            try (ResultSet row = s.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    private List<String> texts(String sql, Object... values) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (PreparedStatement s = connection.prepareStatement(sql)) {
            Bind.all(s, values);
            try (ResultSet row = s.executeQuery()) {
                while (row.next()) {
                    texts.add(row.getString(1));
                }
            }
        }
        return texts;
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // Every change was committed by its own call.
        }
    }
}
