package dev.stoker.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * All processes that come from one start, however they came to be: children, orphans whose parent
 * was killed, and servers that a restart script put in their place. Each is known by a mark in its
 * environment, which every child inherits, so nothing that a test did not start is ever touched.
 *
 * <p>A family is ended by {@link #close()}; a shutdown hook ends those that a test left behind.
 * Safe for any thread. Source: Linux {@code /proc/PID/environ}, {@code cmdline} and {@code stat}.
 */
final class ProcessFamily implements AutoCloseable {
    /** The environment variable that carries the mark. */
    static final String MARK = "STOKER_E2E_FAMILY";

    private static final Duration END_LIMIT = Duration.ofSeconds(15);
    private static final Set<ProcessFamily> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> List.copyOf(ALIVE).forEach(ProcessFamily::close)));
    }

    private final String id = UUID.randomUUID().toString();

    ProcessFamily() {
        ALIVE.add(this);
    }

    /** The value of the mark. */
    String id() {
        return id;
    }

    /** Puts the mark on a process that is about to be started. */
    void adopt(ProcessBuilder builder) {
        builder.environment().put(MARK, id);
    }

    /**
     * The living processes of this family; a process that has ended and waits for its parent is
     * not.
     */
    List<Long> pids() {
        return pids(command -> true);
    }

    /** The living processes whose command (its words, the program first) fits. */
    List<Long> pids(Predicate<List<String>> command) {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> processes =
                Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (isMember(process) && command.test(words(process.resolve("cmdline")))) {
                    found.add(Long.parseLong(process.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list /proc", e);
        }
        found.sort(null);
        return found;
    }

    void signal(Signal signal) {
        pids().forEach(signal::sendTo);
    }

    /** Kills every process of the family and waits until all are gone. */
    @Override
    public void close() {
        boolean gone =
                Waiting.isTrueWithin(
                        END_LIMIT,
                        () -> {
                            signal(Signal.KILL);
                            return pids().isEmpty();
                        });
        ALIVE.remove(this);
        if (!gone) {
            throw new IllegalStateException("processes that do not die: " + pids());
        }
    }

    private boolean isMember(Path process) {
        return words(process.resolve("environ")).contains(MARK + "=" + id) && !isZombie(process);
    }

    private static boolean isZombie(Path process) {
        String stat = read(process.resolve("stat"));
        int afterName = stat.lastIndexOf(") ");
        return afterName < 0 || stat.startsWith("Z", afterName + 2);
    }

    private static List<String> words(Path file) {
        return List.of(read(file).split("\0"));
    }

    /** The text of a file of a process; empty when the process has gone or belongs to another. */
    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
