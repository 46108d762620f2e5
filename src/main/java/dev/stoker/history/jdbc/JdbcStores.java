package dev.stoker.history.jdbc;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.history.RunStore;
import dev.stoker.history.Stores;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opens SQLite files and PostgreSQL databases. The user's own store is {@code stoker/runs.db} in
 * the XDG data home. Drivers are loaded on the first use, so that commands without a store do not
 * pay for them. Stateless.
 */
public final class JdbcStores implements Stores {
    private static final String POSTGRES = "jdbc:postgresql:";
    private static final Pattern SECRET =
            Pattern.compile("(?i)([?&](?:password|sslpassword|sslkey)=)[^&]*");
    private static final Pattern SCHEMA = Pattern.compile("[?&](currentSchema=[^&]*)");
    private static final Pattern USER_INFO = Pattern.compile("//[^/@]*@");

    private final Map<String, String> env;

    public JdbcStores(Map<String, String> env) {
        this.env = Map.copyOf(env);
    }

    @Override
    public RunStore open(String address, Access access) {
        String wanted = wanted(address);
        if (wanted.startsWith(POSTGRES)) {
            return postgres(wanted, access);
        }
        if (wanted.startsWith("jdbc:") || wanted.startsWith("postgres")) {
            throw UserError.wrongUse(
                    "The store '" + place(wanted) + "' is of no known kind.",
                    "Give a file, or jdbc:postgresql://HOST:PORT/DATABASE?user=NAME.");
        }
        return sqlite(wanted.isBlank() ? own() : Path.of(wanted), access);
    }

    private String wanted(String address) {
        return address.isBlank() ? env.getOrDefault("STOKER_STORE", "") : address;
    }

    /** A database is told by its host, its name and the schema that is looked into. */
    @Override
    public String name(String address) {
        String wanted = wanted(address);
        if (!wanted.startsWith("jdbc:")) {
            Path file = wanted.isBlank() ? own() : Path.of(wanted);
            return file.toAbsolutePath().normalize().toString();
        }
        String bare = USER_INFO.matcher(wanted).replaceFirst("//");
        int options = bare.indexOf('?');
        Matcher schema = SCHEMA.matcher(bare);
        return Text.plain(
                (options < 0 ? bare : bare.substring(0, options))
                        + (schema.find() ? "?" + schema.group(1) : ""),
                500);
    }

    private Path own() {
        String data = env.getOrDefault("XDG_DATA_HOME", "");
        Path home =
                data.startsWith("/")
                        ? Path.of(data)
                        : Path.of(env.getOrDefault("HOME", "."), ".local", "share");
        return home.resolve("stoker").resolve("runs.db");
    }

    private static RunStore sqlite(Path file, Access access) {
        String place = file.toString();
        if (access == Access.LOOK && !Files.exists(file)) {
            return new EmptyRunStore(place);
        }
        if (access == Access.CHANGE) {
            createFolder(file);
        }
        Properties settings = new Properties();
        // A change takes the write lock at its begin, and waits for another process's.
        settings.setProperty("transaction_mode", "IMMEDIATE");
        settings.setProperty("busy_timeout", "5000");
        // A change is on the disk when the call returns.
        settings.setProperty("synchronous", "FULL");
        return connect(
                "jdbc:sqlite:" + file.toAbsolutePath(), settings, Dialect.SQLITE, place, access);
    }

    private static void createFolder(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The store " + file + " can not be made: its folder can not be written.",
                    "Choose another file with --store FILE or STOKER_STORE.",
                    e);
        }
    }

    private RunStore postgres(String url, Access access) {
        Properties settings = new Properties();
        String password =
                env.getOrDefault("STOKER_STORE_PASSWORD", env.getOrDefault("PGPASSWORD", ""));
        if (!password.isEmpty()) {
            settings.setProperty("password", password);
        }
        if (!url.contains("user=")) {
            settings.setProperty(
                    "user", env.getOrDefault("PGUSER", env.getOrDefault("USER", "postgres")));
        }
        settings.setProperty("connectTimeout", "10");
        settings.setProperty("loginTimeout", "10");
        settings.setProperty("socketTimeout", "300");
        settings.setProperty("ApplicationName", "stoker");
        return connect(url, settings, Dialect.POSTGRES, place(url), access);
    }

    /** Returns the address as it may be printed. */
    static String place(String address) {
        String open = SECRET.matcher(address).replaceAll("$1…");
        return Text.plain(USER_INFO.matcher(open).replaceFirst("//"), 300);
    }

    private static RunStore connect(
            String url, Properties settings, Dialect dialect, String place, Access access) {
        Connection connection = null;
        try {
            connection = DriverManager.getConnection(url, settings);
            int version = Schema.version(connection, dialect);
            if (version == 0 && access == Access.LOOK) {
                connection.close();
                return new EmptyRunStore(place);
            }
            Schema.migrate(connection, dialect, place);
            return new JdbcRunStore(connection, dialect, place);
        } catch (SQLException e) {
            closeQuietly(connection);
            throw StoreFailures.of(dialect, place, e);
        } catch (UserError e) {
            closeQuietly(connection);
            throw e;
        } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
            closeQuietly(connection);
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The store "
                            + place
                            + " can not be opened: SQLite's library can not be loaded"
                            + " here.",
                    "Is the temporary folder mounted noexec? Name another one:"
                            + " STOKER_JAVA_OPTS=-Dorg.sqlite.tmpdir=DIR.",
                    e);
        }
    }

    private static void closeQuietly(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            // What went wrong before is told.
        }
    }
}
