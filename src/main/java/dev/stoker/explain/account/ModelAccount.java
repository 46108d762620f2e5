package dev.stoker.explain.account;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What became of one model. Mutable; used by one thread. */
final class ModelAccount {
    private static final int MOST = 32;

    final TreeSet<String> names = new TreeSet<>();
    final TreeSet<Long> contexts = new TreeSet<>();
    final Map<Why, long[]> causes = new EnumMap<>(Why.class);
    String name;

    /** Who asked for its latest load; empty while that is not known. */
    String asker = "";

    long loads;
    long failed;
    long loadMicros;
    long bytes;
    long fewestLayers = Long.MAX_VALUE;
    long mostLayers = -1;
    long allLayers;

    ModelAccount(String file) {
        this.name = shortName(file);
    }

    void named(String full) {
        String plain = plainName(full);
        if (plain.isEmpty()) {
            return;
        }
        name = plain;
        if (names.size() < MOST) {
            names.add(plain);
        }
    }

    void context(long tokens) {
        if (tokens > 0 && contexts.size() < MOST) {
            contexts.add(tokens);
        }
    }

    void layers(long onGpu, long all) {
        fewestLayers = Math.min(fewestLayers, onGpu);
        mostLayers = Math.max(mostLayers, onGpu);
        allLayers = Math.max(allLayers, all);
    }

    /** Adds loads, and the time that requests waited for them. */
    void waited(Why why, long count, long micros) {
        long[] sums = causes.computeIfAbsent(why, _ -> new long[2]);
        sums[0] += count;
        sums[1] += micros;
    }

    /** Returns how often it was loaded again although it could have stayed. */
    long swaps() {
        return causes.entrySet().stream()
                .filter(e -> e.getKey().isSwap())
                .mapToLong(e -> e.getValue()[0])
                .sum();
    }

    /** Returns how long requests waited for that. */
    long swapMicros() {
        return causes.entrySet().stream()
                .filter(e -> e.getKey().isSwap())
                .mapToLong(e -> e.getValue()[1])
                .sum();
    }

    /** {@code registry.ollama.ai/library/qwen3:8b} is {@code qwen3:8b}. */
    static String plainName(String full) {
        String name = full;
        for (String prefix : List.of("registry.ollama.ai/", "library/")) {
            if (name.startsWith(prefix)) {
                name = name.substring(prefix.length());
            }
        }
        return name.endsWith(":latest") ? name.substring(0, name.length() - 7) : name;
    }

    /** A blob is known by the beginning of its digest until a name is told. */
    static String shortName(String file) {
        String last = file.substring(file.lastIndexOf('/') + 1);
        if (last.startsWith("sha256-") && last.length() > 19) {
            return "blob " + last.substring(7, 19);
        }
        return last.endsWith(".gguf") ? last.substring(0, last.length() - 5) : last;
    }
}
