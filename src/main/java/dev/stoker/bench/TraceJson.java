package dev.stoker.bench;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;

/**
 * The journal's form of a request trace: every stamp is kept, as nanoseconds after the intended
 * start; chunk stamps as differences to the one before. Pure.
 */
final class TraceJson {
    private TraceJson() {}

    static ObjectNode write(RequestTrace t) {
        ObjectNode o = Json.object();
        o.put("started", t.intendedEpochMillis()).put("connected", t.connectedNanos());
        o.put("sent", t.sentNanos()).put("head", t.headNanos());
        ArrayNode chunks = o.putArray("chunks");
        long last = 0;
        for (long stamp : t.chunkNanos()) {
            chunks.add(stamp - last);
            last = stamp;
        }
        o.put("first_answer", t.firstAnswerNanos())
                .put("end", t.endNanos())
                .put("chars", t.chars());
        ObjectNode s = o.putObject("server");
        ServerTimings v = t.timings();
        EventJson.reading(s, "total_nanos", v.total(), Duration::toNanos);
        EventJson.reading(s, "load_nanos", v.load(), Duration::toNanos);
        EventJson.reading(s, "prompt_tokens", v.promptTokens(), n -> n);
        EventJson.reading(s, "cached_tokens", v.cachedTokens(), n -> n);
        EventJson.reading(s, "prompt_nanos", v.promptTime(), Duration::toNanos);
        EventJson.reading(s, "output_tokens", v.outputTokens(), n -> n);
        EventJson.reading(s, "decode_nanos", v.decodeTime(), Duration::toNanos);
        switch (t.outcome()) {
            case RequestTrace.Outcome.Ok(String reason) -> o.put("ok", true).put("finish", reason);
            case RequestTrace.Outcome.Failed(String kind, String sentence) ->
                    o.put("ok", false).put("failure", kind).put("sentence", sentence);
        }
        return o;
    }

    /**
     * @throws IllegalArgumentException if the node is no trace
     */
    static RequestTrace read(JsonNode o) {
        JsonNode array = o.path("chunks");
        if (!array.isArray()) {
            throw new IllegalArgumentException("no chunks");
        }
        long[] chunks = new long[array.size()];
        long last = 0;
        for (int i = 0; i < chunks.length; i++) {
            if (!array.path(i).isIntegralNumber() || !array.path(i).canConvertToLong()) {
                throw new IllegalArgumentException("a chunk is no number");
            }
            last += array.path(i).longValue();
            chunks[i] = last;
        }
        JsonNode s = o.path("server");
        ServerTimings timings =
                new ServerTimings(
                        duration(s, "total_nanos"),
                        duration(s, "load_nanos"),
                        EventJson.reading(s, "prompt_tokens", n -> n),
                        EventJson.reading(s, "cached_tokens", n -> n),
                        duration(s, "prompt_nanos"),
                        EventJson.reading(s, "output_tokens", n -> n),
                        duration(s, "decode_nanos"));
        RequestTrace.Outcome outcome =
                EventJson.truth(o, "ok")
                        ? new RequestTrace.Outcome.Ok(EventJson.text(o, "finish"))
                        : new RequestTrace.Outcome.Failed(
                                EventJson.text(o, "failure"), EventJson.text(o, "sentence"));
        return new RequestTrace(
                EventJson.integer(o, "started"),
                EventJson.integer(o, "connected"),
                EventJson.integer(o, "sent"),
                EventJson.integer(o, "head"),
                chunks,
                EventJson.integer(o, "first_answer"),
                EventJson.integer(o, "end"),
                EventJson.integer(o, "chars"),
                timings,
                outcome);
    }

    private static Reading<Duration> duration(JsonNode o, String name) {
        return EventJson.reading(o, name, Duration::ofNanos);
    }
}
