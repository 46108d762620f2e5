package dev.stoker.host;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Text;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs commands on this machine. Each gets a session of its own (by {@code setsid}, where there is
 * one): Ctrl-C on the terminal does not reach a server that a restart command leaves behind, and at
 * the limit the whole group is ended, not the shell alone. Output goes to a file without a name and
 * not to a pipe, so that such a server can go on writing after this program has ended. Thread-safe;
 * each call blocks its thread.
 */
public final class ProcessRunner implements CommandRunner {
    private static final int LONGEST_OUTPUT = 16 << 20;
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final boolean ownSession;

    public ProcessRunner() {
        ownSession = onPath("setsid");
    }

    private static boolean onPath(String program) {
        for (String folder : String.valueOf(System.getenv("PATH")).split(File.pathSeparator, -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder).resolve(program))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public CommandEnd run(List<String> command, Duration limit, Cancellation cancellation) {
        if (cancellation.isCancelled()) {
            return new CommandEnd.Cancelled();
        }
        if (!command.getFirst().contains("/") && !onPath(command.getFirst())) {
            return new CommandEnd.NotStarted("there is no program " + command.getFirst());
        }
        List<String> line = new ArrayList<>(command);
        if (ownSession) {
            line.addFirst("setsid");
        }
        Path output;
        try {
            output = Files.createTempFile("stoker", ".out");
        } catch (IOException e) {
            return new CommandEnd.NotStarted(
                    "no temporary file could be made: "
                            + Text.plain(String.valueOf(e.getMessage())));
        }
        try (SeekableByteChannel written = Files.newByteChannel(output)) {
            Process process =
                    new ProcessBuilder(line)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .redirectInput(new File("/dev/null"))
                            .start();
            return await(process, limit, cancellation, written);
        } catch (IOException e) {
            return new CommandEnd.NotStarted(Text.plain(String.valueOf(e.getMessage())));
        } finally {
            forget(output);
        }
    }

    private CommandEnd await(
            Process process, Duration limit, Cancellation cancellation, SeekableByteChannel written)
            throws IOException {
        try (Cancellation.Registration _ = cancellation.onCancel(() -> end(process))) {
            boolean ended = process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
            if (!ended) {
                end(process);
            }
            if (cancellation.isCancelled()) {
                return new CommandEnd.Cancelled();
            }
            return ended
                    ? new CommandEnd.Finished(
                            process.exitValue(), tail(written), written.size() > LONGEST_OUTPUT)
                    : new CommandEnd.TimedOut(limit, tail(written));
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            return new CommandEnd.Cancelled();
        }
    }

    /** Ends a command and all that it started: asked first, by force after two seconds. */
    private void end(Process process) {
        List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
        family.add(process.toHandle());
        signal(process, "TERM");
        family.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                signal(process, "KILL");
                family.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException e) {
            signal(process, "KILL");
            family.forEach(ProcessHandle::destroyForcibly);
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Sends a signal to the group of a command; only where the group is its own and not this
     * program's.
     */
    private void signal(Process process, String name) {
        if (!ownSession) {
            return;
        }
        try {
            Process kill =
                    new ProcessBuilder("sh", "-c", "kill -s " + name + " -- -" + process.pid())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!kill.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                kill.destroyForcibly();
            }
        } catch (IOException e) {
            // Without a shell there is no group signal; the processes are then ended one by one.
            process.destroy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String tail(SeekableByteChannel written) throws IOException {
        long from = Math.max(0, written.size() - LONGEST_OUTPUT);
        ByteBuffer bytes = ByteBuffer.allocate((int) (written.size() - from));
        written.position(from);
        while (bytes.hasRemaining() && written.read(bytes) >= 0) {
            // Reads on until the end or a full buffer.
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    private static void forget(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }
}
