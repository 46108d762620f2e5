package dev.stoker.cli;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.base.UserError;
import dev.stoker.explain.log.LogSource;
import dev.stoker.host.HostSource;
import dev.stoker.host.ServerLog;

import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Finds the log that a user means. Stateless. */
final class ExplainSource {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9@:._-]{0,200}");

    private ExplainSource() {}

    /**
     * Returns the log of this name: a file, {@code -} for standard input, {@code journal[:UNIT]} or
     * {@code docker[:NAME]}.
     *
     * @throws UserError if it is no name
     */
    static LogSource named(String name, InputStream standardInput) {
        if (name.equals("-")) {
            return LogSource.stream("standard input", standardInput);
        }
        if (name.equals("journal") || name.startsWith("journal:")) {
            String unit = after(name, "ollama");
            return LogSource.command(
                    "the journal of " + unit,
                    List.of("journalctl", "--no-pager", "-q", "-o", "cat", "-u", unit));
        }
        if (name.equals("docker") || name.startsWith("docker:")) {
            String container = after(name, "ollama");
            return LogSource.command(
                    "the log of the container " + container, List.of("docker", "logs", container));
        }
        try {
            return LogSource.file(Path.of(name));
        } catch (InvalidPathException e) {
            throw UserError.wrongUse("There is no such file.", "Name the server's log.");
        }
    }

    private static String after(String name, String usual) {
        int colon = name.indexOf(':');
        String rest = colon < 0 ? usual : name.substring(colon + 1);
        if (!NAME.matcher(rest).matches()) {
            throw UserError.wrongUse(
                    "Expected the name of a unit or container behind the colon.",
                    "Such as journal:ollama or docker:ollama.");
        }
        return rest;
    }

    /** Returns the log of a server of this host, or why none can be read. */
    static Reading<LogSource> ofServer(HostSource host, int port, Clock clock) {
        return ServerLog.of(host, port, clock).place().map(ExplainSource::of);
    }

    private static LogSource of(ServerLog.Place place) {
        return switch (place) {
            case ServerLog.Place.Output file -> LogSource.file(file.link());
            case ServerLog.Place.Command command ->
                    LogSource.command(command.inWords(), command.line());
        };
    }
}
