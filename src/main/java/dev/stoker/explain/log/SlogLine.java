package dev.stoker.explain.log;

import dev.stoker.explain.log.LogEvents.Room;
import dev.stoker.explain.log.LogParser.Kind;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A line of Ollama's own log: {@code time=… level=INFO source=sched.go:728 msg="loaded runners"
 * count=1}. The file and line of the source are never looked at: they change with each version.
 * Used by one thread.
 */
final class SlogLine {
    private static final byte[] MSG = Scan.bytes(" msg=");
    private static final byte[] VERSION = Scan.bytes("(version ");
    private static final byte[] COUNT = Scan.bytes(" count=");
    private static final byte[] MODEL = Scan.bytes(" model=");
    private static final byte[] ERROR = Scan.bytes(" error=");
    private static final byte[] CMD = Scan.bytes(" cmd=");
    private static final byte[] ENV = Scan.bytes(" env=");
    private static final byte[] LIBRARY = Scan.bytes(" library=");
    private static final byte[] TOTAL = Scan.bytes(" total=");
    private static final byte[] STRING = Scan.bytes(" string=");
    private static final byte[] RUNNER_MODEL = Scan.bytes(" runner.model=");
    private static final byte[] RUNNER_NAME = Scan.bytes(" runner.name=");
    private static final byte[] LIMIT = Scan.bytes(" limit=");
    private static final byte[] PROMPT = Scan.bytes(" prompt=");
    private static final byte[] REQUIRED = Scan.bytes(" memory.required.full=");
    private static final byte[] LAYERS_ALL = Scan.bytes(" layers.model=");
    private static final byte[] LAYERS_ON = Scan.bytes(" layers.offload=");

    private static final byte[] SERVER_CONFIG = Scan.bytes("server config");
    private static final byte[] STARTING = Scan.bytes("starting llama");
    private static final byte[] STARTING_RUNNER = Scan.bytes("starting runner");
    private static final byte[] STARTED = Scan.bytes("llama-server started in ");
    private static final byte[] STARTED_OLD = Scan.bytes("llama runner started in ");
    private static final byte[] RUNNERS = Scan.bytes("loaded runners");
    private static final byte[] DIED = Scan.bytes("llama-server process no longer running");
    private static final byte[] DIED_OLD = Scan.bytes("llama runner process no longer running");
    private static final byte[] PREDICTED =
            Scan.bytes("llama-server model predicted to exceed available memory, evicting");
    private static final byte[] PREDICTED_OLD =
            Scan.bytes("model requires more gpu memory than is currently available, evicting");
    private static final byte[] NO_BUFFERS =
            Scan.bytes("llama-server VRAM tracking: no per-device buffer sizes were parsed");
    private static final byte[] LISTENING = Scan.bytes("Listening on ");
    private static final byte[] LOAD_FAILED = Scan.bytes("Load failed");
    private static final byte[] ERROR_LOADING = Scan.bytes("error loading llama server");
    private static final byte[] EVICT_ALL =
            Scan.bytes("evicting all other loaded models for OOM retry");
    private static final byte[] RUNTIME_OOM = Scan.bytes("runtime OOM detected");
    private static final byte[] COMPUTE = Scan.bytes("inference compute");
    private static final byte[] TEMPLATE = Scan.bytes("template selection");
    private static final byte[] TRUNCATING = Scan.bytes("truncating input prompt");
    private static final byte[] UNABLE = Scan.bytes("unable to refresh free memory");
    private static final byte[] CLIENT_CLOSED = Scan.bytes("client connection closed before");
    private static final byte[] MAX_RUNNERS = Scan.bytes("max runners achieved");
    private static final byte[] RESETTING = Scan.bytes("resetting model to expire immediately");
    private static final byte[] RELOADING = Scan.bytes("reloading");
    private static final byte[] TIMER = Scan.bytes("timer expired, expiring to unload");
    private static final byte[] ZERO =
            Scan.bytes("runner with zero duration has gone idle, expiring");
    private static final byte[] SET_UP = Scan.bytes("finished setting up");
    private static final byte[] OFFLOAD = Scan.bytes("offload ");
    private static final byte[] OFFLOADED = Scan.bytes("offloaded ");

    private final LogEvents events;

    SlogLine(LogEvents events) {
        this.events = events;
    }

    Kind read(byte[] line, int from, int to) {
        int at = time(line, from + 5, to);
        if (at < 0) {
            return Kind.UNKNOWN;
        }
        int msg = Scan.after(line, at, to, MSG);
        if (msg < 0 || msg >= to) {
            return Kind.UNKNOWN;
        }
        return message(line, line[msg] == '"' ? msg + 1 : msg, to) ? Kind.USED : Kind.KNOWN;
    }

