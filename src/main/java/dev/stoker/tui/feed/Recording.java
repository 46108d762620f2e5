package dev.stoker.tui.feed;

import dev.stoker.machine.MachineSample;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A file of samples, one a line. Only where each line begins is kept; a line is read when it is
 * asked for. A last line that was torn (the recorder was killed, the disk was full) is passed over.
 * Used by one thread.
 */
public final class Recording implements AutoCloseable {
    private static final int BUFFER = 1 << 20;

    /** No sample is that long. */
    private static final int LONGEST_LINE = 16 << 20;

    private final RandomAccessFile file;
    private final List<long[]> lines = new ArrayList<>();
    private final Function<String, MachineSample> form;

    /**
     * Opens a recording.
     *
     * @param form reads a line; throws {@link IllegalArgumentException}, with a sentence, where it
     *     is no sample
     * @throws IOException if it can't be read, or has no whole line
     */
    public Recording(Path path, Function<String, MachineSample> form) throws IOException {
        this.form = form;
        this.file = new RandomAccessFile(path.toFile(), "r");
        try {
            index();
            if (lines.isEmpty()) {
                throw new IOException("it has no whole line");
            }
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private void index() throws IOException {
        byte[] buffer = new byte[BUFFER];
        long begin = 0;
        long at = 0;
        for (int n = file.read(buffer); n > 0; n = file.read(buffer)) {
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    long end = at + i;
                    if (end > begin && end - begin <= LONGEST_LINE) {
                        lines.add(new long[] {begin, end});
                    }
                    begin = end + 1;
                }
            }
            at += n;
        }
    }

    public int size() {
        return lines.size();
    }

    /** Returns a sample, or null where its line holds none. */
    @Nullable MachineSample sample(int index) throws IOException {
        try {
            return form.apply(line(index));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Returns the first sample.
     *
     * @throws IOException if the first line is none: this is no recording
     */
    public MachineSample first() throws IOException {
        try {
            return form.apply(line(0));
        } catch (IllegalArgumentException e) {
            throw new IOException("its first line is no sample: " + e.getMessage(), e);
        }
    }

    private String line(int index) throws IOException {
        long[] line = lines.get(index);
        byte[] bytes = new byte[(int) (line[1] - line[0])];
        file.seek(line[0]);
        file.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // It was only read.
        }
    }
}
