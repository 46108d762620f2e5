package dev.stoker.tui.term;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The terminal that controls this process. {@link #open} takes it over: no echo, each key at once,
 * the alternate screen, the mouse; {@link #close} gives it back as it was, once, from whichever
 * thread comes first. Modes are set by {@code stty}, as shells do it.
 *
 * <p>Source: xterm's control sequences (private modes 1049, 25, 7, 1000, 1006, 2004).
 */
public final class Tty implements AutoCloseable {
    private static final Path DEVICE = Path.of("/dev/tty");
    private static final String ENTER =
            "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[?2004l\u001b[?1000h\u001b[?1006h\u001b[0m";
    private static final String LEAVE =
            "\u001b[?2026l\u001b[0m\u001b[?1006l\u001b[?1000l\u001b[?7h\u001b[?25h\u001b[?1049l";
    private static final int STTY_SECONDS = 2;

    private final FileInputStream in;
    private final FileOutputStream out;
    private String before = "";
    private Size size = Size.USUAL;
    private boolean taken;

    private Tty(FileInputStream in, FileOutputStream out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Opens the terminal of this process and leaves it as it is.
     *
     * @throws IOException if there is none
     */
    public static Tty find() throws IOException {
        FileOutputStream out = new FileOutputStream(DEVICE.toFile());
        try {
            return new Tty(new FileInputStream(DEVICE.toFile()), out);
        } catch (IOException e) {
            out.close();
            throw e;
        }
    }

    /**
     * Takes the terminal over.
     *
     * @throws IOException if its modes can't be set
     */
    public synchronized void open() throws IOException {
        if (taken) {
            return;
        }
        // One process for all of it: to start one takes longer than what it does.
        String told =
                shell(
                        "stty -g; stty size; stty -icanon -echo -isig -ixon -icrnl -iexten min 1"
                                + " time 0");
        List<String> lines = told.lines().toList();
        if (lines.size() < 2) {
            throw new IOException("stty does not tell the terminal's modes");
        }
        before = lines.get(0).strip();
        size = Size.parse(lines.get(1));
        taken = true;
        write(ENTER.getBytes(StandardCharsets.US_ASCII));
    }

    /** Returns the size when it was last looked at. */
    public synchronized Size size() {
        return size;
    }

    /** Asks for the size. */
    public Size measure() throws IOException {
        Size now = Size.parse(shell("stty size"));
        synchronized (this) {
            size = now;
        }
        return now;
    }

    /** Reads what was typed, at least one byte; returns -1 when the terminal is gone. */
    public int read(byte[] bytes) {
        try {
            return in.read(bytes);
        } catch (IOException e) {
            return -1;
        }
    }

    /** Writes all of it at once. */
    public void write(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** Gives the terminal back, stops this process and all of its job, and takes it again. */
    public void suspend() throws IOException {
        close();
        shell("kill -TSTP 0"); // The shell that says it belongs to the job, and stops with it.
        open();
    }

    /** Gives the terminal back as it was. */
    @Override
    public synchronized void close() {
        if (!taken) {
            return;
        }
        taken = false;
        try {
            write(LEAVE.getBytes(StandardCharsets.US_ASCII));
            shell("stty " + before);
        } catch (IOException e) {
            // The terminal is gone, so there is nobody to give it back to.
        }
    }

    private static String shell(String command) throws IOException {
        Process process =
                new ProcessBuilder("sh", "-c", command)
                        .redirectInput(DEVICE.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (InputStream said = process.getInputStream()) {
            String text = new String(said.readNBytes(4096), StandardCharsets.US_ASCII);
            if (!process.waitFor(STTY_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return text;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
