package dev.stoker.warm;

import dev.stoker.json.Json;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Keeps the notes of one server in a file: written anew and forced to the disk, then put in the
 * place of the old one. Whoever writes holds a lock beside it. Used by one thread.
 */
public final class NotesFile implements NotesStore, AutoCloseable {
    private static final long LONGEST = 8L << 20;

    private final Path path;
    private final FileChannel channel;

    private NotesFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Returns the file of a server in a folder. */
    public static Path of(Path folder, String server) {
        return folder.resolve("warm-" + server.replaceAll("[^A-Za-z0-9.-]+", "-") + ".json");
    }

    /** Returns the notes in a file, for whoever only looks. */
    public static Notes look(Path path) {
        try {
            if (!Files.isRegularFile(path) || Files.size(path) > LONGEST) {
                return new Notes();
            }
            return Json.parse(Files.readString(path)).map(NotesJson::read).orElse(new Notes());
        } catch (IOException e) {
            return new Notes();
        }
    }

    /**
     * Opens a file to write; empty where another process has it.
     *
     * @throws IOException if it can't be written at all
     */
    public static Optional<NotesFile> open(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        FileChannel channel =
                FileChannel.open(
                        path.resolveSibling(path.getFileName() + ".lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(new NotesFile(path, channel));
            }
        } catch (OverlappingFileLockException e) {
            // This very process has it.
        }
        channel.close();
        return Optional.empty();
    }

    @Override
    public Notes read() {
        return look(path);
    }

    @Override
    public void write(Notes notes) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        // Not a channel: an interrupt, which ends this program, would close it in the middle.
        try (FileOutputStream out = new FileOutputStream(fresh.toFile())) {
            out.write(Json.write(NotesJson.write(notes)).getBytes(StandardCharsets.UTF_8));
            out.getFD().sync();
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
