package dev.stoker.explain.account;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The sums of an account, in microseconds. Bounded: of more than a thousand models the further ones
 * are kept as one. Used by one thread.
 */
final class Ledger {
    private static final int MOST_MODELS = 1000;
    private static final int MOST_PAIRS = 1000;
    private static final int MOST_ASKERS = 5;
    private static final int PATTERN = 8;

    final Map<String, ModelAccount> models = new LinkedHashMap<>();
    final Map<List<String>, Long> evictions = new HashMap<>();
    final Map<List<String>, Set<String>> askers = new HashMap<>();
    final LoadStages stages = new LoadStages();
    private final List<String> lately = new ArrayList<>();

    long requests;
    long failed;
    long waited;
    long totalMicros;
    long loadMicros;
    long swapMicros;
    long queueMicros;
    long queued;
    long promptMicros;
    long promptTokens;
    long answerMicros;
    long answerTokens;
    long answers;
    long otherMicros;
    long unsplitMicros;
    long fallbackMicros;
    long fallbackLoads;
    long gpuLost;
    long truncated;
    long truncatedTokens;
    long shifts;
    long aborted;
    long deaths;
    long restarts;
    long loads;
    long failedLoads;
    long alternations;
    long cycles;
    long longestWaitMicros;

    /** Returns an empty one that knows the same models by name. */
    static Ledger after(Ledger before) {
        Ledger next = new Ledger();
        before.models.forEach((file, m) -> {
            ModelAccount same = new ModelAccount(file);
            same.name = m.name;
            same.names.addAll(m.names);
            same.bytes = m.bytes;
            next.models.put(file, same);
        });
        next.askers.putAll(before.askers);
        next.lately.addAll(before.lately);
        return next;
    }

    ModelAccount model(String file) {
        ModelAccount known = models.get(file);
        if (known != null) {
            return known;
        }
        String key = models.size() >= MOST_MODELS ? "others" : file;
        return models.computeIfAbsent(key, ModelAccount::new);
    }

    void evicted(String by, String victim) {
        List<String> pair = List.of(by, victim);
        if (evictions.containsKey(pair) || evictions.size() < MOST_PAIRS) {
            evictions.merge(pair, 1L, Long::sum);
        }
    }

    /** Notes from where the load was asked for that made a model leave. */
    void asked(String by, String victim, String client) {
        List<String> pair = List.of(by, victim);
        if (!client.isEmpty() && (askers.containsKey(pair) || askers.size() < MOST_PAIRS)) {
            Set<String> all = askers.computeIfAbsent(pair, _ -> new TreeSet<>());
            if (all.size() < MOST_ASKERS) {
                all.add(client);
            }
        }
    }

    /** Notes the order of loads: A, B, A is an alternation, A, B, C, A a cycle. */
    void loaded(String file) {
        int n = lately.size();
        boolean other = n >= 1 && !lately.get(n - 1).equals(file);
        if (n >= 2 && other && lately.get(n - 2).equals(file)) {
            alternations++;
        } else if (n >= 3 && other && lately.get(n - 3).equals(file)) {
            cycles++;
        }
        lately.add(file);
        if (lately.size() > PATTERN) {
            lately.removeFirst();
        }
    }
}
