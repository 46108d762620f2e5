package dev.stoker.cli;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Map;

/** Where runs are kept: by option, by RESULTS_DIR, else in the XDG data home. Pure. */
final class ResultsFolder {
    private ResultsFolder() {}

    static Path of(@Nullable Path option, Map<String, String> env) {
        if (option != null) {
            return option;
        }
        String wanted = env.getOrDefault("RESULTS_DIR", "");
        if (!wanted.isBlank()) {
            return Path.of(wanted);
        }
        return data(env).resolve("runs");
    }

    /** Returns the folder of what the program keeps for the user. */
    static Path data(Map<String, String> env) {
        // The XDG specification: a relative path in its variables is to be ignored.
        String data = env.getOrDefault("XDG_DATA_HOME", "");
        Path home =
                data.startsWith("/")
                        ? Path.of(data)
                        : Path.of(env.getOrDefault("HOME", "."), ".local", "share");
        return home.resolve("stoker");
    }
}
