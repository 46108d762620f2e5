package dev.stoker.server.openai;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.trace.ServerTimings;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.Optional;

/**
 * Gathers what the events of one stream say of it: the {@code usage} object of OpenAI's form, and
 * the {@code timings} of llama-server, in milliseconds. The last ones count: some servers send a
 * zero usage with every chunk.
 */
final class OpenAiTimings {
    private static final String NO_TIMES = "the server tells no times of a request";
    private static final String NO_COUNT = "the server gave no count of tokens";

    private final String cachedUnknown;
    private JsonNode usage = Json.object();
    private JsonNode timings = Json.object();

    OpenAiTimings(String cachedUnknown) {
        this.cachedUnknown = cachedUnknown;
    }

    void read(JsonNode event) {
        if (event.path("usage").isObject()) {
            usage = event.path("usage");
        }
        if (event.path("timings").isObject()) {
            timings = event.path("timings");
        }
    }

    /** Returns what is known, if the server said anything. */
    Optional<ServerTimings> reading() {
        if (!timings.isEmpty()) {
            return Optional.of(llama());
        }
        return usage.isEmpty() ? Optional.empty() : Optional.of(counts());
    }

    private ServerTimings counts() {
        return new ServerTimings(
                Reading.unsupported(NO_TIMES),
                Reading.unsupported(NO_TIMES),
                Json.reading(usage, NO_COUNT, "prompt_tokens"),
                Json.reading(usage, cachedUnknown, "prompt_tokens_details", "cached_tokens"),
                Reading.unsupported(NO_TIMES),
                Json.reading(usage, NO_COUNT, "completion_tokens"),
                Reading.unsupported(NO_TIMES));
    }

    /**
     * Here {@code prompt_n} excludes what was cached; with one token {@code predicted_ms} is a
     * placeholder.
     */
    private ServerTimings llama() {
        Reading<Long> cached =
                Json.reading(timings, "this build does not tell the cached share", "cache_n");
        Reading<Long> fresh = Json.reading(timings, NO_COUNT, "prompt_n");
        Reading<Long> output = Json.reading(timings, NO_COUNT, "predicted_n");
        Reading<Long> prompt =
                cached.isKnown() ? fresh.map(n -> n + cached.value()) : counts().promptTokens();
        return new ServerTimings(
                Reading.unsupported("llama-server does not tell the whole time of a request"),
                Reading.unsupported("llama-server loads no model for a request"),
                prompt,
                cached,
                millis("prompt_ms"),
                output,
                output.orElse(2L) < 2
                        ? Reading.unsupported("one token takes no decode time")
                        : millis("predicted_ms"));
    }

    private Reading<Duration> millis(String field) {
        return Json.number(timings, field)
                .filter(ms -> ms > 0 && ms < 1e12)
                .<Reading<Duration>>map(ms -> Reading.known(Duration.ofNanos(Math.round(ms * 1e6))))
                .orElse(Reading.unsupported("the server gave no " + field));
    }
}
