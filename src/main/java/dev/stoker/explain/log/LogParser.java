package dev.stoker.explain.log;

/**
 * Tells what the lines of a log are: Ollama's own, those of its web server, those of a llama-server
 * alone or below Ollama or below a router, of all versions. A line that another one was written
 * into is taken apart. What is of no known form is counted and never guessed. Used by one thread.
 */
public final class LogParser implements LineSink {
    private static final byte[] TIME = Scan.bytes("time=2");
    private static final byte[] GIN = Scan.bytes("[GIN] 2");
    private static final byte[] GIN_COLOURED = Scan.bytes("[GIN] ");
    private static final byte[] JOURNAL = Scan.bytes("]: ");
    private static final byte[] TRIMMED = Scan.bytes("#trimmed:");
    private static final int JOURNAL_HEAD = 120;

    private final SlogLine slog;
    private final GinLine gin;
    private final LlamaLine llama;
    private long used;
    private long unknown;

    public LogParser(LogEvents events) {
        slog = new SlogLine(events);
        gin = new GinLine(events);
        llama = new LlamaLine(events);
    }

    /** Returns how many lines said something that counts. */
    public long used() {
        return used;
    }

    /** Returns how many lines were of no known form. */
    public long unknown() {
        return unknown;
    }

    /** What a line was. */
    enum Kind {
        USED,
        KNOWN,
        UNKNOWN
    }

    @Override
    public void line(byte[] line, int from, int to) {
        Kind kind = kind(line, from, to);
        if (kind == Kind.USED) {
            used++;
        } else if (kind == Kind.UNKNOWN) {
            unknown++;
        }
    }

    private Kind kind(byte[] line, int from, int to) {
        if (from == to) {
            return Kind.KNOWN;
        }
        byte first = line[from];
        if (first == 't' && Scan.starts(line, from, to, TIME)) {
            return slog.read(line, from, to);
        }
        if (first == '[' && Scan.starts(line, from, to, GIN_COLOURED)) {
            return gin.read(line, from, to);
        }
        if (first >= 'A' && first <= 'S' && isMonth(line, from, to)) {
            int limit = Math.min(to, from + JOURNAL_HEAD);
            int at = Scan.after(line, from, limit, JOURNAL);
            return at < 0 ? Kind.UNKNOWN : kind(line, at, to);
        }
        int inner = inner(line, from, to);
        if (inner < 0) {
            return llama.read(line, from, to);
        }
        llama.read(line, from, inner);
        return line[inner] == 't' ? slog.read(line, inner, to) : gin.read(line, inner, to);
    }

    /** Returns where a line of Ollama begins that was written into another one. */
    private static int inner(byte[] line, int from, int to) {
        int at = Scan.pair(line, from + 1, to);
        while (at >= 0) {
            if (line[at] == 'G') {
                if (Scan.starts(line, at - 1, to, GIN)) {
                    return at - 1;
                }
            } else if (at - from >= 4 && Scan.starts(line, at - 4, to, TIME)) {
                return at - 4;
            }
            at = Scan.pair(line, at + 1, to);
        }
        return -1;
    }

    private static boolean isMonth(byte[] line, int from, int to) {
        if (to - from < 16 || line[from + 3] != ' ' || line[from + 6] != ' ') {
            return false;
        }
        return switch (line[from] << 16 | line[from + 1] << 8 | line[from + 2]) {
            case 'J' << 16 | 'a' << 8 | 'n',
                    'F' << 16 | 'e' << 8 | 'b',
                    'M' << 16 | 'a' << 8 | 'r',
                    'A' << 16 | 'p' << 8 | 'r',
                    'M' << 16 | 'a' << 8 | 'y',
                    'J' << 16 | 'u' << 8 | 'n',
                    'J' << 16 | 'u' << 8 | 'l',
                    'A' << 16 | 'u' << 8 | 'g',
                    'S' << 16 | 'e' << 8 | 'p',
                    'O' << 16 | 'c' << 8 | 't',
                    'N' << 16 | 'o' << 8 | 'v',
                    'D' << 16 | 'e' << 8 | 'c' ->
                    true;
            default -> false;
        };
    }

    static boolean isTrimmedMark(byte[] line, int from, int to) {
        return Scan.starts(line, from, to, TRIMMED);
    }
}
