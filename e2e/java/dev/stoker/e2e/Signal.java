package dev.stoker.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/**
 * The signals that tests send to servers and to Stoker. Java can only end a process; stopping one
 * in its tracks or sending the signal of Ctrl-C needs the shell's own {@code kill}. Safe for any
 * thread.
 */
enum Signal {
    INT,
    TERM,
    KILL,
    STOP,
    CONT;

    /** Sends this signal to one process; a process that is already gone is no error. */
    void sendTo(long pid) {
        try {
            Process kill =
                    new ProcessBuilder("/bin/sh", "-c", "kill -s " + name() + " " + pid)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!kill.waitFor(10, TimeUnit.SECONDS)) {
                kill.destroyForcibly();
                throw new IllegalStateException("kill did not end within 10 s");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send " + name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending " + name(), e);
        }
    }
}
