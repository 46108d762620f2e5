package dev.stoker.history;

import dev.stoker.json.Json;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Remembers which runs are not in their store yet. A run's journal on the disk is its write-ahead
 * log: it is entered here before its first request and taken out when the store has it. What a
 * killed process, a full disk or a database that went away left behind is found here by the next
 * command that opens the same store.
 *
 * <p>There is a small file a run, named by its id, with the path of the run's folder; the process
 * that makes the run keeps a lock on it, which the system takes away when the process dies. Which
 * store is meant stands in the run's own folder ({@code store.json}), without a password. A spool
 * that can't be written costs the recovery, never the run. Thread-safe.
 */
public final class Spool {
    private static final String STORE_FILE = "store.json";
    private static final int LONGEST_PATH = 1 << 16;

    private final Path folder;
    private final Set<Path> held = new HashSet<>();

    public Spool(Path folder) {
        this.folder = folder;
    }

    /** Returns a run that waits for no store: nothing is remembered of it. */
    public static Ticket unnoted(Path run) {
        return new Ticket(run, null, null, null);
    }

    /** A run that is not in its store yet, held by this process. To be closed. */
    public static final class Ticket implements AutoCloseable {
        private final Path run;
        private final @Nullable Spool spool;
        private final @Nullable Path file;
        private final @Nullable FileChannel channel;

        private Ticket(
                Path run,
                @Nullable Spool spool,
                @Nullable Path file,
                @Nullable FileChannel channel) {
            this.run = run;
            this.spool = spool;
            this.file = file;
            this.channel = channel;
        }

        /** Returns the run's folder. */
        public Path run() {
            return run;
        }

        /** The store has the run, or there is nothing to put into it: it is taken out. */
        public void done() {
            try {
                if (file != null) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                // It is put in once more then, which changes nothing.
            }
        }

        /** Lets go; a run that is not done stays for the next command. */
        @Override
        public void close() {
            if (spool != null && file != null && channel != null) {
                spool.release(file, channel);
            }
        }
    }

    /**
     * Enters a run before it begins, or again before it goes on.
     *
     * @param run its folder, which is there
     * @param store the store's name ({@link Stores#name})
     */
    public synchronized Ticket enter(Path run, String store) {
        Path path = run.toAbsolutePath().normalize();
        Path file = folder.resolve(String.valueOf(path.getFileName()));
        FileChannel channel = null;
        try {
            Files.writeString(
                    path.resolve(STORE_FILE),
                    Json.pretty(Json.object().put("schema", "stoker.store").put("store", store))
                            + "\n");
            Files.createDirectories(folder);
            channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                return unnoted(path);
            }
            ByteBuffer text = StandardCharsets.UTF_8.encode(path.toString());
            channel.truncate(0);
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
            held.add(file);
            return new Ticket(path, this, file, channel);
        } catch (IOException | OverlappingFileLockException e) {
            closeQuietly(channel);
            return unnoted(path);
        }
    }

    private synchronized void release(Path file, FileChannel channel) {
        held.remove(file);
        closeQuietly(channel);
    }

    /**
     * Returns the runs that wait for a store and that no living process is making; they are held
     * until they are closed.
     */
    public synchronized List<Ticket> waiting(String store) {
        List<Ticket> tickets = new ArrayList<>();
        for (Path file : files()) {
            // Opening and closing a file that this process has locked would lose the lock.
            if (!held.contains(file)) {
                take(file, store).ifPresent(tickets::add);
            }
        }
        return tickets;
    }

    private List<Path> files() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private Optional<Ticket> take(Path file, String store) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            Optional<Path> run = lock == null ? Optional.empty() : run(channel);
            if (run.isPresent() && isGone(run.get())) {
                Files.deleteIfExists(file);
            } else if (run.isPresent() && isFor(run.get(), store)) {
                held.add(file);
                return Optional.of(new Ticket(run.get(), this, file, channel));
            }
        } catch (IOException | OverlappingFileLockException e) {
            // Another process was faster, or it is no longer there.
        }
        closeQuietly(channel);
        return Optional.empty();
    }

    private static Optional<Path> run(FileChannel channel) throws IOException {
        int size = (int) Math.min(LONGEST_PATH, channel.size());
        ByteBuffer bytes = ByteBuffer.allocate(size);
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
            // Until it is full.
        }
        String text = StandardCharsets.UTF_8.decode(bytes.flip()).toString();
        try {
            Path path = Path.of(text);
            return path.isAbsolute() ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** The user has deleted it; a whole disk that is not there may come back. */
    private static boolean isGone(Path run) {
        Path results = run.getParent();
        return !Files.exists(run) && results != null && Files.isDirectory(results);
    }

    private static boolean isFor(Path run, String store) {
        try {
            return Json.parse(Files.readString(run.resolve(STORE_FILE)))
                    .flatMap(o -> Json.text(o, "store"))
                    .filter(store::equals)
                    .isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Nothing is lost: it holds a path and a lock.
        }
    }
}
