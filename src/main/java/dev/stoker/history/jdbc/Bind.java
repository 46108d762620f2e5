package dev.stoker.history.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Sets a statement's parameters in their order. Stateless. */
final class Bind {
    private Bind() {}

    static void all(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }
}
