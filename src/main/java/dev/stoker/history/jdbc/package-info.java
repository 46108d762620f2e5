/** The store in a database: an SQLite file, or PostgreSQL for a team. */
@NullMarked
package dev.stoker.history.jdbc;

import org.jspecify.annotations.NullMarked;