    /** Reads a time of day with its zone; returns where it ends, or −1. */
    private int time(byte[] line, int from, int to) {
        int year = Scan.digits(line, from, to, 4);
        int month = Scan.digits(line, from + 5, to, 2);
        int day = Scan.digits(line, from + 8, to, 2);
        int hour = Scan.digits(line, from + 11, to, 2);
        int minute = Scan.digits(line, from + 14, to, 2);
        int second = Scan.digits(line, from + 17, to, 2);
        if ((year | month | day | hour | minute | second) < 0
                || month < 1
                || month > 12
                || hour > 23
                || minute > 59) {
            return -1;
        }
        int at = from + 19;
        long micros = 0;
        if (at < to && line[at] == '.') {
            long scale = 100_000;
            for (at++; at < to && Scan.isDigit(line[at]); at++) {
                micros += scale * (line[at] - '0');
                scale /= 10;
            }
        }
        int offset = 0;
        if (at < to && (line[at] == '+' || line[at] == '-')) {
            int hours = Scan.digits(line, at + 1, to, 2);
            int minutes = Scan.digits(line, at + 4, to, 2);
            if ((hours | minutes) < 0) {
                return -1;
            }
            offset = (line[at] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
            at += 6;
        } else if (at < to && line[at] == 'Z') {
            at++;
        } else {
            return -1;
        }
        long seconds =
                Scan.epochDay(year, month, day) * 86_400L
                        + hour * 3600L
                        + minute * 60L
                        + second
                        - offset;
        events.time(seconds * 1_000_000 + micros, offset);
        return at;
    }

    private boolean message(byte[] line, int msg, int to) {
        if (msg >= to) {
            return false;
        }
        return switch (line[msg]) {
            case 's' -> startings(line, msg, to);
            case 'l' -> runners(line, msg, to);
            case 'L' -> capitals(line, msg, to);
            case 'm' -> rooms(line, msg, to);
            case 'r' -> ends(line, msg, to);
            case 'o' -> offloads(line, msg, to);
            default -> rest(line, msg, to);
        };
    }

    private boolean startings(byte[] line, int msg, int to) {
        if (Scan.starts(line, msg, to, STARTING) || Scan.starts(line, msg, to, STARTING_RUNNER)) {
            String command = Scan.field(line, msg, to, CMD);
            events.loadBegins(RunnerCommand.read(command));
            return !command.isEmpty();
        }
        if (Scan.starts(line, msg, to, SERVER_CONFIG)) {
            events.config(environment(Scan.field(line, msg, to, ENV)));
            return true;
        }
        return false;
    }

    private boolean runners(byte[] line, int msg, int to) {
        if (Scan.starts(line, msg, to, STARTED) || Scan.starts(line, msg, to, STARTED_OLD)) {
            events.loadEnds();
            return true;
        }
        if (Scan.starts(line, msg, to, RUNNERS)) {
            int at = Scan.after(line, msg, to, COUNT);
            long count = at < 0 ? -1 : Scan.number(line, at, to);
            if (count >= 0 && count < Integer.MAX_VALUE) {
                events.loadedModels((int) count);
            }
            return true;
        }
        if (Scan.starts(line, msg, to, PREDICTED)) {
            events.makesRoom(Room.PREDICTED);
            return true;
        }
        if (Scan.starts(line, msg, to, DIED) || Scan.starts(line, msg, to, DIED_OLD)) {
            events.runnerDied(Scan.field(line, msg, to, STRING));
            return true;
        }
        if (Scan.starts(line, msg, to, NO_BUFFERS)) {
            events.cpuFallback();
            return true;
        }
        return false;
    }

    private boolean capitals(byte[] line, int msg, int to) {
        if (Scan.starts(line, msg, to, LISTENING)) {
            int at = Scan.after(line, msg, to, VERSION);
            int end = at;
            while (at >= 0 && end < to && line[end] != ')') {
                end++;
            }
            events.listening(Scan.text(line, at, Math.min(end, at + 40)));
            return true;
        }
        if (Scan.starts(line, msg, to, LOAD_FAILED)) {
            events.loadFailed(Scan.field(line, msg, to, ERROR));
            return true;
        }
        return false;
    }

    private boolean rooms(byte[] line, int msg, int to) {
        if (Scan.starts(line, msg, to, MAX_RUNNERS)) {
            events.makesRoom(Room.COUNT);
            return true;
        }
        if (Scan.starts(line, msg, to, PREDICTED_OLD)) {
            events.makesRoom(Room.PREDICTED);
            return true;
        }
        return false;
    }

    private boolean ends(byte[] line, int msg, int to) {
        if (Scan.starts(line, msg, to, RESETTING)) {
            events.victim(Scan.field(line, msg, to, RUNNER_MODEL));
            return true;
        }
        if (Scan.starts(line, msg, to, RELOADING)) {
            events.makesRoom(Room.OPTIONS);
            return true;
        }
        if (Scan.starts(line, msg, to, ZERO)) {
            events.unloadAsked(Scan.field(line, msg, to, RUNNER_MODEL));
            return true;
        }
        if (Scan.starts(line, msg, to, RUNTIME_OOM)) {
            events.makesRoom(Room.RUNTIME_OUT_OF_MEMORY);
            return true;
        }
        return false;
    }

    private boolean offloads(byte[] line, int msg, int to) {
        if (Scan.starts(line, msg, to, OFFLOADED)) {
            long[] layers = LlamaDetail.layers(line, msg + OFFLOADED.length, to);
            if (layers.length == 2) {
                events.layers(layers[0], layers[1]);
            }
            return layers.length == 2;
        }
        if (Scan.starts(line, msg, to, OFFLOAD)) {
            long bytes = size(Scan.field(line, msg, to, REQUIRED));
            if (bytes > 0) {
                events.required(bytes);
            }
            int on = Scan.after(line, msg, to, LAYERS_ON);
            int all = Scan.after(line, msg, to, LAYERS_ALL);
            if (on > 0 && all > 0) {
                events.layers(Scan.number(line, on, to), Scan.number(line, all, to));
            }
            return true;
        }
        return false;
    }

    private boolean rest(byte[] line, int msg, int to) {
        if (Scan.starts(line, msg, to, TEMPLATE)) {
            events.modelName(Scan.field(line, msg, to, MODEL));
            return true;
        }
        if (Scan.starts(line, msg, to, SET_UP)) {
            events.modelName(
                    Scan.field(line, msg, to, RUNNER_NAME),
                    Scan.field(line, msg, to, RUNNER_MODEL));
            return true;
        }
        if (Scan.starts(line, msg, to, TRUNCATING)) {
            int limit = Scan.after(line, msg, to, LIMIT);
            int prompt = Scan.after(line, msg, to, PROMPT);
            events.truncated(
                    limit < 0 ? -1 : Scan.number(line, limit, to),
                    prompt < 0 ? -1 : Scan.number(line, prompt, to));
            return true;
        }
        if (Scan.starts(line, msg, to, COMPUTE)) {
            events.device(
                    Scan.field(line, msg, to, LIBRARY), size(Scan.field(line, msg, to, TOTAL)));
            return true;
        }
        if (Scan.starts(line, msg, to, EVICT_ALL)) {
            events.makesRoom(Room.OUT_OF_MEMORY);
            return true;
        }
        if (Scan.starts(line, msg, to, ERROR_LOADING)) {
            events.loadFailed(Scan.field(line, msg, to, ERROR));
            return true;
        }
        if (Scan.starts(line, msg, to, TIMER)) {
            events.expired(Scan.field(line, msg, to, RUNNER_MODEL));
            return true;
        }
        if (Scan.starts(line, msg, to, UNABLE)) {
            events.gpuLost();
            return true;
        }
        if (Scan.starts(line, msg, to, CLIENT_CLOSED)) {
            events.loadAborted();
            return true;
        }
        return false;
    }

    /** Reads {@code map[NAME:value NAME: NAME:value]}; values may hold spaces and colons. */
    static Map<String, String> environment(String text) {
        Map<String, String> all = new HashMap<>();
        String inner = text.startsWith("map[") ? text.substring(4) : text;
        if (inner.endsWith("]")) {
            inner = inner.substring(0, inner.length() - 1);
        }
        int begin = 0;
        while (begin < inner.length()) {
            int end = inner.indexOf(' ', begin);
            while (end >= 0 && nameEnds(inner, end + 1) < 0) {
                end = inner.indexOf(' ', end + 1);
            }
            int stop = end < 0 ? inner.length() : end;
            int colon = nameEnds(inner, begin);
            if (colon > begin && colon < stop) {
                all.put(inner.substring(begin, colon), inner.substring(colon + 1, stop).strip());
            }
            begin = stop + 1;
        }
        return all;
    }

    /** Returns where the name of a variable that begins here ends in a colon, or −1. */
    private static int nameEnds(String text, int from) {
        int at = from;
        while (at < text.length() && at - from <= 60) {
            char c = text.charAt(at);
            boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
            if (!letter) {
                return c == ':' && at > from ? at : -1;
            }
            at++;
        }
        return -1;
    }

    /** Returns the bytes of {@code 2.0 GiB}, or 0. */
    static long size(String text) {
        int space = text.indexOf(' ');
        if (space <= 0 || space > 12) {
            return 0;
        }
        try {
            double value = Double.parseDouble(text.substring(0, space));
            double unit =
                    switch (text.substring(space + 1).toUpperCase(Locale.ROOT)) {
                        case "KIB" -> 1L << 10;
                        case "MIB" -> 1L << 20;
                        case "GIB" -> 1L << 30;
                        case "TIB" -> 1L << 40;
                        case "B" -> 1;
                        default -> 0;
                    };
            double bytes = value * unit;
            return bytes > 0 && bytes < 1e15 ? (long) bytes : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
