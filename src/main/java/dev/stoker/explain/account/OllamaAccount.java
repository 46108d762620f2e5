package dev.stoker.explain.account;

import dev.stoker.explain.log.LoadLine;
import dev.stoker.explain.log.LogEvents.Ask;
import dev.stoker.explain.log.LogEvents.Room;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
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

    private static final int MOST_GONE = 10_000;

    private final Timing timing;
    private final Map<String, Resident> residents = new HashMap<>();
    private final Map<String, Gone> gone = new HashMap<>();
    private final LoadWindows windows = new LoadWindows();
    private final List<String> victims = new ArrayList<>();
    private final LatelyEnded ended = new LatelyEnded();
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
    private @Nullable LoadWindow loading;
    private Optional<Room> room = Optional.empty();
    private long roomAt = -1;
    private long pushedAt = Long.MIN_VALUE;
    private String pusher = "";
    private long untimed = -1;
    private boolean untimedQueued;
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
        LoadWindow open = loading;
        if (open != null) {
            LoadWindow again = open.of(next.model(open.line.file()));
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
        untimed = -1;
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
        roomAt = -1;
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
        LoadWindow begun = new LoadWindow(model, line, now, why);
        begun.roomAt = roomAt;
        begun.evicts = roomAt >= 0 || why == Why.CONTEXT || why == Why.OPTIONS;
        roomAt = -1;
        loading = begun;
        windows.add(begun);
        model.context(line.contextOfSlot());
        model.loads++;
        model.asker = "";
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
        LoadWindow load = loading;
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
        LoadWindow last = windows.last();
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
    private void goes(String file, LoadWindow load) {
        String by = load.line.file();
        Resident one = file.equals(by) ? null : residents.remove(file);
        if (one == null) {
            return;
        }
        boolean full = mostModels > 0 && residents.size() >= mostModels;
        load.evicts |= room.isPresent() || !isOver(one, load.start);
        load.victims.add(file);
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
        LoadWindow load = loading;
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
        if (roomAt < 0 && why != Room.RUNTIME_OUT_OF_MEMORY) {
            roomAt = now;
        }
        if (why == Room.OUT_OF_MEMORY || why == Room.RUNTIME_OUT_OF_MEMORY) {
            LoadWindow last = windows.last();
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
        LoadWindow last = windows.last();
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

    /** The weights begin to be read, or are read, at a time since 1970. */
    void weights(boolean begin, long at) {
        LoadWindow load = loading;
        if (load == null || at < load.start) {
            return;
        }
        if (begin) {
            load.readFrom = at;
            load.readTo = -1;
        } else if (load.readTo < 0) {
            load.readTo = at;
        }
    }

    void buffer(boolean onGpu, long bytes) {
        if (loading != null) {
            loading.gpuBytes += onGpu ? bytes : 0;
            loading.cpuBytes += onGpu ? 0 : bytes;
        }
    }

    void required(long bytes) {
        LoadWindow last = windows.last();
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
        LoadWindow last = windows.last();
        if (last != null && (loading != null || now - last.end < SECOND)) {
            last.model.named(name);
        }
    }

    void modelName(String name, String file) {
        if (!file.isEmpty()) {
            ledger.model(file).named(name);
        }
    }

    void request(long localSecond, int status, long micros, Ask ask, String client) {
        seen = true;
        untimed = -1;
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
        long end = windows.end(second, micros, computed, now);
        long start = end - micros;
        span(end);
        if (tiny) {
            lastTiny = end;
        }
        long rest = micros - computed;
        boolean exact = timing.any() || status >= 400;
        long load = windows.waitFor(start, end, rest, exact, done.isPresent(), now, ledger);
        ledger.loadMicros += load;
        if (load >= NOTICEABLE) {
            ledger.waited++;
            ledger.longestWaitMicros = Math.max(ledger.longestWaitMicros, load);
            windows.asked(start, end, client, ledger);
        }
        if (status >= 400 && done.isEmpty()) {
            ledger.otherMicros += rest - load;
        } else {
            long queued = ledger.queued;
            split(start + load, end, rest - load, micros - load, done);
            if (done.isEmpty() && timing.any() && !tiny && ask == Ask.ANSWER) {
                untimed = rest - load;
                untimedQueued = ledger.queued > queued;
            }
        }
        boolean slowed = residents.size() == 1 && residents.values().iterator().next().cpu;
        ledger.fallbackMicros += slowed ? micros - load : 0;
        use(end, load);
        ended.add(start, end);
    }

    /**
     * A slot may tell its times just after the line of its request. Returns whether these are of
     * the request that was seen last.
     */
    boolean timedLate(Timing.Done done) {
        if (untimed < 0 || done.total() > untimed + QUEUE) {
            return false;
        }
        long computed = Math.min(done.total(), untimed);
        long prompt = Math.min(done.prompt(), computed);
        ledger.promptMicros += prompt;
        ledger.answerMicros += computed - prompt;
        ledger.queueMicros -= untimedQueued ? computed : 0;
        ledger.otherMicros -= untimedQueued ? 0 : computed;
        untimed = -1;
        return true;
    }

    private void split(long start, long end, long rest, long most, Optional<Timing.Done> done) {
        if (done.isPresent()) {
            long prompt = Math.min(done.get().prompt(), most);
            ledger.promptMicros += prompt;
            ledger.answerMicros += Math.min(done.get().answer(), most - prompt);
        }
        if (done.isEmpty() && !timing.any()) {
            ledger.unsplitMicros += rest;
        } else if (rest >= QUEUE && ended.overlaps(start, end)) {
            ledger.queued++;
            ledger.queueMicros += rest;
        } else {
            ledger.otherMicros += rest;
        }
    }

    private void use(long end, long load) {
        LoadWindow last = windows.last();
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
}
