package dev.stoker.explain.account;

import dev.stoker.explain.log.LoadLine;
import dev.stoker.explain.log.LogEvents.Ask;
import dev.stoker.explain.log.LogEvents.Room;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The account of an Ollama. A request is seen when it ends: what it waited for is found among the
 * loads that ended while it ran, the time it computed is told by its slot, and what is left was
 * spent in a queue if others ran beside it. Ollama tells neither why a model went nor, at its usual
 * level, that it did: it is inferred from the order of loads, the number that stay loaded, the
 * keep-alive in force and the gaps. Bounded. Used by one thread.
 */
final class OllamaAccount {
    static final long USUAL_KEEP_ALIVE = 300_000_000;

    private static final long SECOND = 1_000_000;
    private static final long NOTICEABLE = 50_000;
    private static final long QUEUE = 100_000;

    /** Faster than any answer: a request that loads, unloads or prolongs. */
    private static final long TINY = 5_000;

    private static final int MOST_WINDOWS = 32;
    private static final int MOST_GONE = 10_000;
    private static final int ENDED = 512;

    private final Timing timing;
    private final Map<String, Resident> residents = new HashMap<>();
    private final Map<String, Gone> gone = new HashMap<>();
    private final Deque<Window> windows = new ArrayDeque<>();
    private final List<String> victims = new ArrayList<>();
    private final long[] starts = new long[ENDED];
    private final long[] ends = new long[ENDED];
    private int ended;
    private Ledger ledger;

    private long now = Long.MIN_VALUE;
    private int offset;
    private long from = Long.MAX_VALUE;
    private long to = Long.MIN_VALUE;
    private long keepAlive = USUAL_KEEP_ALIVE;
    private boolean keepAliveKnown;
    private long mostModels;
    private long slots = 1;
    private long lastTiny = Long.MIN_VALUE;
    private @Nullable Window loading;
    private Optional<Room> room = Optional.empty();
    private long pushedAt = Long.MIN_VALUE;
    private String pusher = "";
    private boolean died;
    private boolean aborted;
    private boolean seen;

    /** A model in memory. */
    private static final class Resident {
        final LoadLine line;
        long lastUse;
        boolean cpu;

        Resident(LoadLine line, long lastUse) {
            this.line = line;
            this.lastUse = lastUse;
        }
    }

    /**
     * A model that was in memory.
     *
     * @param by who took its place; empty if nobody did
     */
    private record Gone(Why why, String by) {}

    /** A load: from its first line to its last, for the requests that wait for it. */
    private static final class Window {
        final ModelAccount model;
        final LoadLine line;
        final long start;
        final Why why;
        long end = -1;
        long cpuBytes;
        long gpuBytes;
        boolean fallback;

        Window(ModelAccount model, LoadLine line, long start, Why why) {
            this.model = model;
            this.line = line;
            this.start = start;
            this.why = why;
        }
    }

    OllamaAccount(Ledger ledger, Timing timing) {
        this.ledger = ledger;
        this.timing = timing;
    }

    boolean seen() {
        return seen;
    }

    /** From now on sums are kept in another ledger; what is loaded is still known. */
    void goOnIn(Ledger next) {
        ledger = next;
        windows.clear();
        from = Long.MAX_VALUE;
        to = Long.MIN_VALUE;
        Window open = loading;
        if (open != null) {
            Window again =
                    new Window(next.model(open.line.file()), open.line, open.start, open.why);
            again.cpuBytes = open.cpuBytes;
            again.gpuBytes = open.gpuBytes;
            loading = again;
            windows.add(again);
        }
    }

    long from() {
        return from;
    }

    long to() {
        return to;
    }

    long keepAlive() {
        return keepAlive;
    }

    boolean keepAliveKnown() {
        return keepAliveKnown;
    }

    /** Returns how many models may be loaded at once, as the server is told; 0 if it is not. */
    long mostModels() {
        return mostModels;
    }

    long slots() {
        return slots;
    }

    void time(long micros, int zone) {
        seen = true;
        now = micros;
        offset = zone;
        span(micros);
    }

