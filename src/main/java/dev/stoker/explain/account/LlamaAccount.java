package dev.stoker.explain.account;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The account of a llama-server that runs alone or as a router. Its log tells no time of day, and
 * of each request only what was computed; what waited for a load is told by the router, and by a
 * server that wakes up. Bounded. Used by one thread.
 */
final class LlamaAccount {
    private static final int MOST = 10_000;
    private static final long SOON = 1_000_000;
    private static final long AT_ONCE = 20_000;

    private final Map<String, Long> waiting = new HashMap<>();
    private final Map<String, String> evictedBy = new HashMap<>();
    private final Map<String, Why> gone = new HashMap<>();
    private final Map<String, Why> cause = new HashMap<>();
    private final Map<String, Spawn> spawned = new HashMap<>();
    private final Map<Integer, String> names = new HashMap<>();
    private final Map<Integer, Server> servers = new HashMap<>();
    private long from = Long.MAX_VALUE;
    private long to = Long.MIN_VALUE;
    private long wakesForNothing;
    private boolean router;
    private Ledger ledger;

    /** One process. */
    private static final class Server {
        long slots;
        long busy;
        long fullAt = -1;
        long loadingSince = -1;
        long wokeAt = -1;
        long readyAt = -1;
        long readFrom = -1;
        long readTo = -1;

        /** Returns how long the weights of the last load were read. */
        OptionalDouble reading() {
            return readFrom >= 0 && readTo >= readFrom
                    ? OptionalDouble.of((double) (readTo - readFrom))
                    : OptionalDouble.empty();
        }

        String file = "";
    }

    /** An instance that a router started, after it had made room for it or not. */
    private record Spawn(long at, int port) {}

    LlamaAccount(Ledger ledger) {
        this.ledger = ledger;
    }

    /** From now on sums are kept in another ledger. */
    void goOnIn(Ledger next) {
        ledger = next;
        from = Long.MAX_VALUE;
        to = Long.MIN_VALUE;
        wakesForNothing = 0;
    }

    long from() {
        return from;
    }

    long to() {
        return to;
    }

    boolean isRouter() {
        return router;
    }

    long slots() {
        return servers.values().stream().mapToLong(s -> s.slots).max().orElse(0);
    }

    /** Returns how often the model was woken up and then nobody asked it anything. */
    long wakesForNothing() {
        return wakesForNothing;
    }

    private void span(int port, long at) {
        if (at >= 0 && port == 0) {
            from = Math.min(from, at);
            to = Math.max(to, at);
        }
    }

    private Server server(int port) {
        if (servers.size() >= MOST) {
            servers.clear();
        }
        return servers.computeIfAbsent(port, _ -> new Server());
    }

    private String name(int port, String file) {
        String known = names.get(port);
        return known != null ? known : file.isEmpty() ? "the model" : file;
    }

    void loads(int port, String file, long at) {
        span(port, at);
        Server s = server(port);
        s.file = file;
        s.loadingSince = at;
        s.readFrom = -1;
        s.readTo = -1;
        ModelAccount model = ledger.model(name(port, file));
        if (names.get(port) == null) {
            model.loads++;
            ledger.loads++;
            model.waited(s.wokeAt >= 0 ? Why.SLEPT : Why.FIRST, 1, 0);
        }
    }

    /** The weights begin to be read, or are read. */
    void weights(int port, boolean begin, long at) {
        Server s = servers.get(port);
        if (s == null || at < 0) {
            return;
        }
        if (begin) {
            s.readFrom = at;
            s.readTo = -1;
        } else if (s.readTo < 0) {
            s.readTo = at;
        }
    }

    void ready(int port, long at) {
        span(port, at);
        Server s = server(port);
        if (s.loadingSince < 0 || at < s.loadingSince) {
            return;
        }
        ledger.model(name(port, s.file)).loadMicros += at - s.loadingSince;
        s.loadingSince = -1;
        s.readyAt = at;
    }

    void sleeps(int port, long at) {
        span(port, at);
        Server s = server(port);
        wakesForNothing += s.wokeAt >= 0 ? 1 : 0;
        s.wokeAt = -1;
        s.busy = 0;
    }

