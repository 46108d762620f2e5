package dev.stoker.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes texts as they stand between the quotes of JSON, in UTF-8. Most texts need no escape, which
 * is found out eight bytes at a time; the others are left to the mapper, so that there is one
 * opinion on escapes. Stateless.
 */
public final class JsonText {
    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOWEST = 0x0101010101010101L;
    private static final long HIGHEST = 0x8080808080808080L;
    private static final long QUOTES = LOWEST * '"';
    private static final long BACKSLASHES = LOWEST * '\\';
    private static final long BLANKS = LOWEST * ' ';

    private JsonText() {}

    /** Returns the text's bytes, escaped where they have to be. */
    public static byte[] escaped(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (isPlain(bytes)) {
            return bytes;
        }
        byte[] quoted = Json.write(Json.tree(text)).getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOfRange(quoted, 1, quoted.length - 1);
    }

    /**
     * Returns whether nothing has to be escaped: no quote, no backslash, no control character. A
     * byte x is zero where (x − 1) & ~x has its highest bit, and below a blank where (x − ' ') & ~x
     * has (Warren, Hacker's Delight, 6-1).
     */
    private static boolean isPlain(byte[] b) {
        int i = 0;
        for (; i + Long.BYTES <= b.length; i += Long.BYTES) {
            long w = (long) WORDS.get(b, i);
            long quote = w ^ QUOTES;
            long backslash = w ^ BACKSLASHES;
            long special =
                    ((quote - LOWEST) & ~quote)
                            | ((backslash - LOWEST) & ~backslash)
                            | ((w - BLANKS) & ~w);
            if ((special & HIGHEST) != 0) {
                return false;
            }
        }
        for (; i < b.length; i++) {
            if (b[i] == '"' || b[i] == '\\' || (b[i] >= 0 && b[i] < ' ')) {
                return false;
            }
        }
        return true;
    }
}