    private void span(long micros) {
        from = Math.min(from, micros);
        to = Math.max(to, micros);
    }

    void config(Map<String, String> environment) {
        if (ledger.loads > 0) {
            ledger.restarts++;
        }
        residents.keySet().forEach(file -> leave(file, new Gone(Why.RESTART, "")));
        residents.clear();
        loading = null;
        room = Optional.empty();
        timing.forget();
        String told = environment.getOrDefault("OLLAMA_KEEP_ALIVE", "");
        keepAlive = GoDuration.micros(told).orElse(USUAL_KEEP_ALIVE);
        keepAliveKnown = !told.isEmpty();
        mostModels = number(environment.get("OLLAMA_MAX_LOADED_MODELS"));
        slots = Math.max(1, number(environment.get("OLLAMA_NUM_PARALLEL")));
    }

    private static long number(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,6}") ? Long.parseLong(text) : 0;
    }

    void loadBegins(LoadLine line) {
        if (line.file().isEmpty()) {
            return;
        }
        loadFailed();
        ModelAccount model = ledger.model(line.file());
        Why why = why(line);
        loading = new Window(model, line, now, why);
        windows.add(loading);
        if (windows.size() > MOST_WINDOWS) {
            windows.removeFirst();
        }
        model.context(line.contextOfSlot());
        model.loads++;
        ledger.loads++;
        model.waited(why, 1, 0);
        ledger.loaded(line.file());
        died = false;
        aborted = false;
    }

    private Why why(LoadLine line) {
        String file = line.file();
        Resident before = residents.remove(file);
        Gone left = gone.remove(file);
        if (died) {
            return before == null && left == null ? Why.FIRST : Why.DIED;
        }
        if (before != null) {
            if (before.line.equals(line)) {
                return silently(before);
            }
            return before.line.contextOfSlot() == line.contextOfSlot() ? Why.OPTIONS : Why.CONTEXT;
        }
        if (left != null) {
            if (!left.by().isEmpty()) {
                ledger.evicted(left.by(), file);
            }
            return left.why();
        }
        return aborted ? Why.ABORTED : Why.FIRST;
    }

    /** A model was loaded anew as it was, and nothing says that it had gone. */
    private Why silently(Resident before) {
        if (pushedAt > before.lastUse && !pusher.equals(before.line.file())) {
            ledger.evicted(pusher, before.line.file());
            return Why.MEMORY;
        }
        if (isOver(before, now)) {
            return Why.KEEP_ALIVE;
        }
        return lastTiny >= before.lastUse ? Why.ASKED : Why.UNKNOWN;
    }

    private boolean isOver(Resident one, long when) {
        return when - one.lastUse >= keepAlive - SECOND;
    }

    void loadEnds() {
        Window load = loading;
        if (load == null) {
            return;
        }
        loading = null;
        load.end = now;
        load.model.loadMicros += Math.max(0, load.end - load.start);
        Resident here = new Resident(load.line, now);
        here.cpu = load.fallback;
        ledger.fallbackLoads += load.fallback ? 1 : 0;
        long bytes = load.gpuBytes > 0 ? load.gpuBytes : load.cpuBytes;
        load.model.bytes = Math.max(load.model.bytes, bytes);
        residents.put(load.line.file(), here);
        victims.forEach(victim -> goes(victim, load));
        victims.clear();
        if (room.orElse(Room.COUNT) == Room.PREDICTED) {
            pushedAt = now;
            pusher = load.line.file();
        }
    }

    /** How many are loaded, after a load: whoever is too much has left. */
    void loadedModels(int count) {
        loadEnds();
        Window last = windows.peekLast();
        if (last == null) {
            return;
        }
        List<String> others = new ArrayList<>(residents.keySet());
        others.remove(last.line.file());
        // Those whose time was over go first, then in the order in which Ollama picks: by path.
        others.sort(
                Comparator.comparing((String file) -> !isOver(file, last.start))
                        .thenComparing(Comparator.naturalOrder()));
        int left = residents.size() - count;
        for (int i = 0; i < Math.min(left, others.size()); i++) {
            goes(others.get(i), last);
        }
        room = Optional.empty();
    }

    private boolean isOver(String file, long when) {
        Resident one = residents.get(file);
        return one != null && isOver(one, when);
    }

    /** A model is gone since a load; why is told by what that load asked for, or by the time. */
    private void goes(String file, Window load) {
        String by = load.line.file();
        Resident one = file.equals(by) ? null : residents.remove(file);
        if (one == null) {
            return;
        }
        boolean full = mostModels > 0 && residents.size() >= mostModels;
        if (room.orElse(Room.COUNT) == Room.PREDICTED) {
            leave(file, new Gone(Why.MEMORY, by));
        } else if (room.isPresent()) {
            leave(file, new Gone(Why.COUNT, by));
        } else if (isOver(one, load.start)) {
            leave(file, new Gone(Why.KEEP_ALIVE, ""));
        } else if (full || lastTiny < one.lastUse) {
            leave(file, new Gone(Why.COUNT, by));
        } else {
            leave(file, new Gone(Why.ASKED, ""));
        }
    }

    private void leave(String file, Gone how) {
        if (gone.size() < MOST_GONE) {
            gone.put(file, how);
        }
    }

    void loadFailed() {
        Window load = loading;
        if (load == null) {
            return;
        }
        loading = null;
        load.end = now;
        load.model.failed++;
        ledger.failedLoads++;
    }

    void loadAborted() {
        ledger.aborted++;
        aborted = true;
    }

    void makesRoom(Room why) {
        if (why == Room.OUT_OF_MEMORY || why == Room.RUNTIME_OUT_OF_MEMORY) {
            Window last = windows.peekLast();
            String by = last == null ? "" : last.line.file();
            for (String file : List.copyOf(residents.keySet())) {
                residents.remove(file);
                leave(file, new Gone(Why.OUT_OF_MEMORY, by.equals(file) ? "" : by));
            }
        } else if (why != Room.OPTIONS) {
            room = Optional.of(why);
        }
    }

    void victim(String file) {
        if (!file.isEmpty() && victims.size() < 100 && room.isPresent()) {
            victims.add(file);
        }
    }

    void expired(String file) {
        if (residents.remove(file) != null) {
            leave(file, new Gone(Why.KEEP_ALIVE, ""));
        }
    }

    void unloadAsked(String file) {
        if (residents.remove(file) != null) {
            leave(file, new Gone(Why.ASKED, ""));
        }
    }

    void runnerDied() {
        ledger.deaths += died ? 0 : 1;
        died = true;
    }

    void cpuFallback() {
        Window last = windows.peekLast();
        if (last == null) {
            return;
        }
        last.fallback = true;
        Resident here = residents.get(last.line.file());
        if (last.end >= 0 && here != null && !here.cpu) {
            here.cpu = true;
            ledger.fallbackLoads++;
        }
    }

    void buffer(boolean onGpu, long bytes) {
        if (loading != null) {
            loading.gpuBytes += onGpu ? bytes : 0;
            loading.cpuBytes += onGpu ? 0 : bytes;
        }
    }

    void required(long bytes) {
        Window last = windows.peekLast();
        if (last != null) {
            last.model.bytes = Math.max(last.model.bytes, bytes);
        }
    }

    void layers(long onGpu, long all) {
        if (loading != null) {
            loading.model.layers(onGpu, all);
        }
    }

    void modelName(String name) {
        Window last = windows.peekLast();
        if (last != null && (loading != null || now - last.end < SECOND)) {
            last.model.named(name);
        }
    }

    void modelName(String name, String file) {
        if (!file.isEmpty()) {
            ledger.model(file).named(name);
        }
    }

    void request(long localSecond, int status, long micros, Ask ask) {
        seen = true;
        long second = (localSecond - offset) * SECOND;
        if (ask == Ask.OTHER) {
            span(second);
            return;
        }
        boolean tiny = ask == Ask.ANSWER && status == 200 && micros < TINY;
        ledger.requests++;
        ledger.failed += status >= 400 ? 1 : 0;
        ledger.totalMicros += micros;
        Optional<Timing.Done> done =
                ask == Ask.ANSWER && !tiny ? timing.take(micros) : Optional.empty();
        long computed = done.map(d -> Math.min(d.total(), micros)).orElse(0L);
        long end = end(second, micros, computed);
        long start = end - micros;
        span(end);
        if (tiny) {
            lastTiny = end;
        }
        long rest = micros - computed;
        long load = waitFor(start, end, rest, timing.any() || status >= 400);
        ledger.loadMicros += load;
        if (load >= NOTICEABLE) {
            ledger.waited++;
            ledger.longestWaitMicros = Math.max(ledger.longestWaitMicros, load);
        }
        if (status >= 400 && done.isEmpty()) {
            ledger.otherMicros += rest - load;
        } else {
            split(start + load, end, rest - load, micros - load, done);
        }
        boolean slowed = residents.size() == 1 && residents.values().iterator().next().cpu;
        ledger.fallbackMicros += slowed ? micros - load : 0;
        use(end, load);
        starts[ended % ENDED] = start;
        ends[ended % ENDED] = end;
        ended++;
    }

    /**
     * Returns when a request ended. Its line tells the second; the lines before it, and what was
     * computed after the load that it waited for, tell more.
     */
    private long end(long second, long micros, long computed) {
        long end = now > second && now < second + SECOND ? now : second;
        Window last = windows.peekLast();
        if (last != null && last.end >= 0 && last.start >= end - micros - SECOND) {
            long reached = last.end + computed;
            return reached > end && reached < second + SECOND ? reached : end;
        }
        return end;
    }

    private void split(long start, long end, long rest, long most, Optional<Timing.Done> done) {
        if (done.isPresent()) {
            long prompt = Math.min(done.get().prompt(), most);
            ledger.promptMicros += prompt;
            ledger.answerMicros += Math.min(done.get().answer(), most - prompt);
        }
        if (done.isEmpty() && !timing.any()) {
            ledger.unsplitMicros += rest;
        } else if (rest >= QUEUE && overlaps(start, end)) {
            ledger.queued++;
            ledger.queueMicros += rest;
        } else {
            ledger.otherMicros += rest;
        }
    }

    /**
     * Returns how long a request waited for loads: from its start to the end of the last load in
     * it. One that was computed meanwhile did not wait.
     *
     * @param rest the time in which it was not computed
     * @param exact whether that is known
     */
    private long waitFor(long start, long end, long rest, boolean exact) {
        long until = Long.MIN_VALUE;
        long all = 0;
        List<Window> mine = new ArrayList<>();
        for (Window w : windows) {
            long last = w.end < 0 ? Math.min(end, now) : w.end;
            long inside = last - Math.max(start, w.start);
            boolean waited = rest >= (exact ? inside : last - w.start) / 2;
            if (inside > 0 && w.start < end && waited) {
                mine.add(w);
                until = Math.max(until, last);
                all += inside;
            }
        }
        long load = mine.isEmpty() ? 0 : Math.max(0, Math.min(rest, until - start));
        for (Window w : mine) {
            long last = w.end < 0 ? Math.min(end, now) : w.end;
            long inside = last - Math.max(start, w.start);
            long part = (long) (load * ((double) inside / all));
            w.model.waited(w.why, 0, part);
            ledger.swapMicros += w.why.isSwap() ? part : 0;
        }
        return load;
    }

    private void use(long end, long load) {
        Window last = windows.peekLast();
        Resident one =
                residents.size() == 1
                        ? residents.values().iterator().next()
                        : load >= NOTICEABLE && last != null
                                ? residents.get(last.line.file())
                                : null;
        if (one != null) {
            one.lastUse = Math.max(one.lastUse, end);
        }
    }

    /** Returns whether another request ended while this one ran. */
    private boolean overlaps(long start, long end) {
        for (int i = 1; i <= Math.min(ended, ENDED); i++) {
            int at = (ended - i) % ENDED;
            if (ends[at] < start - SECOND) {
                return false;
            }
            if (ends[at] > start && starts[at] < end) {
                return true;
            }
        }
        return false;
    }
}
