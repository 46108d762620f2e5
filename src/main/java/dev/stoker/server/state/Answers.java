package dev.stoker.server.state;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What one server answered in one sample, by the path that was asked. Immutable. */
record Answers(Map<String, Answer> byPath) {
    Answers {
        byPath = Map.copyOf(byPath);
    }

    static Answers none() {
        return new Answers(Map.of());
    }

    /** Returns the answer to a path that was asked. */
    Answer to(String path) {
        return find(path).orElseThrow(() -> new IllegalArgumentException("not asked: " + path));
    }

    /** Returns the answer to a path, if it was asked. */
    Optional<Answer> find(String path) {
        return Optional.ofNullable(byPath.get(path));
    }

    /** Returns whether anything came whole, be it an error. */
    boolean anyWhole() {
        return byPath.values().stream().anyMatch(Answer::isWhole);
    }

    Answers and(Answers more) {
        Map<String, Answer> all = new HashMap<>(byPath);
        all.putAll(more.byPath);
        return new Answers(all);
    }
}
