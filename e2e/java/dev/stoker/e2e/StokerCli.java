package dev.stoker.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The {@code ./stoker} of this checkout as a user runs it: a process with arguments, an environment
 * and an exit code. Its own data folders are private to the test; variables that would point it to
 * a server of the user (OLLAMA_HOST and the like) are taken out. Standard input is empty unless a
 * text is given, and no output is a terminal.
 *
 * <p>Setup is for one thread; a {@link Running} may be signalled from another. Every wait is
 * bounded.
 */
final class StokerCli implements AutoCloseable {
    /** What a finished call left. */
    record Result(int exitCode, String stdout, String stderr, Duration took) {}

    private static final Duration BUILD_AND_RUN_LIMIT = Duration.ofMinutes(5);
    private static final List<String> PRIVATE_FOLDERS =
            List.of("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME");

    private final RunFolder folder = new RunFolder("stoker");
    private final ProcessFamily family = new ProcessFamily();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private String stdin = "";
    private int fileLimitKib;
    private int calls;

    /** The folder of the checkout, which holds {@code pom.xml} and the launcher. */
    static Path checkout() {
        String root = System.getProperty("stoker.root");
        Path start = Path.of(root != null ? root : "").toAbsolutePath();
        for (Path path = start; path != null; path = path.getParent()) {
            if (Files.isRegularFile(path.resolve("pom.xml"))) {
                return path;
            }
        }
        return start;
    }

    /** A variable for the calls that follow. */
    StokerCli environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** What the calls that follow read from standard input. */
    StokerCli stdin(String text) {
        stdin = text;
        return this;
    }

    /**
     * The calls that follow may write no file beyond that size, as on a disk that is full; 0 lifts
     * the limit.
     */
    StokerCli fileLimit(int kib) {
        fileLimitKib = kib;
        return this;
    }

    /** A folder of this test, for results, stores and the like; deleted at the end. */
    Path folder(String name) {
        return folder.folder(name);
    }

    /** Runs Stoker to its end, at most five minutes. */
    Result run(String... arguments) {
        return run(BUILD_AND_RUN_LIMIT, arguments);
    }

    Result run(Duration limit, String... arguments) {
        return start(arguments).await(limit);
    }

    /** Starts Stoker and returns at once. */
    Running start(String... arguments) {
        Path launcher = checkout().resolve("stoker");
        if (!Files.isExecutable(launcher)) {
            throw new AssertionError("no launcher at " + launcher);
        }
        List<String> command = new ArrayList<>(defaultSignals());
        if (fileLimitKib > 0) {
            // The shell counts in blocks of 512 bytes.
            String limited = "ulimit -f " + 2 * fileLimitKib + " && exec \"$0\" \"$@\"";
            command.addAll(List.of("/bin/sh", "-c", limited));
        }
        command.add(launcher.toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.path().toFile());
        Map<String, String> variables = builder.environment();
        variables.keySet().removeIf(StokerCli::pointsElsewhere);
        PRIVATE_FOLDERS.forEach(name -> variables.put(name, folder.folder(name).toString()));
        variables.putAll(environment);
        family.adopt(builder);
        calls++;
        Path out = folder.path().resolve("call" + calls + ".stdout.log");
        Path err = folder.path().resolve("call" + calls + ".stderr.log");
        Path in = folder.path().resolve("call" + calls + ".stdin");
        try {
            Files.writeString(in, stdin);
            builder.redirectInput(in.toFile());
            builder.redirectOutput(out.toFile()).redirectError(err.toFile());
            return new Running(builder.start(), family, out, err, System.nanoTime());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + launcher, e);
        }
    }

    /** Ends every call that still runs, with whatever it started, and deletes the folders. */
    @Override
    public void close() {
        try {
            family.close();
        } finally {
            folder.close();
        }
    }

    private static boolean pointsElsewhere(String name) {
        return name.startsWith("OLLAMA_")
                || name.startsWith("STOKER_")
                || name.startsWith("LLAMA_ARG_")
                || name.equals("RESULTS_DIR")
                || name.equals("UNLOAD_BETWEEN_MODELS")
                || name.equals("RESTART_ON_LARGE_MODELS");
    }

    /**
     * A process started from a background job inherits "ignore Ctrl-C", and Java then ignores it
     * too; a user's terminal does not do that. GNU env can set it back, where it is there.
     */
    private static List<String> defaultSignals() {
        List<String> reset = List.of("env", "--default-signal=INT,TERM,HUP");
        try {
            List<String> trial = new ArrayList<>(reset);
            trial.add("true");
            Process process = new ProcessBuilder(trial).redirectErrorStream(true).start();
            boolean works = process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0;
            return works ? reset : List.of();
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** A call that has been started and may still run. */
    static final class Running {
        private final Process process;
        private final ProcessFamily family;
        private final Path out;
        private final Path err;
        private final long startNanos;

        private Running(
                Process process, ProcessFamily family, Path out, Path err, long startNanos) {
            this.process = process;
            this.family = family;
            this.out = out;
            this.err = err;
            this.startNanos = startNanos;
        }

        boolean isRunning() {
            return process.isAlive();
        }

        /** What it has written to standard output so far. */
        String stdout() {
            return text(out);
        }

        /** What it has written to standard error so far. */
        String stderr() {
            return text(err);
        }

        /** Sends a signal as a terminal does: to the program and to all that it started. */
        Running signal(Signal signal) {
            family.signal(signal);
            return this;
        }

        /** Ctrl-C. */
        Running interrupt() {
            return signal(Signal.INT);
        }

        /** kill -9. */
        Running kill() {
            return signal(Signal.KILL);
        }

        /** Waits until it has written {@code text} to either output; fails if it ends without. */
        Running awaitOutput(String text, Duration limit) {
            Waiting.until(
                    "stoker writes \"" + text + "\"",
                    limit,
                    () -> {
                        boolean ended = !isRunning();
                        if (stdout().contains(text) || stderr().contains(text)) {
                            return true;
                        }
                        if (ended) {
                            throw new AssertionError("stoker ended" + evidence());
                        }
                        return false;
                    },
                    this::evidence);
            return this;
        }

        /** Waits for its end; kills it and fails when the limit is over. */
        Result await(Duration limit) {
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    String evidence = evidence();
                    kill();
                    throw new AssertionError(
                            "stoker did not end within " + limit.toSeconds() + " s" + evidence);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while stoker ran", e);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
            return new Result(process.exitValue(), stdout(), stderr(), took);
        }

        private String evidence() {
            return "\n--- stdout:\n" + stdout() + "\n--- stderr:\n" + stderr();
        }

        private static String text(Path file) {
            try {
                return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file, e);
            }
        }
    }
}
