package dev.stoker.server.ollama;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.trace.ServerTimings;

import tools.jackson.databind.JsonNode;

import java.time.Duration;

/**
 * Reads the figures of Ollama's last line. Durations are nanoseconds; a zero is left out by the
 * server, so a missing field is unknown. {@code prompt_eval_count} includes cached tokens and
 * {@code prompt_eval_duration} does not, and the API does not tell how many were cached: only the
 * log does.
 */
final class OllamaTimings {
    private static final String CACHED =
            "Ollama's API does not tell how many tokens of the prompt were cached";

    /**
     * With one token there is nothing between the first and the last: Ollama writes a microsecond.
     */
    private static final long DECODE_PLACEHOLDER_NANOS = 1000;

    private OllamaTimings() {}

    static ServerTimings read(JsonNode last) {
        Reading<Long> output =
                Json.reading(last, "the server gave no count of tokens", "eval_count");
        return new ServerTimings(
                nanos(last, "total_duration"),
                nanos(last, "load_duration"),
                Json.reading(
                        last, "the server gave no count of prompt tokens", "prompt_eval_count"),
                Reading.unsupported(CACHED),
                nanos(last, "prompt_eval_duration"),
                output,
                decode(last, output));
    }

    private static Reading<Duration> decode(JsonNode last, Reading<Long> output) {
        long nanos = Json.integer(last, "eval_duration").orElse(0L);
        if (nanos <= DECODE_PLACEHOLDER_NANOS || output.orElse(2L) < 2) {
            return Reading.unsupported(
                    output.orElse(2L) < 2
                            ? "one token takes no decode time"
                            : "the server gave no decode time");
        }
        return Reading.known(Duration.ofNanos(nanos));
    }

    private static Reading<Duration> nanos(JsonNode last, String field) {
        return Json.integer(last, field)
                .filter(n -> n > 0)
                .<Reading<Duration>>map(n -> Reading.known(Duration.ofNanos(n)))
                .orElse(Reading.unsupported("the server gave no " + field));
    }
}
