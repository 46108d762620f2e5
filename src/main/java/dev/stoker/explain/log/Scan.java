package dev.stoker.explain.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Looks into the bytes of one line. A position of −1 means "not there", a number of −1 "none".
 * Pure.
 */
final class Scan {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;
    private static final long NEWLINES = ONES * '\n';
    private static final long EQUALS = ONES * '=';
    private static final long ES = ONES * 'e';
    private static final long GS = ONES * 'G';
    private static final long BRACKETS = ONES * '[';

    private Scan() {}

    static byte[] bytes(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }

    static boolean starts(byte[] line, int from, int to, byte[] what) {
        if (to - from < what.length) {
            return false;
        }
        for (int i = 0; i < what.length; i++) {
            if (line[from + i] != what[i]) {
                return false;
            }
        }
        return true;
    }

    static int find(byte[] line, int from, int to, byte[] what) {
        byte first = what[0];
        int last = to - what.length;
        for (int i = from; i <= last; i++) {
            if (line[i] == first && starts(line, i, to, what)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns where the line ends, or −1; eight bytes a step. */
    static int newline(byte[] bytes, int from, int to) {
        int at = from;
        while (at + 8 <= to) {
            long hit = equal((long) WORD.get(bytes, at), NEWLINES);
            if (hit != 0) {
                return at + (Long.numberOfTrailingZeros(hit) >>> 3);
            }
            at += 8;
        }
        while (at < to) {
            if (bytes[at] == '\n') {
                return at;
            }
            at++;
        }
        return -1;
    }

    /**
     * Returns where the second byte of {@code e=} or {@code [G} may be, or −1; eight bytes a step.
     *
     * @param from at least 1
     */
    static int pair(byte[] line, int from, int to) {
        int at = from;
        while (at + 8 <= to) {
            long word = (long) WORD.get(line, at);
            long before = (long) WORD.get(line, at - 1);
            long hit =
                    (equal(word, EQUALS) & equal(before, ES))
                            | (equal(word, GS) & equal(before, BRACKETS));
            if (hit != 0) {
                return at + (Long.numberOfTrailingZeros(hit) >>> 3);
            }
            at += 8;
        }
        while (at < to) {
            if ((line[at] == '=' && line[at - 1] == 'e')
                    || (line[at] == 'G' && line[at - 1] == '[')) {
                return at;
            }
            at++;
        }
        return -1;
    }

    /** Marks the bytes of a word that are equal to those of another; the lowest mark is right. */
    private static long equal(long word, long bytes) {
        long x = word ^ bytes;
        return (x - ONES) & ~x & TOPS;
    }

    /** Returns the position after something, or −1. */
    static int after(byte[] line, int from, int to, byte[] what) {
        int at = find(line, from, to, what);
        return at < 0 ? -1 : at + what.length;
    }

    static int skipSpaces(byte[] line, int from, int to) {
        int at = from;
        while (at < to && line[at] == ' ') {
            at++;
        }
        return at;
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** Returns the whole number that begins here, up to 15 digits, or −1. */
    static long number(byte[] line, int from, int to) {
        int at = from;
        long n = 0;
        while (at < to && at - from < 15 && isDigit(line[at])) {
            n = n * 10 + (line[at] - '0');
            at++;
        }
        return at == from ? -1 : n;
    }

    /** Returns exactly so many digits as a number, or −1. */
    static int digits(byte[] line, int from, int to, int count) {
        if (to - from < count) {
            return -1;
        }
        int n = 0;
        for (int i = from; i < from + count; i++) {
            if (!isDigit(line[i])) {
                return -1;
            }
            n = n * 10 + (line[i] - '0');
        }
        return n;
    }

    /** Returns a decimal number in thousandths, or −1: {@code 215.03} is 215030. */
    static long thousandths(byte[] line, int from, int to) {
        long whole = number(line, from, to);
        if (whole < 0) {
            return -1;
        }
        int at = from;
        while (at < to && isDigit(line[at])) {
            at++;
        }
        long part = 0;
        if (at < to && line[at] == '.') {
            long scale = 100;
            for (at++; at < to && isDigit(line[at]); at++) {
                part += scale * (line[at] - '0');
                scale /= 10;
            }
        }
        return whole * 1000 + part;
    }

    /** Returns text, with a mark for bytes that are no UTF-8. */
    static String text(byte[] line, int from, int to) {
        return from < 0 || to < from
                ? ""
                : new String(line, from, to - from, StandardCharsets.UTF_8);
    }

    /**
     * Returns the value of a field of a structured line, without quotes; empty where there is none.
     *
     * @param key with the space before it and the equals sign
     */
    static String field(byte[] line, int from, int to, byte[] key) {
        int at = after(line, from, to, key);
        if (at < 0 || at >= to) {
            return "";
        }
        if (line[at] == '"') {
            return text(line, at + 1, closing(line, at + 1, to));
        }
        int end = at;
        while (end < to && line[end] != ' ') {
            end++;
        }
        return text(line, at, end);
    }

    /** Returns where the quoted text that begins here ends. */
    static int closing(byte[] line, int from, int to) {
        int at = from;
        while (at < to && line[at] != '"') {
            at += line[at] == '\\' ? 2 : 1;
        }
        return Math.min(at, to);
    }

    /** Returns the days since 1970 of a date of the Gregorian calendar. */
    static long epochDay(int year, int month, int day) {
        long y = month <= 2 ? year - 1L : year;
        long era = Math.floorDiv(y, 400);
        long yearOfEra = y - era * 400;
        long dayOfYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097 + dayOfEra - 719_468;
    }
}
