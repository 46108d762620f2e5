package dev.stoker.explain.log;

/**
 * Cuts bytes into lines, whatever they hold. A line longer than the limit is handed out up to the
 * limit and its rest is skipped, so that the memory taken does not grow. Used by one thread.
 */
final class LineCutter {
    static final int LONGEST = 64 << 10;

    private final LineSink sink;
    private final byte[] rest = new byte[LONGEST];
    private int held;
    private boolean skipping;
    private long lines;
    private long cut;

    LineCutter(LineSink sink) {
        this.sink = sink;
    }

    /** Takes the next bytes. */
    void feed(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            int end = Scan.newline(bytes, at, to);
            if (end < 0) {
                keep(bytes, at, to);
                return;
            }
            if (held > 0 || skipping) {
                keep(bytes, at, end);
                flush();
            } else {
                hand(bytes, at, end);
            }
            at = end + 1;
        }
    }

    /** The bytes are over: a last line without its end is a line too. */
    void end() {
        if (held > 0 || skipping) {
            flush();
        }
    }

    long lines() {
        return lines;
    }

    /** Returns how many lines were too long to be looked at whole. */
    long cut() {
        return cut;
    }

    private void keep(byte[] bytes, int from, int to) {
        int room = Math.min(to - from, LONGEST - held);
        System.arraycopy(bytes, from, rest, held, room);
        held += room;
        skipping |= room < to - from;
    }

    private void flush() {
        int length = held;
        held = 0;
        cut += skipping ? 1 : 0;
        skipping = false;
        lines++;
        sink.line(rest, 0, without(rest, 0, length));
    }

    private void hand(byte[] bytes, int from, int to) {
        int end = to;
        if (to - from > LONGEST) {
            cut++;
            end = from + LONGEST;
        }
        lines++;
        sink.line(bytes, from, without(bytes, from, end));
    }

    private static int without(byte[] bytes, int from, int to) {
        return to > from && bytes[to - 1] == '\r' ? to - 1 : to;
    }
}
