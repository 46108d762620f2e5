package dev.stoker.host;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of the kernel that is read again and again: it is kept open, and its buffer, which it may
 * share with others, is used anew. Each read begins at the start, at which the kernel writes the
 * text anew. What fails is opened again at the next read. Used by one thread.
 */
final class KernelFile implements AutoCloseable {
    private static final int FIRST_SIZE = 8 << 10;
    private static final int LARGEST = 4 << 20;

    private final Path path;
    private final Space space;
    private final boolean isWhole;
    private @Nullable FileChannel channel;

    /** Where texts are read to, for all files of one thread. */
    static final class Space {
        private ByteBuffer buffer = ByteBuffer.allocateDirect(FIRST_SIZE);
        private byte[] bytes = new byte[FIRST_SIZE];

        /** Makes room for more; returns whether it may. */
        private boolean grows() {
            if (buffer.capacity() >= LARGEST) {
                return false;
            }
            ByteBuffer larger = ByteBuffer.allocateDirect(buffer.capacity() * 4);
            larger.put(buffer.flip());
            buffer = larger;
            bytes = new byte[larger.capacity()];
            return true;
        }
    }

    private KernelFile(Path path, Space space, boolean isWhole) {
        this.path = path;
        this.space = space;
        this.isWhole = isWhole;
    }

    /** Returns a file that the kernel writes piece by piece: a list with an entry a device. */
    static KernelFile ofPieces(Path path, Space space) {
        return new KernelFile(path, space, false);
    }

    /** Returns a file that the kernel writes in one go, which saves looking for its end. */
    static KernelFile ofOnePiece(Path path, Space space) {
        return new KernelFile(path, space, true);
    }

    Path path() {
        return path;
    }

    /** Returns the text as it is now, cut after 4 MiB. */
    Reading<String> text() {
        try {
            FileChannel open = channel;
            if (open == null) {
                open = FileChannel.open(path, StandardOpenOption.READ);
                channel = open;
            }
            return Reading.known(read(open));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Reading.unsupported(path + " does not exist");
        } catch (AccessDeniedException e) {
            return Reading.unsupported(path + " may only be read by its owner or root");
        } catch (IOException e) {
            close();
            return Reading.failed(
                    path + " could not be read: " + Text.plain(String.valueOf(e.getMessage())));
        }
    }

    private String read(FileChannel open) throws IOException {
        space.buffer.clear();
        while (open.read(space.buffer, space.buffer.position()) > 0) {
            boolean full = !space.buffer.hasRemaining();
            if (full ? !space.grows() : isWhole) {
                break;
            }
        }
        space.buffer.flip();
        int length = space.buffer.remaining();
        space.buffer.get(space.bytes, 0, length);
        return new String(space.bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // A file that was only read has nothing to lose.
            }
        }
    }
}
