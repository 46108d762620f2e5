package dev.stoker.host;

import dev.stoker.base.Text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;

/**
 * The names of this machine's own users, read again when their file has changed. Users of a
 * directory service are not in it; they are shown by number. Used by one thread.
 *
 * <p>Source: passwd(5).
 */
final class UserNames {
    private final Path passwd;
    private FileTime read = FileTime.fromMillis(Long.MIN_VALUE);
    private Map<Long, String> names = Map.of();

    /**
     * @param passwd {@code /etc/passwd}
     */
    UserNames(Path passwd) {
        this.passwd = passwd;
    }

    /** Looks whether the file has changed. */
    void refresh() {
        try {
            FileTime changed = Files.getLastModifiedTime(passwd);
            if (!changed.equals(read)) {
                names = parse(ProcFile.text(passwd).orElse(""));
                read = changed;
            }
        } catch (IOException e) {
            names = Map.of();
        }
    }

    /** Returns a user's name, or the number as a text. */
    String of(long uid) {
        return names.getOrDefault(uid, Long.toString(uid));
    }

    static Map<Long, String> parse(String text) {
        Map<Long, String> names = new HashMap<>();
        text.lines()
                .forEach(line -> {
                    String[] parts = line.split(":", 4);
                    if (parts.length == 4 && !parts[0].isBlank()) {
                        ProcFile.number(parts[2])
                                .ifPresent(uid -> names.putIfAbsent(uid, Text.plain(parts[0], 64)));
                    }
                });
        return names;
    }
}
