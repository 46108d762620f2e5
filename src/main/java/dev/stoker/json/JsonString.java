package dev.stoker.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads one JSON text (a string with its quotes) in bytes, eight at a time where nothing special
 * stands. Source: RFC 8259; RFC 3629 for UTF-8. Stateless.
 */
final class JsonString {
    /** What {@link #read} returns for anything that is no text. */
    static final long NONE = -1;

    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOWEST = 0x0101010101010101L;
    private static final long HIGHEST = 0x8080808080808080L;
    private static final long QUOTES = LOWEST * '"';
    private static final long BACKSLASHES = LOWEST * '\\';
    private static final long BLANKS = LOWEST * ' ';

    private JsonString() {}

    /**
     * Reads the text whose first quote stands at {@code quote}.
     *
     * @return where it ends (behind the other quote) and its length in characters of Java, to be
     *     taken apart by {@link #to} and {@link #chars}; {@link #NONE} if it is no text
     */
    static long read(byte[] b, int quote, int end) {
        if (quote >= end || b[quote] != '"') {
            return NONE;
        }
        int chars = 0;
        int i = quote + 1;
        while (i < end) {
            int plain = plain(b, i, end);
            i += plain;
            chars += plain;
            if (i >= end) {
                break;
            }
            byte c = b[i];
            if (c == '"') {
                return (long) (i + 1) << 32 | chars;
            }
            int length = c == '\\' ? escape(b, i, end) : c >= ' ' ? 1 : encoded(b, i, end);
            if (length == 0) {
                return NONE;
            }
            i += length;
            chars += length == 4 && c != '\\' ? 2 : 1;
        }
        return NONE;
    }

    static int to(long read) {
        return (int) (read >>> 32);
    }

    static int chars(long read) {
        return (int) read;
    }

    /**
     * Returns how many bytes from here on are single characters without a meaning, as far as whole
     * words tell. A byte x is zero where (x − 1) & ~x has its highest bit, and below a blank where
     * (x − ' ') & ~x has (Warren, Hacker's Delight, 6-1); the lowest such byte is exact.
     */
    private static int plain(byte[] b, int from, int end) {
        int i = from;
        for (; i + Long.BYTES <= end; i += Long.BYTES) {
            long w = (long) WORDS.get(b, i);
            long quote = w ^ QUOTES;
            long backslash = w ^ BACKSLASHES;
            long special =
                    (((quote - LOWEST) & ~quote)
                                    | ((backslash - LOWEST) & ~backslash)
                                    | ((w - BLANKS) & ~w)
                                    | w)
                            & HIGHEST;
            if (special != 0) {
                return i - from + Long.numberOfTrailingZeros(special) / Byte.SIZE;
            }
        }
        return i - from;
    }

    /** Returns how many bytes the escape has, or 0. */
    private static int escape(byte[] b, int i, int end) {
        byte kind = i + 1 < end ? b[i + 1] : 0;
        return switch (kind) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> 2;
            case 'u' -> isHex(b, i + 2, end) ? 6 : 0;
            default -> 0;
        };
    }

    /** Returns whether four hexadecimal digits stand there. */
    private static boolean isHex(byte[] b, int from, int end) {
        for (int k = from; k < from + 4; k++) {
            if (k >= end || Character.digit(b[k], 16) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns how many bytes the UTF-8 sequence has, or 0 where it is none. */
    private static int encoded(byte[] b, int i, int end) {
        int c = b[i] & 0xff;
        int length = c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
        if (i + length > end) {
            return 0;
        }
        for (int k = i + 1; k < i + length; k++) {
            if ((b[k] & 0xc0) != 0x80) {
                return 0;
            }
        }
        int second = length > 2 ? b[i + 1] & 0xff : 0;
        boolean surrogateOrLong =
                (c == 0xe0 && second < 0xa0)
                        || (c == 0xed && second > 0x9f)
                        || (c == 0xf0 && second < 0x90)
                        || (c == 0xf4 && second > 0x8f);
        return surrogateOrLong ? 0 : length;
    }
}
