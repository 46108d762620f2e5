package dev.stoker.tui.feed;

import dev.stoker.base.Bytes;
import dev.stoker.machine.MachineSample;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;

/**
 * Writes samples to a file, one line of JSON each, every line at once. When the file is as large as
 * it may become, or can't be written, recording ends and watching goes on. Used by one thread.
 */
public final class Recorder implements AutoCloseable {
    private final Path file;
    private final OutputStream out;
    private final Bytes largest;
    private final Function<MachineSample, String> form;
    private long written;
    private long samples;
    private String ended = "";

    /**
     * Begins a file.
     *
     * @param largest how large it may become
     * @param form makes a line, without its end, of a sample
     * @throws IOException if there is such a file already, or it can't be made
     */
    public Recorder(Path file, Bytes largest, Function<MachineSample, String> form)
            throws IOException {
        this.file = file;
        this.largest = largest;
        this.form = form;
        this.out =
                Files.newOutputStream(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Writes a sample down; returns why that has ended, or an empty text. */
    String write(MachineSample sample) {
        if (!ended.isEmpty()) {
            return ended;
        }
        byte[] line = (form.apply(sample) + "\n").getBytes(StandardCharsets.UTF_8);
        if (written + line.length > largest.count()) {
            ended =
                    "Recording has ended: "
                            + file
                            + " is as large as it may become ("
                            + largest.binary()
                            + ").";
            close();
            return ended;
        }
        try {
            out.write(line);
            written += line.length;
            samples++;
        } catch (IOException e) {
            ended = "Recording has ended: " + file + " can't be written (" + e.getMessage() + ").";
            close();
        }
        return ended;
    }

    String status() {
        return ended.isEmpty() ? "recording " + samples : "live";
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            // Every line was written at once; there is nothing left to lose.
        }
    }
}
