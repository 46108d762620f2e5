package dev.stoker.degrade;

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
 * Writes a run's events, each on the disk before the call returns. One process at a time may write
 * a run. Used by one thread.
 */
public final class DegradeJournal implements AutoCloseable {
    private final DegradeFolder folder;
    private final FileChannel channel;
    private final List<DegradeEvent> events;

    private DegradeJournal(DegradeFolder folder, FileChannel channel, List<DegradeEvent> earlier) {
        this.folder = folder;
        this.channel = channel;
        this.events = new ArrayList<>(earlier);
    }

    /**
     * Opens a run for writing; what was written before stays.
     *
     * @throws UserError if the file can't be written, or another process writes it
     */
    public static DegradeJournal open(DegradeFolder folder) {
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
            // Not closed: another stream on the file would give the lock back.
            List<DegradeEvent> earlier =
                    DegradeFolder.contents(folder.header(), Channels.newInputStream(channel))
                            .events();
            endLastLine(channel);
            return new DegradeJournal(folder, channel, earlier);
        } catch (OverlappingFileLockException e) {
            closeQuietly(channel);
            throw busy(folder);
        } catch (IOException e) {
            closeQuietly(channel);
            throw DegradeFolder.unwritable(folder.path(), e);
        }
    }

    private static UserError busy(DegradeFolder folder) {
        return new UserError(
                ExitCode.REFUSED,
                "The run " + folder.id() + " is being written by another process.",
                "Wait until it ends, or start a new run.");
    }

    /** A torn line gets its end, so that the next event has a line of its own. */
    private static void endLastLine(FileChannel channel) throws IOException {
        long size = channel.size();
        channel.position(size);
        ByteBuffer last = ByteBuffer.allocate(1);
        if (size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n') {
            channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
    }

    /**
     * Writes an event.
     *
     * @throws UserError if it could not be written; what was written before is unharmed
     */
    public void write(DegradeEvent event) {
        byte[] line = (Json.write(EventJson.write(event)) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            ByteBuffer buffer = ByteBuffer.wrap(line);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(false);
        } catch (IOException e) {
            throw DegradeFolder.unwritable(folder.path(), e);
        }
        events.add(event);
    }

    /** Returns everything that the run's file holds. */
    public List<DegradeEvent> events() {
        return List.copyOf(events);
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
