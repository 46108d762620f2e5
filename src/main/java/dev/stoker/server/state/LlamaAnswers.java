package dev.stoker.server.state;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.server.exposition.Exposition;
import dev.stoker.server.exposition.ExpositionReader;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads what a llama-server says of itself. Seen on b10434 and b11434. Pure. */
final class LlamaAnswers {
    static final String NO_METRICS =
            "llama-server counts in /metrics alone, which is not asked by default: each scrape"
                    + " resets two gauges for everybody else";
    private static final String PREFIX = "llamacpp:";

    /** A server with more slots than that makes them up. */
    private static final int MOST_SLOTS = 4096;

    private LlamaAnswers() {}

    /** Returns whether the answer is that of a server that loads its model. */
    static boolean isLoading(Answer answer) {
        return answer.status() == 503;
    }

    /** Returns the further names of an entry of {@code /models}. */
    static List<String> aliases(JsonNode entry, String id) {
        return entry.path("aliases")
                .valueStream()
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .filter(alias -> !alias.equals(id))
                .toList();
    }

    /** Reads {@code /slots}. */
    static Reading<List<SlotState>> slots(Answer answer) {
        if (answer.status() == 501) {
            return Reading.unsupported("llama-server was started with --no-slots");
        }
        return switch (answer.json()) {
            case Reading.Known<JsonNode>(JsonNode list) when list.isArray() -> {
                List<SlotState> slots = new ArrayList<>();
                for (JsonNode slot : list) {
                    if (slots.size() < MOST_SLOTS) {
                        slots.add(slot(slot));
                    }
                }
                yield Reading.known(slots);
            }
            case Reading.Known<JsonNode> _ -> Reading.failed("/slots told no list of slots");
            case Reading.Unsupported<JsonNode>(String reason) -> Reading.unsupported(reason);
            case Reading.Failed<JsonNode>(String reason) -> Reading.failed(reason);
        };
    }

    private static SlotState slot(JsonNode slot) {
        JsonNode next = slot.path("next_token");
        JsonNode token = next.isArray() ? next.path(0) : next;
        String idle = "the slot had no request yet";
        return new SlotState(
                Json.integer(slot, "id").orElse(-1L),
                Json.truth(slot, "is_processing").orElse(false),
                Json.integer(slot, "id_task").filter(id -> id >= 0),
                Json.reading(slot, "this build does not tell it", "n_ctx"),
                count(slot, idle, "n_prompt_tokens"),
                count(token, idle, "n_decoded"),
                count(token, "the request has no limit, or there is none", "n_remain"));
    }

    private static Reading<Long> count(JsonNode node, String reason, String field) {
        return Json.integer(node, field)
                .filter(n -> n >= 0)
                .<Reading<Long>>map(Reading::known)
                .orElse(Reading.unsupported(reason));
    }

    /**
     * Returns the work that slots show. Requests wait only where no slot is free.
     *
     * @param otherwise why the queue is not known where they are all busy
     */
    static Work work(Reading<List<SlotState>> slots, Reading<Long> total, String otherwise) {
        Reading<Long> busy = slots.map(l -> l.stream().filter(SlotState::busy).count());
        Reading<Long> count = slots.isKnown() ? slots.map(l -> (long) l.size()) : total;
        boolean free = busy.isKnown() && count.isKnown() && busy.value() < count.value();
        return new Work(
                busy,
                free
                        ? Reading.known(0L)
                        : busy.isKnown() ? Reading.unsupported(otherwise) : busy.map(_ -> 0L),
                count,
                busy,
                Reading.unsupported("llama-server does not tell the use of its KV cache"));
    }

    /** Reads {@code /metrics}; its gauges of throughput are of the last scrape's window alone. */
    static Reading<Exposition> metrics(Answer answer) {
        if (answer.status() == 501) {
            return Reading.unsupported("llama-server was started without --metrics");
        }
        if (!answer.isSuccess()) {
            return Reading.failed(answer.failure().sentence());
        }
        Exposition page =
                ExpositionReader.values(answer.http().body(), name -> name.startsWith(PREFIX));
        return page.series().isEmpty()
                ? Reading.failed("/metrics held nothing of llama-server")
                : Reading.known(page);
    }

    /**
     * @param life the header that every answer to {@code /metrics} has; it is no time, but another
     *     one after each start
     */
    static Counters counters(Reading<Exposition> metrics, Optional<String> life) {
        return switch (metrics) {
            case Reading.Known<Exposition>(Exposition page) -> counters(page, life);
            case Reading.Unsupported<Exposition>(String reason) -> Counters.unsupported(reason);
            case Reading.Failed<Exposition>(String reason) -> Counters.failed(reason);
        };
    }

    private static Counters counters(Exposition page, Optional<String> life) {
        OptionalDouble computed = value(page, "prompt_tokens_total");
        OptionalDouble cached = value(page, "prompt_tokens_cached_total");
        OptionalDouble prompt =
                computed.isPresent() && cached.isPresent()
                        ? OptionalDouble.of(computed.getAsDouble() + cached.getAsDouble())
                        : OptionalDouble.empty();
        return new Counters.Builder("llama-server does not count it")
                .put(Counter.PROMPT_TOKENS, prompt)
                .put(Counter.CACHED_PROMPT_TOKENS, cached)
                .put(Counter.PREFIX_CACHE_QUERIES, prompt)
                .put(Counter.PREFIX_CACHE_HITS, cached)
                .put(Counter.GENERATED_TOKENS, value(page, "tokens_predicted_total"))
                .put(Counter.DRAFTED_TOKENS, value(page, "spec_decode_num_draft_tokens_total"))
                .put(Counter.ACCEPTED_TOKENS, value(page, "spec_decode_num_accepted_tokens_total"))
                .build(life);
    }

    /** Returns the work that {@code /metrics} tells, with the slots' total from elsewhere. */
    static Work work(Exposition page, Work seen) {
        return new Work(
                gauge(page, "requests_processing", seen.running()),
                gauge(page, "requests_deferred", seen.waiting()),
                seen.slots(),
                seen.busySlots(),
                seen.kvCacheUse());
    }

    private static Reading<Long> gauge(Exposition page, String name, Reading<Long> otherwise) {
        OptionalDouble value = value(page, name);
        return value.isPresent() ? Reading.known(Math.round(value.getAsDouble())) : otherwise;
    }

    private static OptionalDouble value(Exposition page, String name) {
        return page.sum(PREFIX + name);
    }
}
