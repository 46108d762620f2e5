package dev.stoker.history.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Makes changes whole or not at all. Stateless. */
final class Transaction {
    private Transaction() {}

    interface Changes {
        void make() throws SQLException;
    }

    /** Runs the changes and commits them; whatever is thrown takes them back. */
    static void run(Connection connection, Changes changes) throws SQLException {
        boolean done = false;
        try {
            connection.setAutoCommit(false);
            changes.make();
            connection.commit();
            done = true;
        } finally {
            if (done) {
                connection.setAutoCommit(true);
            } else {
                rollBack(connection);
            }
        }
    }

    /** Both steps, whatever becomes of the first: a full SQLite has rolled back by itself. */
    private static void rollBack(Connection connection) {
        quietly(connection::rollback);
        quietly(() -> connection.setAutoCommit(true));
    }

    private static void quietly(Changes step) {
        try {
            step.make();
        } catch (SQLException e) {
            // The connection is gone, or there is nothing left to take back: the first failure
            // tells.
        }
    }
}
