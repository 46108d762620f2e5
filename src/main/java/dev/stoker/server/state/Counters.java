package dev.stoker.server.state;

import dev.stoker.base.Reading;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one process has counted since its start. Immutable.
 *
 * @param values each counter, or why it is not there
 * @param life a mark of the process's life: with another mark it has begun again from nothing.
 *     Empty where the server shows none; then only a counter that went backwards tells
 */
public record Counters(Map<Counter, Reading<Double>> values, Optional<String> life) {
    public Counters {
        values = Map.copyOf(values);
        if (values.size() != Counter.values().length) {
            throw new IllegalArgumentException("each counter has to have a reading");
        }
    }

    /** Returns counters of a server that has none. */
    public static Counters unsupported(String reason) {
        return new Builder(reason).build(Optional.empty());
    }

    /** Returns counters that should be there, and were not told this time. */
    public static Counters failed(String reason) {
        Map<Counter, Reading<Double>> values = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            values.put(counter, Reading.failed(reason));
        }
        return new Counters(values, Optional.empty());
    }

    public Reading<Double> get(Counter counter) {
        return values.getOrDefault(counter, Reading.unsupported(""));
    }

    /** Returns whether any of them is known. */
    public boolean anyKnown() {
        return values.values().stream().anyMatch(Reading::isKnown);
    }

    /** Collects counters; what is not put is unsupported. One thread. */
    static final class Builder {
        private final Map<Counter, Reading<Double>> values = new EnumMap<>(Counter.class);

        Builder(String reasonIfMissing) {
            for (Counter counter : Counter.values()) {
                values.put(counter, Reading.unsupported(reasonIfMissing));
            }
        }

        /** Puts a count if there is one: a count is finite and not negative. */
        Builder put(Counter counter, OptionalDouble value) {
            if (value.isPresent() && value.getAsDouble() >= 0) {
                values.put(counter, Reading.known(value.getAsDouble()));
            }
            return this;
        }

        Counters build(Optional<String> life) {
            return new Counters(values, life);
        }
    }
}
