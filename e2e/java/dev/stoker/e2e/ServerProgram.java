package dev.stoker.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * One real server program with its port, its environment, its log and all processes that come from
 * it: what Ollama and llama-server have in common under test.
 *
 * <p>The environment is built from nothing but PATH, so that settings of the user's own servers
 * never reach a test. The program is started through a script that can also start it again, because
 * an operator restarts servers with a command, and Stoker must be tried with one. Waits are
 * bounded: 30 s for a server to answer, 15 s for it to end. Safe for one thread; {@link #close()}
 * for any.
 */
final class ServerProgram implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration END_LIMIT = Duration.ofSeconds(15);
    private static final int START_ATTEMPTS = 3;

    /** How to start a server on a port: the program with its arguments, and its environment. */
    record Launch(List<String> command, Map<String, String> environment) {
        Launch {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    private final ProcessFamily family = new ProcessFamily();
    private final RunFolder folder;
    private final String healthPath;
    private int port;
    private List<String> command = List.of();

    /** Starts the server on a free loopback port and waits until {@code healthPath} answers 200. */
    ServerProgram(RunFolder folder, String healthPath, IntFunction<Launch> launchOnPort) {
        this.folder = folder;
        this.healthPath = healthPath;
        try {
            for (int attempt = 1; ; attempt++) {
                port = Ports.free();
                writeScript(launchOnPort.apply(port));
                runScript();
                try {
                    awaitReady();
                    return;
                } catch (AssertionError e) {
                    if (attempt == START_ATTEMPTS || !isPortTaken()) {
                        throw e;
                    }
                    family.signal(Signal.KILL);
                }
            }
        } catch (RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    HttpProbe http() {
        return new HttpProbe(url());
    }

    /** The process that listens on the port; fails where none lives. */
    long pid() {
        List<Long> servers = family.pids(command::equals);
        if (servers.isEmpty()) {
            throw new AssertionError("the server is not running" + logTail());
        }
        return servers.getFirst();
    }

    boolean isRunning() {
        return !family.pids(command::equals).isEmpty();
    }

    /** The processes beside the server itself whose program has this file name. */
    List<Long> others(String program) {
        return family.pids(
                words -> !words.equals(command) && words.getFirst().endsWith("/" + program));
    }

    /** Ends the server process alone with the given signal and waits until it is gone. */
    void end(Signal signal) {
        family.pids(command::equals).forEach(signal::sendTo);
        Waiting.until("the server ends", END_LIMIT, () -> !isRunning(), this::logTail);
    }

    /** Ends the server if it runs, starts it again on the same port, and waits until it answers. */
    void restart() {
        runScript();
        awaitReady();
    }

    /** The command for that: it returns when the new process exists, before it answers. */
    Path restartScript() {
        return folder.path().resolve("restart");
    }

    Path logFile() {
        return folder.path().resolve("server.log");
    }

    /** All that the server and its children wrote so far. */
    String log() {
        try {
            return Files.exists(logFile())
                    ? Files.readString(logFile(), StandardCharsets.UTF_8)
                    : "";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + logFile(), e);
        }
    }

    /**
     * Ends the server and everything that came from it, then clears its folder. Runs twice safely.
     */
    @Override
    public void close() {
        try {
            family.close();
        } finally {
            if (Files.exists(folder.path())) {
                folder.close();
            }
        }
    }

    private void awaitReady() {
        Waiting.until(
                url() + healthPath + " answers 200",
                START_LIMIT,
                () -> {
                    if (!isRunning()) {
                        throw new AssertionError("the server ended at its start" + logTail());
                    }
                    return http().tryGet(healthPath, Duration.ofSeconds(5))
                            .filter(answer -> answer.status() == 200)
                            .isPresent();
                },
                this::logTail);
    }

    /** In the words of Ollama and of llama-server. */
    private boolean isPortTaken() {
        return log().contains("address already in use") || log().contains("couldn't bind");
    }

    private void writeScript(Launch launch) {
        command = launch.command();
        Map<String, String> environment = new TreeMap<>(launch.environment());
        environment.putIfAbsent("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
        environment.putIfAbsent("HOME", folder.folder("home").toString());
        environment.put(ProcessFamily.MARK, family.id());
        List<String> start = new ArrayList<>(List.of("env", "-i"));
        environment.forEach((name, value) -> start.add(name + "=" + value));
        start.addAll(command);
        String script =
                """
                #!/bin/sh
                # Ends the server, if one runs, and starts it.
                cd %s || exit 1
                pid=$(cat pid 2>/dev/null)
                if [ -n "$pid" ] && kill "$pid" 2>/dev/null; then
                    tries=0
                    while kill -0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do
                        sleep 0.1
                        tries=$((tries + 1))
                    done
                    kill -9 "$pid" 2>/dev/null
                fi
                nohup %s >>server.log 2>&1 </dev/null &
                echo $! >pid
                """
                        .formatted(
                                quoted(folder.path().toString()),
                                String.join(
                                        " ", start.stream().map(ServerProgram::quoted).toList()));
        try {
            Files.deleteIfExists(folder.path().resolve("pid"));
            Files.writeString(restartScript(), script);
            if (!restartScript().toFile().setExecutable(true)) {
                throw new IllegalStateException("cannot make " + restartScript() + " executable");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + restartScript(), e);
        }
    }

    private void runScript() {
        ProcessBuilder builder =
                new ProcessBuilder(restartScript().toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        family.adopt(builder);
        try {
            Process script = builder.start();
            if (!script.waitFor(END_LIMIT.toSeconds() + 5, TimeUnit.SECONDS)) {
                script.destroyForcibly();
                throw new IllegalStateException("the start script did not end");
            }
            if (script.exitValue() != 0) {
                throw new IllegalStateException(
                        "the start script ended with " + script.exitValue());
            }
            // Until its exec the new process still bears the shell's name.
            Waiting.isTrueWithin(Duration.ofSeconds(2), this::isRunning);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the server", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting a server", e);
        }
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private String logTail() {
        String log = log();
        return "; its log ends:\n" + log.substring(Math.max(0, log.length() - 3000));
    }
}
