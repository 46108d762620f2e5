package dev.stoker.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Bytes that can be read at any place: a file, or a range of an address. Used by one thread; every
 * read is bounded in time by the source.
 */
public interface ByteSource extends AutoCloseable {

    /** Returns its name for messages: a path or an address. */
    String name();

    /** Returns how many bytes it has in all. */
    long size();

    /**
     * Returns the bytes from a place on, at least as many as asked for unless the source ends
     * before; it may return more, up to what it has at hand. The buffer is not to be changed, and
     * is valid until the next call.
     *
     * @param position from 0 to {@link #size()}
     * @param least from 0 to 64 MiB
     * @throws IOException with a reason for a person, where the bytes can't be had
     */
    ByteBuffer at(long position, int least) throws IOException;

    @Override
    void close();
}
