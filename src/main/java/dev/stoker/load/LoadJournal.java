package dev.stoker.load;

import dev.stoker.base.Clock;
import dev.stoker.base.UserError;
import dev.stoker.history.RunFiles;
import dev.stoker.json.JsonBytes;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a load test's events, a line each, in a thread of its own: the engine only puts them into
 * a list. What was put there is handed to the system within a quarter of a second, and to the disk
 * within about a second, so that a killed process loses next to nothing.
 *
 * <p>Thread-safe. The list is bounded: where the disk can't follow, {@link #write} waits.
 */
public final class LoadJournal implements AutoCloseable {
    private static final Duration ROUND = Duration.ofMillis(200);
    private static final Duration TO_DISK = Duration.ofMillis(800);
    private static final int MANY = 1000;
    private static final int MOST_BYTES = 1 << 16;
    private static final int MOST_PENDING = 200_000;

    private final LoadFolder folder;
    private final FileChannel channel;
    private final Thread writer;
    private final Clock clock = Clock.system();
    private boolean closing;
    private List<LoadEvent> pending = new ArrayList<>();
    private boolean writing;
    private @Nullable Exception failure;

    private LoadJournal(LoadFolder folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
        this.writer = new Thread(this::writeRounds, "journal");
        writer.setDaemon(true);
    }

    /**
     * Opens the journal of a new run.
     *
     * @throws UserError if the file can't be written
     */
    public static LoadJournal open(LoadFolder folder) {
        try {
            FileChannel channel =
                    FileChannel.open(
                            folder.events(),
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.WRITE);
            return into(folder, channel);
        } catch (IOException e) {
            throw RunFiles.unwritable(folder.path(), e);
        }
    }

    /** Begins a journal in a file that is open. */
    static LoadJournal into(LoadFolder folder, FileChannel channel) {
        LoadJournal journal = new LoadJournal(folder, channel);
        journal.writer.start();
        return journal;
    }

    /**
     * Puts an event into the list.
     *
     * @throws UserError if earlier ones could not be written
     */
    public void write(LoadEvent event) {
        synchronized (this) {
            boolean interrupted = false;
            while (pending.size() >= MOST_PENDING && failure == null) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            check();
            pending.add(event);
            if (pending.size() == MANY) {
                notifyAll();
            }
        }
    }

    private void writeRounds() {
        JsonBytes lines = new JsonBytes();
        RequestLine request = new RequestLine(lines);
        try (channel) {
            long forced = clock.nanos();
            boolean last = false;
            while (!last) {
                last = awaitRound();
                for (LoadEvent event : takePending()) {
                    if (event instanceof LoadEvent.RequestEnded ended) {
                        request.write(ended);
                    } else {
                        lines.raw(LoadEventJson.line(event));
                    }
                    if (lines.length() >= MOST_BYTES) {
                        hand(lines);
                    }
                }
                hand(lines);
                written();
                if (clock.nanos() - forced >= TO_DISK.toNanos() && channel.isOpen()) {
                    channel.force(false);
                    forced = clock.nanos();
                }
            }
            channel.force(false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
    }

    private void hand(JsonBytes lines) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(lines.array(), 0, lines.length());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        lines.clear();
    }

    /**
     * Waits for the next round: it is earlier where much has come, so that what is put into the
     * list does not live long. Returns whether it is the last one.
     */
    private synchronized boolean awaitRound() throws InterruptedException {
        long until = clock.nanos() + ROUND.toNanos();
        long left = ROUND.toNanos();
        while (!closing && pending.size() < MANY && left > 0) {
            wait(Math.max(1, left / 1_000_000));
            left = until - clock.nanos();
        }
        return closing;
    }

    private synchronized List<LoadEvent> takePending() {
        List<LoadEvent> taken = pending;
        writing = true;
        pending = new ArrayList<>();
        notifyAll();
        return taken;
    }

    private synchronized void written() {
        writing = false;
        notifyAll();
    }

    /**
     * Waits until all that was put into the list can be read from the file.
     *
     * @throws UserError if it could not be written
     */
    public synchronized void sync() {
        boolean interrupted = false;
        while ((!pending.isEmpty() || writing) && failure == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        check();
    }

    private synchronized void fail(Exception e) {
        failure = e;
        notifyAll();
    }

    /** Throws what went wrong, each time anew: who closes this has often been told before. */
    private synchronized void check() {
        switch (failure) {
            case null -> {}
            case IOException e -> throw RunFiles.unwritable(folder.path(), e);
            case Exception e -> throw new IllegalStateException("the journal broke", e);
        }
    }

    /**
     * Writes what is left.
     *
     * @throws UserError if it could not be written
     */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        check();
    }
}
