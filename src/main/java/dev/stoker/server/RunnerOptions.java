package dev.stoker.server;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Options that decide how a model is loaded. They must be the same in every request to a loaded
 * model, or the server loads it anew. A server that can't take one ignores it only if its dialect
 * says so in its abilities.
 *
 * @param contextLength tokens a slot
 * @param keepAlive how long the model stays after its last request; negative for ever
 * @param extra further options by the server's own names (numbers, texts, truth values)
 */
public record RunnerOptions(
        OptionalLong contextLength, Optional<Duration> keepAlive, Map<String, Object> extra) {
    public RunnerOptions {
        extra = Map.copyOf(extra);
    }

    public static RunnerOptions defaults() {
        return new RunnerOptions(OptionalLong.empty(), Optional.empty(), Map.of());
    }

    public RunnerOptions keepAlive(Duration duration) {
        return new RunnerOptions(contextLength, Optional.of(duration), extra);
    }
}
