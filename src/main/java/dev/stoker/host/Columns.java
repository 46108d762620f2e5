package dev.stoker.host;

/**
 * Walks over the words of a line without copying them. A number that can't be is told as -1, so
 * that a strange kernel never becomes a figure. Used by one thread.
 */
final class Columns {
    private final String text;
    private final int end;
    private int at;

    /**
     * @param from where the line begins
     * @param end where it ends, exclusive
     */
    Columns(String text, int from, int end) {
        this.text = text;
        this.at = from;
        this.end = end;
    }

    static Columns of(String line) {
        return new Columns(line, 0, line.length());
    }

    private void skipSpace() {
        while (at < end && text.charAt(at) <= ' ') {
            at++;
        }
    }

    /** Returns the next word, or an empty text at the end. */
    String word() {
        skipSpace();
        int from = at;
        while (at < end && text.charAt(at) > ' ') {
            at++;
        }
        return text.substring(from, at);
    }

    /** Returns the next word as a whole number, not negative; -1 where it is none. */
    long number() {
        skipSpace();
        long value = at < end ? 0 : -1;
        while (at < end && text.charAt(at) > ' ') {
            int digit = text.charAt(at) - '0';
            boolean fits = value >= 0 && value <= (Long.MAX_VALUE - 9) / 10;
            value = digit >= 0 && digit <= 9 && fits ? value * 10 + digit : -1;
            if (value < 0) {
                word();
                return -1;
            }
            at++;
        }
        return value;
    }

    void skip(int words) {
        for (int i = 0; i < words; i++) {
            skipSpace();
            while (at < end && text.charAt(at) > ' ') {
                at++;
            }
        }
    }
}
