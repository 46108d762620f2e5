package dev.stoker.explain.log;

import dev.stoker.explain.log.LogParser.Kind;

/**
 * A line of a llama-server: alone with a time since its start before it, below a router with its
 * port before that, or below Ollama with neither. Used by one thread.
 */
final class LlamaLine {
    private static final byte[] SLOT = Scan.bytes("slot ");
    private static final byte[] SRV = Scan.bytes("srv ");
    private static final byte[] ID = Scan.bytes(": id ");
    private static final byte[] PROMPT = Scan.bytes("prompt eval time =");
    private static final byte[] EVAL = Scan.bytes("eval time =");
    private static final byte[] TOTAL = Scan.bytes("total time =");
    private static final byte[] PROCESSING = Scan.bytes("processing task");
    private static final byte[] SHIFT = Scan.bytes("slot context shift");
    private static final byte[] STOP = Scan.bytes("stop processing");
    private static final byte[] LOADING = Scan.bytes("loading model '");
    private static final byte[] LOADED = Scan.bytes("model loaded");
    private static final byte[] N_SLOTS = Scan.bytes("n_slots = ");
    private static final byte[] INITIALIZING = Scan.bytes("initializing, n_slots");
    private static final byte[] TO_SLEEP = Scan.bytes("server is entering sleeping state");
    private static final byte[] WAKES = Scan.bytes("server is exiting sleeping state");
    private static final byte[] SPAWNING = Scan.bytes("spawning server instance with name=");
    private static final byte[] ON_PORT = Scan.bytes(" on port ");
    private static final byte[] PROXYING = Scan.bytes("proxying request to model ");
    private static final byte[] EVICTING = Scan.bytes("evicting idle LRU name=");
    private static final byte[] ROOM_FOR = Scan.bytes(" to make room for name=");
    private static final byte[] REMOVING =
            Scan.bytes("models_max limit reached, removing LRU name=");
    private static final byte[] QUEUED = Scan.bytes("models_max reached, request for name=");
    private static final byte[] NOT_LOADED = Scan.bytes("model name=");
    private static final byte[] IS_NOT_LOADED = Scan.bytes(" is not loaded");
    private static final byte[] WAITING = Scan.bytes("waiting until model name=");
    private static final byte[] INSTANCE = Scan.bytes("instance name=");
    private static final byte[] EXITED = Scan.bytes(" exited with status ");

    private final LogEvents events;
    private final LlamaDetail details;

    LlamaLine(LogEvents events) {
        this.events = events;
        this.details = new LlamaDetail(events);
    }

    Kind read(byte[] line, int from, int to) {
        int at = from;
        int port = 0;
        if (line[at] == '[') {
            long number = Scan.number(line, at + 1, to);
            int end = at + 1;
            while (end < to && Scan.isDigit(line[end])) {
                end++;
            }
            if (number > 0 && number < 65_536 && end + 1 < to && line[end] == ']') {
                port = (int) number;
                at = end + 2;
            }
        }
        long time = -1;
        if (at < to && Scan.isDigit(line[at])) {
            time = time(line, at, to);
            if (time >= 0) {
                at = afterTime(line, at, to);
            }
        }
        at = Math.min(at, to);
        if (Scan.starts(line, at, to, SLOT)) {
            return slot(line, at, to, port, time) ? Kind.USED : Kind.KNOWN;
        }
        if (Scan.starts(line, at, to, SRV)) {
            return server(line, at, to, port, time) ? Kind.USED : Kind.KNOWN;
        }
        int colon = identifier(line, at, to);
        if (colon > 0) {
            return details.read(line, colon, to, port, time) ? Kind.USED : Kind.KNOWN;
        }
        int word = Scan.skipSpaces(line, at, to);
        if (bareTiming(line, word, to, port, time)) {
            return Kind.USED;
        }
        return word == to || time >= 0 || LogParser.isTrimmedMark(line, from, to)
                ? Kind.KNOWN
                : Kind.UNKNOWN;
    }

