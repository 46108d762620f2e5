package dev.stoker.server.openai;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.json.JsonScan;
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

    private static final String NO_CACHE_COUNT = "this build does not tell the cached share";
    private static final Reading<Duration> NO_TIME = Reading.unsupported(NO_TIMES);
    private static final Reading<Long> NOT_COUNTED = Reading.unsupported(NO_COUNT);
    private static final Reading<Long> NOT_CACHE_COUNTED = Reading.unsupported(NO_CACHE_COUNT);
    private static final Reading<Duration> NO_TOTAL =
            Reading.unsupported("llama-server does not tell the whole time of a request");
    private static final Reading<Duration> NO_LOAD =
            Reading.unsupported("llama-server loads no model for a request");
    private static final Reading<Duration> ONE_TOKEN =
            Reading.unsupported("one token takes no decode time");

    private final Reading<Long> cachedUnknown;
    private boolean hasUsage;
    private Reading<Long> promptTokens = NOT_COUNTED;
    private Reading<Long> cachedTokens;
    private Reading<Long> completionTokens = NOT_COUNTED;
    private boolean hasTimings;
    private Reading<Long> cacheN = NOT_COUNTED;
    private Reading<Long> promptN = NOT_COUNTED;
    private Reading<Long> predictedN = NOT_COUNTED;
    private double promptMillis;
    private double predictedMillis;

    /**
     * @param reason why the cached share is unknown where the server doesn't tell it
     */
    OpenAiTimings(String reason) {
        cachedUnknown = Reading.unsupported(reason);
        cachedTokens = cachedUnknown;
    }

    void read(JsonNode event) {
        JsonNode usage = event.path("usage");
        if (usage.isObject()) {
            hasUsage = !usage.isEmpty();
            promptTokens = Json.reading(usage, NO_COUNT, "prompt_tokens");
            Optional<Long> cached = Json.integer(usage, "prompt_tokens_details", "cached_tokens");
            cachedTokens = cached.map(Reading::known).orElse(cachedUnknown);
            completionTokens = Json.reading(usage, NO_COUNT, "completion_tokens");
        }
        JsonNode timings = event.path("timings");
        if (timings.isObject()) {
            hasTimings = !timings.isEmpty();
            cacheN = Json.reading(timings, NO_CACHE_COUNT, "cache_n");
            promptN = Json.reading(timings, NO_COUNT, "prompt_n");
            predictedN = Json.reading(timings, NO_COUNT, "predicted_n");
            promptMillis = Json.number(timings, "prompt_ms").orElse(Double.NaN);
            predictedMillis = Json.number(timings, "predicted_ms").orElse(Double.NaN);
        }
    }

    void read(SseCounts counts) {
        if (counts.hasUsage) {
            hasUsage = true;
            promptTokens = count(counts.promptTokens, NOT_COUNTED);
            cachedTokens = count(counts.cachedTokens, cachedUnknown);
            completionTokens = count(counts.completionTokens, NOT_COUNTED);
        }
        if (counts.hasTimings) {
            hasTimings = true;
            cacheN = count(counts.cacheN, NOT_CACHE_COUNTED);
            promptN = count(counts.promptN, NOT_COUNTED);
            predictedN = count(counts.predictedN, NOT_COUNTED);
            promptMillis = counts.promptMillis;
            predictedMillis = counts.predictedMillis;
        }
    }

    private static Reading<Long> count(long n, Reading<Long> none) {
        return n == JsonScan.NO_NUMBER ? none : Reading.known(n);
    }

    /** Returns what is known, if the server said anything. */
    Optional<ServerTimings> reading() {
        if (hasTimings) {
            return Optional.of(llama());
        }
        return hasUsage ? Optional.of(counts()) : Optional.empty();
    }

    private ServerTimings counts() {
        return new ServerTimings(
                NO_TIME, NO_TIME, promptTokens, cachedTokens, NO_TIME, completionTokens, NO_TIME);
    }

    /**
     * Here {@code prompt_n} excludes what was cached; with one token {@code predicted_ms} is a
     * placeholder.
     */
    private ServerTimings llama() {
        Reading<Long> prompt =
                cacheN.isKnown() ? promptN.map(n -> n + cacheN.value()) : promptTokens;
        return new ServerTimings(
                NO_TOTAL,
                NO_LOAD,
                prompt,
                cacheN,
                millis(promptMillis, "prompt_ms"),
                predictedN,
                predictedN.orElse(2L) < 2 ? ONE_TOKEN : millis(predictedMillis, "predicted_ms"));
    }

    private static Reading<Duration> millis(double ms, String field) {
        return ms > 0 && ms < 1e12
                ? Reading.known(Duration.ofNanos(Math.round(ms * 1e6)))
                : Reading.unsupported("the server gave no " + field);
    }
}
