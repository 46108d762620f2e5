package dev.stoker.server;

import java.util.Arrays;

/**
 * Cuts bytes that arrive in pieces of any size into lines, ended by LF or CRLF. A line that lies
 * whole in one piece is handed on without a copy. Pure; one thread. A line may have at most 16 MiB:
 * more is no stream of tokens.
 */
public final class LineSplitter {
    static final int LONGEST_LINE = 16 << 20;
    private static final int FIRST_CARRY = 1 << 10;

    /** Takes a line without its end; the buffer is used again after the call. */
    @FunctionalInterface
    public interface Lines {
        void line(byte[] buffer, int offset, int length);
    }

    private byte[] carry = new byte[0];
    private int carried;

    /** Takes the next bytes; returns false, for good, once a line is too long. */
    public boolean feed(byte[] buffer, int offset, int length, Lines lines) {
        int end = offset + length;
        int start = offset;
        for (int i = offset; i < end; i++) {
            if (buffer[i] == '\n') {
                if (carried == 0) {
                    hand(buffer, start, i - start, lines);
                } else if (keep(buffer, start, i - start)) {
                    handCarried(lines);
                } else {
                    return false;
                }
                start = i + 1;
            }
        }
        return keep(buffer, start, end - start);
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
