package dev.stoker.gguf;

import java.nio.ByteBuffer;

/**
 * Bytes in memory, handed out in pieces of a size.
 *
 * @param piece bytes that an answer has beyond what was asked for, at most
 */
record BytesSource(byte[] bytes, int piece) implements ByteSource {

    @Override
    public String name() {
        return "test.gguf";
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public ByteBuffer at(long position, int least) {
        int from = (int) Math.min(position, bytes.length);
        int count = Math.min(bytes.length - from, Math.max(piece, least));
        return ByteBuffer.wrap(bytes, from, count).slice().asReadOnlyBuffer();
    }

    @Override
    public void close() {}
}
