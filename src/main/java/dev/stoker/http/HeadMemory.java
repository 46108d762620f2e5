package dev.stoker.http;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The last head of a response that lay whole in one read, and what was read from it: the next
 * response of a server often begins with the same bytes (but for a date, which changes once a
 * second), and comparing them is many times cheaper than reading them. One thread, any number of
 * parsers.
 */
final class HeadMemory {
    private static final int LONGEST = 4 << 10;

    private byte[] bytes = new byte[0];
    private @Nullable Read read;

    /**
     * What a head says.
     *
     * @param next what comes behind it
     * @param remaining how many bytes of body come, where the head tells
     */
    record Read(
            ResponseHead head,
            ResponseParser.State next,
            ExchangeEnd.Framing framing,
            long remaining,
            boolean reusable) {}

    /** Returns what the head says that stands there, if it is the one that is known. */
    @Nullable Read match(byte[] buffer, int from, int end) {
        int n = bytes.length;
        return n <= end - from && Arrays.equals(buffer, from, from + n, bytes, 0, n) ? read : null;
    }

    /** Returns how many bytes the known head has. */
    int length() {
        return bytes.length;
    }

    /** Remembers a head that was just read. */
    void learn(byte[] buffer, int from, int to, Read what) {
        if (to - from <= LONGEST) {
            bytes = Arrays.copyOfRange(buffer, from, to);
            read = what;
        }
    }
}
