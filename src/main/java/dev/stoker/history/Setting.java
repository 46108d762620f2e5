package dev.stoker.history;

import dev.stoker.base.Reading;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Under which conditions something was measured: named facts, each known or with the reason why it
 * is not. A figure says nothing without them, so that a comparison begins with what differs here.
 * Immutable.
 */
public final class Setting {
    private static final Reading<String> MISSING = Reading.unsupported("not noted in this run");

    private final Map<String, Reading<String>> facts;

    private Setting(SequencedMap<String, Reading<String>> facts) {
        this.facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    public static Setting of(SequencedMap<String, Reading<String>> facts) {
        return new Setting(facts);
    }

    public static Setting empty() {
        return new Setting(new LinkedHashMap<>());
    }

    /** Returns all facts, in the order in which they are shown. */
    public Map<String, Reading<String>> facts() {
        return facts;
    }

    /** Returns one fact; unknown where the run did not note it. */
    public Reading<String> fact(String name) {
        return facts.getOrDefault(name, MISSING);
    }

    /**
     * Returns what differs from another setting. A fact that is unknown in both is no difference;
     * one that is unknown in one of them may be one, and is listed.
     */
    public List<Difference> differences(Setting other) {
        Set<String> names = new LinkedHashSet<>(facts.keySet());
        names.addAll(other.facts.keySet());
        List<Difference> differences = new ArrayList<>();
        for (String name : names) {
            Reading<String> a = fact(name);
            Reading<String> b = other.fact(name);
            boolean known = a.isKnown() || b.isKnown();
            if (known && !(a.isKnown() && b.isKnown() && a.value().equals(b.value()))) {
                differences.add(new Difference(name, a, b));
            }
        }
        return differences;
    }

    /** A fact that is not the same in two settings. */
    public record Difference(String name, Reading<String> a, Reading<String> b) {}

    @Override
    public boolean equals(Object other) {
        return other instanceof Setting s && facts.equals(s.facts);
    }

    @Override
    public int hashCode() {
        return facts.hashCode();
    }

    @Override
    public String toString() {
        return facts.toString();
    }
}