    void wakes(int port, long at) {
        span(port, at);
        Server s = server(port);
        s.wokeAt = at;
        s.readyAt = -1;
    }

    void slots(int port, long count) {
        server(port).slots = Math.max(0, count);
    }

    void begins(int port, long at) {
        span(port, at);
        Server s = server(port);
        if (s.wokeAt >= 0 && s.readyAt >= 0) {
            if (at >= 0 && at - s.readyAt <= SOON) {
                long micros = Math.max(0, s.readyAt - s.wokeAt);
                wait(name(port, s.file), Why.SLEPT, micros);
                OptionalDouble reading = s.reading();
                ledger.stages.add(
                        micros, OptionalDouble.of(0), reading, micros - reading.orElse(0));
            } else {
                wakesForNothing++;
            }
            s.wokeAt = -1;
        }
        if (s.fullAt >= 0 && at >= 0 && at - s.fullAt <= AT_ONCE) {
            ledger.queued++;
        }
        s.fullAt = -1;
        s.busy++;
    }

    void ends(int port, long at) {
        span(port, at);
        Server s = server(port);
        s.fullAt = s.slots > 0 && s.busy >= s.slots ? at : -1;
        s.busy = Math.max(0, s.busy - 1);
    }

    void answered(Timing.Done done) {
        ledger.requests++;
        ledger.answers++;
        ledger.totalMicros += done.total();
        ledger.promptMicros += done.prompt();
        ledger.answerMicros += done.answer();
        ledger.promptTokens += Math.max(0, done.promptTokens());
        ledger.answerTokens += Math.max(0, done.answerTokens());
    }

    void routerLoads(String name, int port, long at) {
        router = true;
        span(0, at);
        if (port > 0) {
            if (names.size() >= MOST) {
                names.clear();
            }
            names.put(port, name);
            servers.remove(port);
        }
        Why why = gone.getOrDefault(name, Why.FIRST);
        gone.remove(name);
        String by = evictedBy.remove(name);
        if (by != null && !by.isEmpty()) {
            ledger.evicted(by, name);
        }
        keep(cause, name, why);
        if (spawned.size() < MOST && at >= 0) {
            spawned.put(name, new Spawn(at, port));
        }
        ModelAccount model = ledger.model(name);
        model.loads++;
        ledger.loads++;
        model.waited(why, 1, 0);
        ledger.loaded(name);
    }

    void routerEvicts(String victim, String by, long at) {
        span(0, at);
        keep(gone, victim, Why.COUNT);
        if (evictedBy.size() < MOST) {
            evictedBy.put(victim, by);
        }
    }

    private static void keep(Map<String, Why> map, String name, Why why) {
        if (map.size() < MOST) {
            map.put(name, why);
        }
    }

    void routerWaits(String name, long at) {
        span(0, at);
        if (waiting.size() < MOST && at >= 0) {
            waiting.putIfAbsent(name, at);
        }
    }

    void routerSends(String name, long at) {
        span(0, at);
        Long since = waiting.remove(name);
        if (since != null && at > since) {
            wait(name, cause.getOrDefault(name, Why.FIRST), at - since);
            stages(spawned.remove(name), since, at);
        }
    }

    /** Before an instance is started, a router makes room for it. */
    private void stages(@Nullable Spawn begun, long since, long at) {
        if (begun == null || begun.at() > at) {
            return;
        }
        double room = (double) Math.max(0, begun.at() - since);
        OptionalDouble reading = server(begun.port()).reading();
        ledger.stages.add(
                at - since,
                OptionalDouble.of(room),
                reading,
                at - since - room - reading.orElse(0));
    }

    void routerEnded(String name, long status, long at) {
        span(0, at);
        waiting.remove(name);
        if (status > 0) {
            keep(gone, name, Why.DIED);
            ledger.deaths++;
        } else if (!gone.containsKey(name)) {
            keep(gone, name, Why.ASKED);
        }
    }

    private void wait(String name, Why why, long micros) {
        ledger.model(name).waited(why, 0, micros);
        ledger.loadMicros += micros;
        ledger.totalMicros += micros;
        ledger.swapMicros += why.isSwap() ? micros : 0;
        ledger.waited++;
        ledger.longestWaitMicros = Math.max(ledger.longestWaitMicros, micros);
    }
}