    /** Returns the microseconds of {@code 0.53.517.419}, or −1. */
    private static long time(byte[] line, int from, int to) {
        long minutes = Scan.number(line, from, to);
        int at = from;
        while (at < to && Scan.isDigit(line[at])) {
            at++;
        }
        if (at + 12 > to || line[at] != '.' || line[at + 3] != '.' || line[at + 7] != '.') {
            return -1;
        }
        int seconds = Scan.digits(line, at + 1, to, 2);
        int millis = Scan.digits(line, at + 4, to, 3);
        int micros = Scan.digits(line, at + 8, to, 3);
        return (seconds | millis | micros) < 0
                ? -1
                : minutes * 60_000_000 + seconds * 1_000_000L + millis * 1000L + micros;
    }

    /** Skips the time, and the letter of the level if there is one. */
    private static int afterTime(byte[] line, int from, int to) {
        int at = from;
        while (at < to && line[at] != ' ') {
            at++;
        }
        at = Scan.skipSpaces(line, at, to);
        return at + 1 < to && line[at] >= 'A' && line[at] <= 'Z' && line[at + 1] == ' '
                ? at + 2
                : at;
    }

    private boolean slot(byte[] line, int from, int to, int port, long time) {
        int at = Scan.after(line, from, Math.min(to, from + 40), ID);
        if (at < 0) {
            return false;
        }
        long slot = Scan.number(line, Scan.skipSpaces(line, at, to), to);
        int bars = 0;
        while (at < to && bars < 2) {
            bars += line[at] == '|' ? 1 : 0;
            at++;
        }
        if (bars < 2 || slot < 0) {
            return false;
        }
        at = Scan.skipSpaces(line, at, to);
        if (timing(line, at, to, port, slot, time)) {
            return true;
        }
        if (Scan.starts(line, at, to, PROCESSING)) {
            events.slotBegins(port, slot, time);
            return true;
        }
        if (Scan.starts(line, at, to, STOP)) {
            events.slotEnds(port, slot, time);
            return true;
        }
        if (Scan.starts(line, at, to, SHIFT)) {
            events.contextShift();
            return true;
        }
        return false;
    }

    private boolean timing(byte[] line, int at, int to, int port, long slot, long time) {
        if (Scan.starts(line, at, to, PROMPT)) {
            int value = at + PROMPT.length;
            events.promptTime(port, slot, millis(line, value, to), tokens(line, value, to));
            return true;
        }
        if (Scan.starts(line, at, to, EVAL)) {
            int value = at + EVAL.length;
            events.answerTime(port, slot, millis(line, value, to), tokens(line, value, to));
            return true;
        }
        if (Scan.starts(line, at, to, TOTAL)) {
            events.totalTime(port, slot, millis(line, at + TOTAL.length, to), time);
            return true;
        }
        return false;
    }

    /** Older builds wrote the three times below the line of their slot. */
    private boolean bareTiming(byte[] line, int at, int to, int port, long time) {
        return at < to
                && (line[at] == 'p' || line[at] == 'e' || line[at] == 't')
                && timing(line, at, to, port, 0, time);
    }

    /** Microseconds of {@code 215.03 ms}. */
    static long millis(byte[] line, int from, int to) {
        return Math.max(0, Scan.thousandths(line, Scan.skipSpaces(line, from, to), to));
    }

    private static long tokens(byte[] line, int from, int to) {
        int at = from;
        while (at < to && line[at] != '/') {
            at++;
        }
        return at >= to ? -1 : Scan.number(line, Scan.skipSpaces(line, at + 1, to), to);
    }

