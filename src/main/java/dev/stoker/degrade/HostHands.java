package dev.stoker.degrade;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.control.ControlException;
import dev.stoker.control.ServerControl;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/**
 * Applies remedies to this machine. The kernel's files are written as they are, never by sudo: who
 * may not write them is told the command. Used by one thread.
 */
public final class HostHands implements RemedyHands {
    private static final Duration RESTART_LIMIT = Duration.ofSeconds(120);
    private static final Duration END_LIMIT = Duration.ofSeconds(20);
    private static final Duration STEP = Duration.ofMillis(200);

    private final HostSource host;
    private final Path proc;
    private final Supplier<Reading<HostProcess>> runner;
    private final ServerControl restart;
    private final Optional<ServerControl> recreate;
    private final LongPredicate end;
    private final Clock clock;
    private long pid = -1;
    private OptionalLong mark = OptionalLong.empty();

    /**
     * @param proc {@code /proc}
     * @param runner finds the process that holds the model
     * @param recreate makes the container anew, by the user's own command
     * @param end asks a process to end; returns whether it could be asked
     */
    public HostHands(
            HostSource host,
            Path proc,
            Supplier<Reading<HostProcess>> runner,
            ServerControl restart,
            Optional<ServerControl> recreate,
            LongPredicate end,
            Clock clock) {
        this.host = host;
        this.proc = proc;
        this.runner = runner;
        this.restart = restart;
        this.recreate = recreate;
        this.end = end;
        this.clock = clock;
    }

    @Override
    public Reading<String> means(Remedy remedy) {
        return switch (remedy) {
            case DROP_CACHES -> kernel("drop_caches", "sync; ");
            case COMPACT -> kernel("compact_memory", "");
            case RESPAWN -> respawn();
            case RESTART ->
                    restart.canRestart()
                            ? Reading.known(restart.means())
                            : Reading.unsupported(restart.means());
            case RECREATE ->
                    recreate.<Reading<String>>map(c -> Reading.known(c.means()))
                            .orElse(
                                    Reading.unsupported(
                                            "give --recreate-command, such as 'docker compose up -d"
                                                    + " --force-recreate ollama'"));
            case REBOOT -> Reading.unsupported("Stoker only advises it");
        };
    }

    private Reading<String> kernel(String name, String first) {
        if (!host.isLocal()) {
            return Reading.unsupported("the server does not run on this machine");
        }
        Path file = proc.resolve("sys/vm").resolve(name);
        String command = first + "echo 1 > " + file;
        return Files.isWritable(file)
                ? Reading.known(command)
                : Reading.unsupported("it needs root; by hand: sudo sh -c '" + command + "'");
    }

    private Reading<String> respawn() {
        Reading<HostProcess> found = runner.get();
        if (!found.isKnown()) {
            return Reading.unsupported(found.reason());
        }
        pid = found.value().pid();
        mark = host.startMark(pid);
        return Reading.known("unload, and end process " + pid + " if it outlives that");
    }

    @Override
    public void apply(Remedy remedy, Cancellation cancellation) throws ControlException {
        switch (remedy) {
            case DROP_CACHES -> write("drop_caches");
            case COMPACT -> write("compact_memory");
            case RESPAWN -> endRunner(cancellation);
            case RESTART -> restart.restart(RESTART_LIMIT, cancellation);
            case RECREATE ->
                    recreate.orElseThrow(() -> new ControlException("No command was given."))
                            .restart(RESTART_LIMIT, cancellation);
            case REBOOT -> throw new ControlException("Stoker does not restart machines.");
        }
    }

    private void write(String name) throws ControlException {
        Path file = proc.resolve("sys/vm").resolve(name);
        try {
            Files.writeString(file, "1");
        } catch (IOException e) {
            throw new ControlException(
                    file
                            + " could not be written: "
                            + Text.plain(String.valueOf(e.getMessage()), 200)
                            + ".");
        }
    }

    /** The number may be another process's by now: only the one that was seen is ended. */
    private boolean lives() {
        return mark.isPresent() && host.startMark(pid).equals(mark);
    }

    private void endRunner(Cancellation cancellation) throws ControlException {
        if (!lives()) {
            return;
        }
        if (!end.test(pid)) {
            throw new ControlException("Process " + pid + " may not be ended from here.");
        }
        long deadline = clock.nanos() + END_LIMIT.toNanos();
        try {
            while (lives()) {
                if (cancellation.isCancelled() || clock.nanos() > deadline) {
                    throw new ControlException("Process " + pid + " did not end.");
                }
                clock.sleep(STEP);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ControlException("Waiting for process " + pid + " was interrupted.");
        }
    }
}
