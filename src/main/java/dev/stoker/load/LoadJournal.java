package dev.stoker.load;

import dev.stoker.base.UserError;
import dev.stoker.json.Json;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Writes a load test's events, a line each, in a thread of its own: the engine only puts them into
 * a list. What was put there is handed to the system within a quarter of a second, and to the disk
 * within about a second, so that a killed process loses next to nothing.
 *
 * <p>Thread-safe. The list is bounded: where the disk can't follow, {@link #write} waits.
 */
public final class LoadJournal implements AutoCloseable {
    private static final Duration ROUND = Duration.ofMillis(200);
    private static final int ROUNDS_TO_DISK = 4;
    private static final int MOST_PENDING = 200_000;

    private final LoadFolder folder;
    private final FileChannel channel;
    private final Thread writer;
    private final CountDownLatch closing = new CountDownLatch(1);
    private List<LoadEvent> pending = new ArrayList<>();
    private boolean writing;
    private @Nullable RuntimeException failure;

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
            LoadJournal journal = new LoadJournal(folder, channel);
            journal.writer.start();
            return journal;
        } catch (IOException e) {
            throw LoadFolder.unwritable(folder.path(), e);
        }
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
            if (failure != null) {
                throw failure;
            }
            pending.add(event);
        }
    }

    private void writeRounds() {
        try (OutputStream out =
                        new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                JsonGenerator json = Json.lines(out)) {
            boolean last = false;
            for (int round = 1; !last; round++) {
                last = closing.await(ROUND.toMillis(), TimeUnit.MILLISECONDS);
                List<LoadEvent> events = takePending();
                for (LoadEvent event : events) {
                    LoadEventJson.write(json, event);
                }
                json.flush();
                written();
                if (round % ROUNDS_TO_DISK == 0 && channel.isOpen()) {
                    channel.force(false);
                }
            }
            json.writeRaw('\n');
            json.flush();
            channel.force(false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            fail(LoadFolder.unwritable(folder.path(), e));
        } catch (RuntimeException e) {
            fail(e);
        }
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
        if (failure != null) {
            throw failure;
        }
    }

    private synchronized void fail(RuntimeException e) {
        failure = e;
        notifyAll();
    }

    /**
     * Writes what is left.
     *
     * @throws UserError if it could not be written
     */
    @Override
    public void close() {
        closing.countDown();
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
        synchronized (this) {
            if (failure != null) {
                throw failure;
            }
        }
    }
}
