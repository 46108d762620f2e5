package dev.stoker.server.state;

import dev.stoker.base.Reading;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Totals of one server's counters that never go backwards: where the server, or a model's runner,
 * begins to count anew, they carry on from where they were. For an exporter, whose own counters
 * must not fall. What a server counted before the first sample is in the totals; what it counted
 * between the last sample before a restart and the restart is lost. Not thread-safe: one owner.
 */
public final class MonotoneTotals {
    /** A server with more names than that makes them up. */
    private static final int MOST_MODELS = 10_000;

    private static final class Account {
        private Counters last = Counters.unsupported("nothing was counted yet");
        private final Map<Counter, Double> totals = new EnumMap<>(Counter.class);
        private final Map<Counter, Double> latest = new EnumMap<>(Counter.class);

        void add(Counters now) {
            boolean restarted = CounterSteps.restarted(remembered(), now);
            for (Counter counter : Counter.values()) {
                Reading<Double> reading = now.get(counter);
                if (!reading.isKnown()) {
                    continue;
                }
                double before = restarted ? 0 : latest.getOrDefault(counter, 0.0);
                totals.merge(counter, Math.max(0, reading.value() - before), Double::sum);
                latest.put(counter, reading.value());
            }
            if (restarted) {
                latest.keySet().removeIf(counter -> !now.get(counter).isKnown());
            }
            if (now.anyKnown()) {
                last = now;
            }
        }

        /** The latest known value of each, also from samples before the last. */
        private Counters remembered() {
            Map<Counter, Reading<Double>> values = new EnumMap<>(last.values());
            latest.forEach((counter, value) -> values.put(counter, Reading.known(value)));
            return new Counters(values, last.life());
        }
    }

    private final Account server = new Account();
    private final Map<String, Account> models = new HashMap<>();

    /** Takes the next sample of the server. */
    public void add(ServerState state) {
        server.add(state.counters());
        for (ModelState model : state.models().orElse(List.of())) {
            if (model.counters().anyKnown()
                    && (models.containsKey(model.name()) || models.size() < MOST_MODELS)) {
                models.computeIfAbsent(model.name(), _ -> new Account()).add(model.counters());
            }
        }
    }

    /** Returns the totals of the server's own counters; what was never told is absent. */
    public Map<Counter, Double> ofServer() {
        return Map.copyOf(server.totals);
    }

    /** Returns the totals by model; a model that was unloaded keeps its totals until it is back. */
    public Map<String, Map<Counter, Double>> ofModels() {
        Map<String, Map<Counter, Double>> all = new HashMap<>();
        models.forEach((name, account) -> all.put(name, Map.copyOf(account.totals)));
        return all;
    }
}
