package dev.stoker.bench;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.json.Json;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a run's events, each on the disk before the call returns, and keeps them for the report at
 * the end. One process at a time may write a run. Thread-safe.
 */
public final class Journal implements AutoCloseable {
    private final RunFolder folder;
    private final FileChannel channel;
    private final List<BenchEvent> events = new ArrayList<>();

    private Journal(RunFolder folder, FileChannel channel, List<BenchEvent> earlier) {
        this.folder = folder;
        this.channel = channel;
        events.addAll(earlier);
    }

    /**
     * Opens a run for writing; what was written before stays.
     *
     * @throws UserError if the file can't be written, or another process writes it
     */
    public static Journal open(RunFolder folder) {
        FileChannel channel = null;
        try {
            channel =
                    FileChannel.open(
                            folder.events(),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw busy(folder);
            }
            // Through this channel and behind the lock: nobody adds to it any more, and closing a
            // second one would give the lock back.
            List<BenchEvent> earlier = RunFolder.events(Channels.newInputStream(channel)).events();
            endLastLine(channel);
            return new Journal(folder, channel, earlier);
        } catch (OverlappingFileLockException e) {
            closeQuietly(channel);
            throw busy(folder);
        } catch (IOException e) {
            closeQuietly(channel);
            throw RunFolder.unwritable(folder.path(), e);
        }
    }

    private static UserError busy(RunFolder folder) {
        return new UserError(
                ExitCode.REFUSED,
                "The run " + folder.id() + " is being written by another process.",
                "Wait until it ends, or start a new run.");
    }

    /** A line that a crash tore gets its end, so that the next event has a line of its own. */
    private static void endLastLine(FileChannel channel) throws IOException {
        long size = channel.size();
        channel.position(size);
        if (size > 0) {
            ByteBuffer last = ByteBuffer.allocate(1);
            channel.read(last, size - 1);
            if (last.get(0) != '\n') {
                channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
            }
        }
    }

    /**
     * Writes an event.
     *
     * @throws UserError if it could not be written; what was written before is unharmed
     */
    public synchronized void write(BenchEvent event) {
        write(event, true);
    }

    /**
     * Writes an event that a crash of the machine may take: it goes to the disk with the next one
     * that may not be lost.
     *
     * @throws UserError if it could not be written; what was written before is unharmed
     */
    synchronized void note(BenchEvent event) {
        write(event, false);
    }

    private void write(BenchEvent event, boolean force) {
        byte[] line = (Json.write(EventJson.write(event)) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            long start = channel.position();
            try {
                ByteBuffer buffer = ByteBuffer.wrap(line);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                if (force) {
                    channel.force(false);
                }
            } catch (IOException e) {
                takeBack(start, e);
                throw e;
            }
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The results folder "
                            + folder.path()
                            + " can not be written: "
                            + RunFolder.reason(e)
                            + ".",
                    "What was written is kept. When it can be written again, go on with: stoker"
                            + " bench --resume "
                            + folder.id(),
                    e);
        }
        events.add(event);
    }

    /** Takes a half-written line back; where that fails too, readers meet a torn line. */
    private void takeBack(long start, IOException cause) {
        try {
            channel.truncate(start);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Returns everything that the run's file holds. */
    public synchronized List<BenchEvent> events() {
        return List.copyOf(events);
    }

    public RunFolder folder() {
        return folder;
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Every event is on the disk already.
        }
    }
}
