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
 * A file, mapped piece by piece: only the pages that are looked at are read. A small file is read
 * whole instead, since mapping it would cost more.
 */
public final class FileSource implements ByteSource {
    private static final long WINDOW = 256L << 20;
    private static final long SMALL = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final long size;

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
        long left = Math.max(size - position, 0);
        if (size <= SMALL) {
            ByteBuffer whole = ByteBuffer.allocate((int) left);
            while (whole.hasRemaining() && channel.read(whole, position + whole.position()) > 0) {}
            return whole.flip();
        }
        return channel.map(
                FileChannel.MapMode.READ_ONLY, position, Math.min(left, Math.max(WINDOW, least)));
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