    private boolean server(byte[] line, int from, int to, int port, long time) {
        int at = from + SRV.length;
        while (at < to && line[at] != ':') {
            at++;
        }
        at = Scan.skipSpaces(line, Math.min(to, at + 1), to);
        if (at >= to) {
            return false;
        }
        return switch (line[at]) {
            case 'l' -> {
                if (!Scan.starts(line, at, to, LOADING)) {
                    yield false;
                }
                String file = Scan.text(line, at + LOADING.length, quote(line, at, to));
                events.llamaLoads(port, file, time);
                yield true;
            }
            case 'm' -> models(line, at, to, port, time);
            case 's' -> states(line, at, to, port, time);
            case 'p' -> {
                if (!Scan.starts(line, at, to, PROXYING)) {
                    yield false;
                }
                int name = at + PROXYING.length;
                events.routerSends(word(line, name, to), portOf(line, name, to), time);
                yield true;
            }
            case 'e' -> {
                if (!Scan.starts(line, at, to, EVICTING)) {
                    yield false;
                }
                int by = Scan.after(line, at, to, ROOM_FOR);
                events.routerEvicts(
                        word(line, at + EVICTING.length, to),
                        by < 0 ? "" : word(line, by, to),
                        time);
                yield true;
            }
            case 'w' -> {
                if (!Scan.starts(line, at, to, WAITING)) {
                    yield false;
                }
                events.routerWaits(word(line, at + WAITING.length, to), time);
                yield true;
            }
            case 'i' -> {
                if (Scan.starts(line, at, to, INITIALIZING)) {
                    int n = Scan.after(line, at, to, N_SLOTS);
                    events.llamaSlots(port, n < 0 ? -1 : Scan.number(line, n, to));
                    // A server that wakes up says no more than this when it is ready.
                    events.llamaReady(port, time);
                    yield true;
                }
                int status = Scan.after(line, at, to, EXITED);
                if (!Scan.starts(line, at, to, INSTANCE) || status < 0) {
                    yield false;
                }
                events.routerEnded(
                        word(line, at + INSTANCE.length, to), Scan.number(line, status, to), time);
                yield true;
            }
            default -> false;
        };
    }

    private boolean models(byte[] line, int at, int to, int port, long time) {
        if (Scan.starts(line, at, to, LOADED)) {
            events.llamaReady(port, time);
            return true;
        }
        if (Scan.starts(line, at, to, QUEUED)) {
            events.routerWaits(word(line, at + QUEUED.length, to), time);
            return true;
        }
        if (Scan.starts(line, at, to, REMOVING)) {
            events.routerEvicts(word(line, at + REMOVING.length, to), "", time);
            return true;
        }
        if (Scan.starts(line, at, to, NOT_LOADED) && Scan.find(line, at, to, IS_NOT_LOADED) > 0) {
            events.routerWaits(word(line, at + NOT_LOADED.length, to), time);
            return true;
        }
        return false;
    }

    private boolean states(byte[] line, int at, int to, int port, long time) {
        if (Scan.starts(line, at, to, SPAWNING)) {
            int name = at + SPAWNING.length;
            events.routerLoads(word(line, name, to), portOf(line, name, to), time);
            return true;
        }
        if (Scan.starts(line, at, to, TO_SLEEP)) {
            events.llamaSleeps(port, time);
            return true;
        }
        if (Scan.starts(line, at, to, WAKES)) {
            events.llamaWakes(port, time);
            return true;
        }
        return false;
    }

    private static int quote(byte[] line, int from, int to) {
        int at = from + LOADING.length;
        while (at < to && line[at] != '\'') {
            at++;
        }
        return at;
    }

    private static int portOf(byte[] line, int from, int to) {
        int at = Scan.after(line, from, to, ON_PORT);
        long port = at < 0 ? -1 : Scan.number(line, at, to);
        return port > 0 && port < 65_536 ? (int) port : 0;
    }

    private static String word(byte[] line, int from, int to) {
        int end = from;
        while (end < to && line[end] != ' ') {
            end++;
        }
        return Scan.text(line, from, end);
    }

    /** Returns the position after {@code name: }, or −1 where the line does not begin so. */
    private static int identifier(byte[] line, int from, int to) {
        int at = from;
        while (at < to && isNamePart(line[at])) {
            at++;
        }
        if (at == from || at >= to) {
            return -1;
        }
        if (line[at] == ':') {
            return at + 1;
        }
        // The four-letter areas of newer builds: "cmn  common_init_: ".
        if (line[at] != ' ' || at - from > 5) {
            return -1;
        }
        int next = Scan.skipSpaces(line, at, to);
        int end = next;
        while (end < to && isNamePart(line[end])) {
            end++;
        }
        boolean call = end + 1 < to && line[end] == '(' && line[end + 1] == ')';
        end += call ? 2 : 0;
        return end > next && end < to && line[end] == ':' ? end + 1 : -1;
    }

    private static boolean isNamePart(byte b) {
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || b == '_'
                || (b >= '0' && b <= '9');
    }
}
