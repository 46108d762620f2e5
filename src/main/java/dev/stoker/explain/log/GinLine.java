package dev.stoker.explain.log;

import dev.stoker.explain.log.LogEvents.Ask;
import dev.stoker.explain.log.LogParser.Kind;

/**
 * A line of Ollama's web server: {@code [GIN] 2026/11/22 - 13:27:01 | 200 | 2.072526059s |
 * 127.0.0.1 | POST "/api/generate"}. Used by one thread.
 */
final class GinLine {
    private static final byte[] POST = Scan.bytes("POST ");
    private static final byte[] API = Scan.bytes("/api/");
    private static final byte[] V1 = Scan.bytes("/v1/");
    private static final byte[][] ANSWERS = {
        Scan.bytes("/api/generate\""),
        Scan.bytes("/api/chat\""),
        Scan.bytes("/v1/chat/completions\""),
        Scan.bytes("/v1/completions\""),
        Scan.bytes("/v1/messages\""),
        Scan.bytes("/v1/responses\"")
    };
    private static final byte[][] EMBEDDINGS = {
        Scan.bytes("/api/embed\""), Scan.bytes("/api/embeddings\""), Scan.bytes("/v1/embeddings\"")
    };
    private static final byte ESCAPE = 0x1b;
    private static final int LONGEST_ADDRESS = 60;
    private static final int HEAD = "[GIN] ".length();

    private final LogEvents events;

    GinLine(LogEvents events) {
        this.events = events;
    }

    Kind read(byte[] line, int from, int to) {
        for (int i = from; i < to; i++) {
            if (line[i] == ESCAPE) {
                byte[] plain = new byte[to - from];
                return readPlain(plain, 0, withoutColours(line, from, to, plain));
            }
        }
        return readPlain(line, from, to);
    }

    private Kind readPlain(byte[] line, int from, int to) {
        int at = from + HEAD;
        int year = Scan.digits(line, at, to, 4);
        int month = Scan.digits(line, at + 5, to, 2);
        int day = Scan.digits(line, at + 8, to, 2);
        int hour = Scan.digits(line, at + 13, to, 2);
        int minute = Scan.digits(line, at + 16, to, 2);
        int second = Scan.digits(line, at + 19, to, 2);
        if ((year | month | day | hour | minute | second) < 0 || month < 1 || month > 12) {
            return Kind.UNKNOWN;
        }
        at = bar(line, at + 21, to);
        int status = (int) Scan.number(line, at, Math.min(to, at + 4));
        at = bar(line, at, to);
        int end = at;
        while (end < to && line[end] != ' ') {
            end++;
        }
        long micros = duration(line, at, end);
        int client = bar(line, end, to);
        at = bar(line, client - 1, to);
        if (status < 0 || micros < 0 || at >= to) {
            return Kind.UNKNOWN;
        }
        long localSecond =
                Scan.epochDay(year, month, day) * 86_400L + hour * 3600L + minute * 60L + second;
        Ask kind = ask(line, at, to);
        events.request(
                localSecond,
                status,
                micros,
                kind,
                kind == Ask.OTHER ? "" : address(line, client, to));
        return kind == Ask.OTHER ? Kind.KNOWN : Kind.USED;
    }

    /** Returns the position after the next bar and the spaces behind it. */
    private static int bar(byte[] line, int from, int to) {
        int at = Math.max(0, from);
        while (at < to && line[at] != '|') {
            at++;
        }
        return at >= to ? to : Scan.skipSpaces(line, at + 1, to);
    }

    private static String address(byte[] line, int from, int to) {
        int end = from;
        while (end < to && end - from < LONGEST_ADDRESS && line[end] != ' ' && line[end] != '|') {
            end++;
        }
        return Scan.text(line, from, end);
    }

    private static Ask ask(byte[] line, int from, int to) {
        if (!Scan.starts(line, from, to, POST)) {
            return Ask.OTHER;
        }
        int at = from;
        while (at < to && line[at] != '"') {
            at++;
        }
        at++;
        if (!Scan.starts(line, Math.min(at, to), to, API)
                && !Scan.starts(line, Math.min(at, to), to, V1)) {
            return Ask.OTHER;
        }
        for (byte[] path : ANSWERS) {
            if (Scan.starts(line, at, to, path)) {
                return Ask.ANSWER;
            }
        }
        for (byte[] path : EMBEDDINGS) {
            if (Scan.starts(line, at, to, path)) {
                return Ask.EMBEDDING;
            }
        }
        return Ask.OTHER;
    }

    /** Returns a duration as Go writes it in microseconds, or −1: {@code 1m2.5s}, {@code 93µs}. */
    static long duration(byte[] line, int from, int to) {
        int at = from;
        double micros = 0;
        boolean some = false;
        while (at < to) {
            long thousandths = Scan.thousandths(line, at, to);
            if (thousandths < 0) {
                return -1;
            }
            while (at < to && (Scan.isDigit(line[at]) || line[at] == '.')) {
                at++;
            }
            int unit = at;
            while (at < to && !Scan.isDigit(line[at])) {
                at++;
            }
            double factor = factor(line, unit, at);
            if (factor < 0) {
                return -1;
            }
            micros += thousandths * factor;
            some = true;
        }
        return some && micros < 1e18 ? (long) micros : -1;
    }

    /** Microseconds in a thousandth of a unit; −1 for no unit. */
    private static double factor(byte[] line, int from, int to) {
        int length = to - from;
        if (length == 1) {
            return switch (line[from]) {
                case 'h' -> 3.6e6;
                case 'm' -> 6e4;
                case 's' -> 1e3;
                default -> -1;
            };
        }
        boolean second = length > 1 && line[to - 1] == 's';
        if (second && length == 2 && line[from] == 'm') {
            return 1;
        }
        if (second && length == 2 && line[from] == 'n') {
            return 1e-6;
        }
        // The micro sign takes two bytes, or is a u, or was spoilt on its way.
        return second && length <= 4 ? 1e-3 : -1;
    }

    private static int withoutColours(byte[] line, int from, int to, byte[] plain) {
        int n = 0;
        int at = from;
        while (at < to) {
            if (line[at] == ESCAPE) {
                while (at < to && line[at] != 'm') {
                    at++;
                }
                at++;
            } else {
                plain[n++] = line[at++];
            }
        }
        return n;
    }
}
