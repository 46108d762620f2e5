package dev.stoker.history.jdbc;

import dev.stoker.history.JournalLine;
import dev.stoker.history.StoredEvent;
import dev.stoker.history.StoredRequest;
import dev.stoker.history.TraceBytes;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Consumer;

/**
 * A run's journal as rows, and back: requests in one table, everything else in another, with the
 * number of the request that comes after it. Stateless but for its connection.
 */
final class JournalRows {
    private static final int BATCH = 500;

    private final Connection connection;

    JournalRows(Connection connection) {
        this.connection = connection;
    }

    private record Event(long beforeRequest, String line) {}

    void write(long key, Iterator<? extends JournalLine> lines) throws SQLException {
        try (PreparedStatement request =
                        connection.prepareStatement(
                                "INSERT INTO stoker_request (run, request, subject, prompt,"
                                        + " iteration, alone, ok, at, trace)"
                                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
                PreparedStatement event =
                        connection.prepareStatement(
                                "INSERT INTO stoker_event (run, event, before_request, line)"
                                        + " VALUES (?, ?, ?, ?)")) {
            long requests = 0;
            long events = 0;
            while (lines.hasNext()) {
                switch (lines.next()) {
                    case StoredRequest r -> {
                        bind(request, key, requests++, r);
                        request.addBatch();
                        if (requests % BATCH == 0) {
                            request.executeBatch();
                        }
                    }
                    case StoredEvent(String json) -> {
                        Bind.all(event, key, events++, requests, json);
                        event.addBatch();
                        if (events % BATCH == 0) {
                            event.executeBatch();
                        }
                    }
                }
            }
            request.executeBatch();
            event.executeBatch();
        }
    }

    private static void bind(PreparedStatement s, long key, long number, StoredRequest r)
            throws SQLException {
        Bind.all(
                s,
                key,
                number,
                r.subject(),
                r.prompt(),
                r.iteration(),
                r.alone() ? 1 : 0,
                r.trace().isOk() ? 1 : 0,
                r.at(),
                TraceBytes.write(r.trace()));
    }

    /** Hands out the lines; requests are fetched page by page. */
    void read(long key, Consumer<JournalLine> each) throws SQLException {
        Deque<Event> events = events(key);
        String page =
                "SELECT request, subject, prompt, iteration, alone, at, trace FROM stoker_request"
                        + " WHERE run = ? AND request > ? ORDER BY request LIMIT 1000";
        try (PreparedStatement s = connection.prepareStatement(page)) {
            long last = -1;
            boolean more = true;
            while (more) {
                Bind.all(s, key, last);
                more = false;
                try (ResultSet row = s.executeQuery()) {
                    while (row.next()) {
                        more = true;
                        last = row.getLong(1);
                        hand(events, last, each);
                        each.accept(request(row));
                    }
                }
            }
        }
        hand(events, Long.MAX_VALUE, each);
    }

    private static void hand(Deque<Event> events, long request, Consumer<JournalLine> each) {
        while (!events.isEmpty() && events.peek().beforeRequest() <= request) {
            each.accept(new StoredEvent(events.remove().line()));
        }
    }

    private Deque<Event> events(long key) throws SQLException {
        Deque<Event> events = new ArrayDeque<>();
        try (PreparedStatement s =
                connection.prepareStatement(
                        "SELECT before_request, line FROM stoker_event WHERE run = ?"
                                + " ORDER BY event")) {
            Bind.all(s, key);
            try (ResultSet row = s.executeQuery()) {
                while (row.next()) {
                    events.add(new Event(row.getLong(1), row.getString(2)));
                }
            }
        }
        return events;
    }

    private static StoredRequest request(ResultSet row) throws SQLException {
        try {
            return new StoredRequest(
                    row.getString(2),
                    row.getString(3),
                    row.getInt(4),
                    row.getInt(5) != 0,
                    row.getLong(6),
                    TraceBytes.read(row.getBytes(7)));
        } catch (IllegalArgumentException e) {
            throw new SQLException("a request can not be read, it is " + e.getMessage(), e);
        }
    }
}
