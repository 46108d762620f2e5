package dev.stoker.degrade;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Events as lines of a journal, and back. What is unknown is null, with its reason. Pure. */
public final class EventJson {
    private static final String NOT_NOTED = "it was not noted";

    private EventJson() {}

    public static ObjectNode write(DegradeEvent event) {
        ObjectNode o = Json.object().put("at", event.at());
        return switch (event) {
            case DegradeEvent.Started e -> o.put("event", "started").put("resumed", e.resumed());
            case DegradeEvent.Cycled e -> {
                o.put("event", "measured").set("measured", measured(e.measured()));
                yield o;
            }
            case DegradeEvent.Discarded e ->
                    o.put("event", "discarded").put("load", e.load()).put("why", e.why());
            case DegradeEvent.Tried e ->
                    o.put("event", "tried")
                            .put("remedy", e.remedy().code())
                            .put("outcome", e.outcome().name())
                            .put("detail", e.detail());
            case DegradeEvent.Remeasured e -> {
                o.put("event", "remeasured").put("remedy", e.remedy().code());
                o.set("measured", measured(e.measured()));
                yield o;
            }
            case DegradeEvent.Failed e ->
                    o.put("event", "failed").put("code", e.code()).put("sentence", e.sentence());
            case DegradeEvent.Ended e -> o.put("event", "ended").put("complete", e.complete());
        };
    }

    /** Reads a line; empty where it is no event that this version knows. */
    public static Optional<DegradeEvent> read(JsonNode o) {
        try {
            return Optional.of(event(o));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static DegradeEvent event(JsonNode o) {
        long at = o.path("at").asLong(0);
        return switch (o.path("event").asString("")) {
            case "started" -> new DegradeEvent.Started(at, o.path("resumed").asBoolean(false));
            case "measured" -> new DegradeEvent.Cycled(at, measured(o.path("measured")));
            case "discarded" ->
                    new DegradeEvent.Discarded(
                            at, o.path("load").asInt(-1), o.path("why").asString(""));
            case "tried" ->
                    new DegradeEvent.Tried(
                            at,
                            remedy(o),
                            DegradeEvent.Outcome.valueOf(o.path("outcome").asString("")),
                            o.path("detail").asString(""));
            case "remeasured" ->
                    new DegradeEvent.Remeasured(at, remedy(o), measured(o.path("measured")));
            case "failed" ->
                    new DegradeEvent.Failed(
                            at, o.path("code").asString(""), o.path("sentence").asString(""));
            case "ended" -> new DegradeEvent.Ended(at, o.path("complete").asBoolean(false));
            default -> throw new IllegalArgumentException("no event");
        };
    }

    private static Remedy remedy(JsonNode o) {
        return Remedy.of(o.path("remedy").asString(""))
                .orElseThrow(() -> new IllegalArgumentException("no remedy"));
    }

    /** Returns a measurement; also the form of a cycle in the report. */
    static ObjectNode measured(Measured m) {
        ObjectNode o = Json.object();
        o.put("at_ms", m.atEpochMillis()).put("seconds", m.seconds());
        o.put("load", m.load()).put("position", m.position()).put("control", m.isControl());
        o.put("decode_tokens_per_second", m.decode());
        put(o, "prompt_tokens_per_second", m.prompt());
        put(o, "load_seconds", m.loadSeconds());
        Look look = m.look();
        for (Sign sign : Sign.values()) {
            put(o, sign.key(), look.sign(sign));
        }
        list(o, "slowed_by", look.slowedBy(), (a, v) -> a.withArray("slowed_by").add(v));
        list(o, "free_blocks", look.freeBlocks(), (a, v) -> a.withArray("free_blocks").add(v));
        if (look.runner().isKnown()) {
            o.put("runner", look.runner().value());
        } else {
            unknown(o, "runner", look.runner());
        }
        if (look.sharedMemory().isKnown()) {
            o.put("shared_memory", look.sharedMemory().value());
        } else {
            unknown(o, "shared_memory", look.sharedMemory());
        }
        return o;
    }

    private interface Adder<T> {
        void add(ObjectNode to, T value);
    }

    private static <T> void list(
            ObjectNode o, String key, Reading<List<T>> reading, Adder<T> adder) {
        if (reading.isKnown()) {
            o.putArray(key);
            reading.value().forEach(v -> adder.add(o, v));
        } else {
            unknown(o, key, reading);
        }
    }

    static void put(ObjectNode o, String key, Reading<Double> reading) {
        if (reading.isKnown() && Double.isFinite(reading.value())) {
            double value = reading.value();
            if (value == Math.rint(value) && Math.abs(value) < 1e15) {
                o.put(key, (long) value);
            } else {
                o.put(key, value);
            }
        } else {
            unknown(o, key, reading);
        }
    }

    private static void unknown(ObjectNode o, String key, Reading<?> reading) {
        o.putNull(key);
        o.withObject("unknown").put(key, reading.reason());
    }

    static Measured measured(JsonNode o) {
        double decode = o.path("decode_tokens_per_second").asDouble(0);
        int load = o.path("load").asInt(-1);
        int position = o.path("position").asInt(-1);
        double seconds = o.path("seconds").asDouble(Double.NaN);
        if (!(decode > 0)
                || !Double.isFinite(decode)
                || load < 0
                || position < 1
                || !Double.isFinite(seconds)) {
            throw new IllegalArgumentException("no measurement");
        }
        Map<Sign, Reading<Double>> signs = new EnumMap<>(Sign.class);
        for (Sign sign : Sign.values()) {
            signs.put(sign, number(o, sign.key()));
        }
        Look look =
                new Look(
                        signs,
                        words(o),
                        o.path("runner").isString()
                                ? Reading.known(o.path("runner").asString(""))
                                : Reading.unsupported(why(o, "runner")),
                        o.path("shared_memory").isBoolean()
                                ? Reading.known(o.path("shared_memory").asBoolean(false))
                                : Reading.unsupported(why(o, "shared_memory")),
                        blocks(o));
        return new Measured(
                o.path("at_ms").asLong(0),
                seconds,
                load,
                position,
                decode,
                number(o, "prompt_tokens_per_second"),
                number(o, "load_seconds"),
                look);
    }

    private static Reading<Double> number(JsonNode o, String key) {
        JsonNode value = o.path(key);
        return value.isNumber() && Double.isFinite(value.asDouble())
                ? Reading.known(value.asDouble())
                : Reading.unsupported(why(o, key));
    }

    private static String why(JsonNode o, String key) {
        return o.path("unknown").path(key).asString(NOT_NOTED);
    }

    private static Reading<List<String>> words(JsonNode o) {
        if (!o.path("slowed_by").isArray()) {
            return Reading.unsupported(why(o, "slowed_by"));
        }
        List<String> words = new ArrayList<>();
        o.path("slowed_by").forEach(w -> words.add(w.asString("")));
        return Reading.known(words);
    }

    private static Reading<List<Long>> blocks(JsonNode o) {
        if (!o.path("free_blocks").isArray()) {
            return Reading.unsupported(why(o, "free_blocks"));
        }
        List<Long> blocks = new ArrayList<>();
        o.path("free_blocks").forEach(w -> blocks.add(w.asLong(0)));
        return Reading.known(blocks);
    }
}
