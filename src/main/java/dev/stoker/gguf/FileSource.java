package dev.stoker.gguf;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file, read piece by piece as it is asked for. It is not mapped: a first read of a header, as a
 * command makes it, takes half as long this way, and a file that becomes shorter meanwhile is an
 * error that can be told.
 */
public final class FileSource implements ByteSource {
    /** Small enough to stay in the processor's cache. */
    private static final int PIECE = 128 << 10;

    private final Path path;
    private final FileChannel channel;
    private final long size;
    private ByteBuffer piece = ByteBuffer.allocate(0);

    private FileSource(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    /**
     * Opens a file.
     *
     * @throws UserError where there is none, or it can't be read
     */
    public static FileSource open(Path path) {
        String shown = Text.plain(path.toString(), 300);
        if (Files.isDirectory(path)) {
            throw UserError.wrongUse(
                    "Expected a GGUF file, but " + shown + " is a folder.",
                    "Name the .gguf file in it.");
        }
        if (!Files.exists(path)) {
            throw UserError.wrongUse("There is no file " + shown + ".", "Check the path.");
        }
        if (!Files.isRegularFile(path)) {
            throw UserError.wrongUse(
                    "Expected a GGUF file, but " + shown + " is no ordinary file.",
                    "Name a .gguf file.");
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            return new FileSource(path, channel, channel.size());
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The file " + shown + " can't be read: " + Text.plain(reason(e), 200) + ".",
                    "Check who may read it.",
                    e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.AccessDeniedException
                ? "this user may not"
                : String.valueOf(e.getMessage());
    }

    @Override
    public String name() {
        return path.toString();
    }

    public Path path() {
        return path;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public ByteBuffer at(long position, int least) throws IOException {
        int wanted = (int) Math.min(Math.max(size - position, 0), Math.max(PIECE, least));
        if (piece.capacity() < wanted) {
            piece = ByteBuffer.allocate(wanted);
        }
        piece.clear().limit(wanted);
        while (piece.hasRemaining() && channel.read(piece, position + piece.position()) > 0) {}
        return piece.flip().slice();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // It was only read.
        }
    }
}
