package dev.stoker.server;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Cuts bytes that arrive in pieces of any size into lines, ended by LF or CRLF. A line that lies
 * whole in one piece is handed on without a copy. Pure; one thread. A line may have at most 16 MiB:
 * more is no stream of tokens.
 */
public final class LineSplitter {
    static final int LONGEST_LINE = 16 << 20;
    private static final int FIRST_CARRY = 1 << 10;
    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LINE_FEEDS = 0x0a0a0a0a0a0a0a0aL;
    private static final long LOWEST_BITS = 0x0101010101010101L;
    private static final long HIGHEST_BITS = 0x8080808080808080L;

    /** Takes a line without its end; the buffer is used again after the call. */
    @FunctionalInterface
    public interface Lines {
        void line(byte[] buffer, int offset, int length);
    }

    private byte[] carry = new byte[0];
    private int carried;

    /** Looks at what the next bytes will need; the result means nothing. */
    long fetch() {
        return carried;
    }

    /** Takes the next bytes; returns false, for good, once a line is too long. */
    public boolean feed(byte[] buffer, int offset, int length, Lines lines) {
        int end = offset + length;
        int start = offset;
        for (int i = lineEnd(buffer, start, end); i < end; i = lineEnd(buffer, start, end)) {
            if (carried == 0) {
                hand(buffer, start, i - start, lines);
            } else if (keep(buffer, start, i - start)) {
                handCarried(lines);
            } else {
                return false;
            }
            start = i + 1;
        }
        return keep(buffer, start, end - start);
    }

    /**
     * Returns where the next LF is, or the end: eight bytes at a time. A byte of {@code word ^
     * LINE_FEEDS} is zero where a LF is, and (x − 0x01…) & ~x & 0x80… has its highest bit there
     * (Warren, Hacker's Delight, 6-1; the lowest such bit is exact).
     */
    private static int lineEnd(byte[] buffer, int from, int end) {
        int i = from;
        for (; i + Long.BYTES <= end; i += Long.BYTES) {
            long x = (long) WORDS.get(buffer, i) ^ LINE_FEEDS;
            long zero = (x - LOWEST_BITS) & ~x & HIGHEST_BITS;
            if (zero != 0) {
                return i + Long.numberOfTrailingZeros(zero) / Byte.SIZE;
            }
        }
        while (i < end && buffer[i] != '\n') {
            i++;
        }
        return i;
    }

    /** Hands on what came after the last line end: the stream is over. */
    public void flush(Lines lines) {
        if (carried > 0) {
            handCarried(lines);
        }
    }

    private void handCarried(Lines lines) {
        int n = carried;
        carried = 0;
        hand(carry, 0, n, lines);
    }

    private static void hand(byte[] buffer, int offset, int length, Lines lines) {
        int n = length > 0 && buffer[offset + length - 1] == '\r' ? length - 1 : length;
        lines.line(buffer, offset, n);
    }

    private boolean keep(byte[] buffer, int offset, int length) {
        if (length > LONGEST_LINE - carried) {
            return false;
        }
        if (carried + length > carry.length) {
            carry =
                    Arrays.copyOf(
                            carry,
                            Math.max(Math.max(FIRST_CARRY, carried + length), carry.length * 2));
        }
        System.arraycopy(buffer, offset, carry, carried, length);
        carried += length;
        return true;
    }
}
