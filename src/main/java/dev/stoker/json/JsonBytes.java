package dev.stoker.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes JSON number by number into an array, for lines of which there are ten thousands a second.
 * It knows no rules: who calls it sees to commas and brackets. One thread.
 */
public final class JsonBytes {
    private static final byte[] SMALLEST =
            Long.toString(Long.MIN_VALUE).getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_DIGITS = 20;
    private static final int KEPT_TEXTS = 32;
    private static final int LONGEST_KEPT = 256;

    private byte[] bytes = new byte[1 << 16];
    private int length;

    /** The same few texts (why there is no figure) come in every line. */
    private final String[] texts = new String[KEPT_TEXTS];

    private final byte[][] escaped = new byte[KEPT_TEXTS][];

    /** Appends bytes as they are. */
    public JsonBytes raw(byte[] ascii) {
        room(ascii.length);
        System.arraycopy(ascii, 0, bytes, length, ascii.length);
        length += ascii.length;
        return this;
    }

    /** Appends one ASCII character. */
    public JsonBytes raw(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    public JsonBytes number(long value) {
        if (value == Long.MIN_VALUE) {
            return raw(SMALLEST);
        }
        room(MOST_DIGITS);
        long left = value;
        if (left < 0) {
            bytes[length++] = '-';
            left = -left;
        }
        int digits = 1;
        for (long power = left; power > 9; power /= 10) {
            digits++;
        }
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        length += digits;
        return this;
    }

    /** Appends a text in quotes, escaped where it has to be. */
    public JsonBytes text(String text) {
        return raw('"').raw(escaped(text)).raw('"');
    }

    private byte[] escaped(String text) {
        if (text.length() > LONGEST_KEPT) {
            return JsonText.escaped(text);
        }
        int place = text.hashCode() & (KEPT_TEXTS - 1);
        if (!text.equals(texts[place])) {
            texts[place] = text;
            escaped[place] = JsonText.escaped(text);
        }
        return escaped[place];
    }

    private void room(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    /** Returns the array; what was written stands at its start. Valid until the next call. */
    public byte[] array() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** Forgets what was written. */
    public void clear() {
        length = 0;
    }
}
