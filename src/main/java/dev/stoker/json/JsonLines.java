package dev.stoker.json;

import tools.jackson.databind.JsonNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A file of JSON, a value a line, that outlives a kill and a full disk: a line is with the system
 * before the call returns, one that could be written in part only is taken back, and one that a
 * crash tore gets its end, so that the next has a line of its own. One process at a time writes it.
 * Used by one thread.
 */
public final class JsonLines implements AutoCloseable {
    private final FileChannel channel;

    private JsonLines(FileChannel channel) {
        this.channel = channel;
    }

    /** Another process writes the file, or another part of this one. */
    public static final class Busy extends IOException {
        private static final long serialVersionUID = 1;

        Busy(Path file) {
            super(file + " is being written by another process");
        }
    }

    /**
     * The lines of a file.
     *
     * @param unreadable how many lines were none; a torn last line is one
     */
    public record Lines<T>(List<T> values, int unreadable) {
        public Lines {
            values = List.copyOf(values);
        }
    }

    /**
     * Opens a file for writing; what was written before stays.
     *
     * @throws Busy if somebody else writes it
     */
    public static JsonLines open(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw new Busy(file);
            }
            endLastLine(channel);
            return new JsonLines(channel);
        } catch (OverlappingFileLockException e) {
            closeQuietly(channel);
            throw new Busy(file);
        } catch (IOException e) {
            closeQuietly(channel);
            throw e;
        }
    }

    private static void endLastLine(FileChannel channel) throws IOException {
        long size = channel.size();
        channel.position(size);
        ByteBuffer last = ByteBuffer.allocate(1);
        if (size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n') {
            channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
    }

    /**
     * Returns what the file holds. One that can't be read is closed.
     *
     * @param form makes a value of a line; empty where it is none
     */
    public <T> Lines<T> read(Function<JsonNode, Optional<T>> form) throws IOException {
        try {
            long end = channel.position();
            channel.position(0);
            // Not closed: that would close the channel and give the lock back.
            Lines<T> lines = read(Channels.newInputStream(channel), form);
            channel.position(end);
            return lines;
        } catch (IOException e) {
            closeQuietly(channel);
            throw e;
        }
    }

    /** Reads lines; the stream stays open. */
    public static <T> Lines<T> read(InputStream in, Function<JsonNode, Optional<T>> form)
            throws IOException {
        List<T> values = new ArrayList<>();
        int unreadable = 0;
        BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                in,
                                StandardCharsets.UTF_8
                                        .newDecoder()
                                        .onMalformedInput(CodingErrorAction.REPLACE)
                                        .onUnmappableCharacter(CodingErrorAction.REPLACE)));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            Optional<T> value = Json.parse(line).flatMap(form);
            if (value.isPresent()) {
                values.add(value.get());
            } else {
                unreadable++;
            }
        }
        return new Lines<>(values, unreadable);
    }

    /**
     * Appends a line.
     *
     * @param force whether it may not be lost by a crash of the machine either
     * @throws IOException if it could not be written; what was written before is unharmed
     */
    public void append(JsonNode value, boolean force) throws IOException {
        ByteBuffer line =
                ByteBuffer.wrap((Json.write(value) + "\n").getBytes(StandardCharsets.UTF_8));
        long start = channel.position();
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
            if (force) {
                channel.force(false);
            }
        } catch (IOException e) {
            takeBack(start, e);
            throw e;
        }
    }

    /** Where that fails too, readers meet a torn line. */
    private void takeBack(long start, IOException cause) {
        try {
            channel.truncate(start);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Every line is with the system already.
        }
    }
}
