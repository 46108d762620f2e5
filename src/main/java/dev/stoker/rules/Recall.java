package dev.stoker.rules;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/**
 * What is remembered from one look to the next, by the name of what it is about. What a look does
 * not put again is forgotten with the look after it, so that things that come and go leave nothing
 * behind. Used by one thread.
 */
final class Recall<V> {
    private Map<String, V> before = new HashMap<>();
    private Map<String, V> now = new HashMap<>();

    /** Begins a look. */
    void turn() {
        before = now;
        now = new HashMap<>();
    }

    /** Returns what the look before has put. */
    @Nullable V of(String name) {
        return before.get(name);
    }

    void put(String name, V value) {
        now.put(name, value);
    }
}
