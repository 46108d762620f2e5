package dev.stoker.tui.view;

import dev.stoker.base.Reading;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One thing that is known of a row, or why it is not.
 *
 * @param name of what
 * @param value as a person reads it; empty where it is unknown
 * @param reason why it is unknown
 */
record Fact(String name, String value, String reason) {

    static Fact of(String name, String value) {
        return new Fact(name, value, "");
    }

    static <T> Fact of(String name, Reading<T> reading, Function<T, String> form) {
        return reading.isKnown()
                ? new Fact(name, form.apply(reading.value()), "")
                : new Fact(name, "", reading.reason());
    }

    boolean isKnown() {
        return reason.isEmpty();
    }

    /** Says what is unknown, and why, each reason once. */
    static String unknown(List<Fact> facts) {
        return String.join("; ", unknownByReason(facts));
    }

    /** Says what is unknown, and why, in one text for each reason. */
    static List<String> unknownByReason(List<Fact> facts) {
        Map<String, List<String>> byReason = new LinkedHashMap<>();
        for (Fact fact : facts) {
            if (!fact.isKnown()) {
                byReason.computeIfAbsent(fact.reason(), _ -> new ArrayList<>()).add(fact.name());
            }
        }
        List<String> parts = new ArrayList<>();
        byReason.forEach((reason, names) -> parts.add(String.join(", ", names) + ": " + reason));
        return parts;
    }
}
