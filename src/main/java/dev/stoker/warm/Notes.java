package dev.stoker.warm;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is remembered of one server and its models. Changed by {@link Decider} and {@link Outcomes}
 * alone, on copies of their own; to all others it is a value.
 */
public final class Notes {
    final Map<String, ModelNote> models = new TreeMap<>();

    /**
     * Pairs that were seen to push each other out, as {@code one + other} in alphabetical order.
     */
    final Set<String> conflicts = new TreeSet<>();

    /** All models that were listed at the last look. */
    final Set<String> listed = new TreeSet<>();

    String life = "";
    @Nullable Instant downAt;
    @Nullable Instant startingAt;

    /** Whether the server was away between the last look and this one. */
    boolean wasAway;

    Notes copy() {
        Notes c = new Notes();
        models.forEach((name, note) -> c.models.put(name, note.copy()));
        c.conflicts.addAll(conflicts);
        c.listed.addAll(listed);
        c.life = life;
        c.downAt = downAt;
        c.startingAt = startingAt;
        c.wasAway = wasAway;
        return c;
    }

    ModelNote of(String model) {
        return models.computeIfAbsent(model, _ -> new ModelNote());
    }

    static String pair(String one, String other) {
        return one.compareTo(other) < 0 ? one + " + " + other : other + " + " + one;
    }

    boolean conflict(String one, String other) {
        return conflicts.contains(pair(one, other));
    }
}
