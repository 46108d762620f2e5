package dev.stoker.e2e;

import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real terminal of a given size with a shell in it: tmux, on a socket of its own. Every wait is
 * bounded; closing it ends the terminal and what runs in it. One thread.
 */
final class TmuxScreen implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final RunFolder folder = new RunFolder("tmux");
    private final Path socket = folder.path().resolve("socket");

    TmuxScreen(int columns, int rows, Map<String, String> environment) {
        require();
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "-f",
                                "/dev/null",
                                "new-session",
                                "-d",
                                "-x",
                                Integer.toString(columns),
                                "-y",
                                Integer.toString(rows)));
        environment.forEach((name, value) -> command.addAll(List.of("-e", name + "=" + value)));
        command.add("PS1='ready$ ' exec sh -i");
        tmux(command.toArray(String[]::new));
        tmux("set", "-g", "status", "off");
        resize(columns, rows);
        until("ready$");
    }

    private static void require() {
        boolean there =
                Stream.of(System.getenv("PATH").split(":", -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "tmux")));
        if (there) {
            return;
        }
        String why = "tmux is missing (package tmux)";
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionFailedError(why);
        }
        throw new TestAbortedException(why);
    }

    /** Types a line. */
    void type(String line) {
        tmux("send-keys", "-l", line);
        press("Enter");
    }

    /** Presses a key, by tmux's name. */
    void press(String key) {
        tmux("send-keys", key);
    }

    void resize(int columns, int rows) {
        tmux("resize-window", "-x", Integer.toString(columns), "-y", Integer.toString(rows));
    }

    /** Returns what the screen shows. */
    String text() {
        return tmux("capture-pane", "-p");
    }

    void until(String text) {
        Waiting.until(
                "the screen shows '" + text + "'",
                LIMIT,
                () -> text().contains(text),
                () -> "\n" + text());
    }

    /** Returns a value of the terminal by tmux's name, such as {@code alternate_on}. */
    String value(String name) {
        return tmux("display-message", "-p", "#{" + name + "}").strip();
    }

    /** Returns the process of the shell. */
    ProcessHandle shell() {
        return ProcessHandle.of(Long.parseLong(value("pane_pid"))).orElseThrow();
    }

    /** Returns the virtual machine that runs in the terminal. */
    ProcessHandle java() {
        return shell().descendants()
                .filter(p -> p.info().command().orElse("").endsWith("/java"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no java runs in the terminal"));
    }

    /** Closes the terminal, as the end of an ssh connection does. */
    void hangUp() {
        tmux("kill-session");
    }

    @Override
    public void close() {
        try {
            run(List.of("tmux", "-S", socket.toString(), "kill-server"));
        } finally {
            folder.close();
        }
    }

    private String tmux(String... arguments) {
        List<String> command = new ArrayList<>(List.of("tmux", "-S", socket.toString()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private static String run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " did not end");
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
