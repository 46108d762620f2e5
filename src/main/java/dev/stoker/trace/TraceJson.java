package dev.stoker.trace;

import dev.stoker.base.Reading;
import dev.stoker.json.Fields;
import dev.stoker.json.Json;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

import java.time.Duration;

/**
 * The journals' form of a request trace: every stamp is kept, as nanoseconds after the intended
 * start; chunk stamps as differences to the one before. Written number by number, as a load test
 * writes ten thousands of them a second. Pure.
 */
public final class TraceJson {
    private TraceJson() {}

    /** Returns the trace as a tree. */
    public static JsonNode tree(RequestTrace trace) {
        return Json.tree(out -> write(out, trace));
    }

    /** Writes the trace as one object. */
    public static void write(JsonGenerator out, RequestTrace t) {
        out.writeStartObject();
        out.writeNumberProperty("started", t.intendedEpochMillis());
        out.writeNumberProperty("connected", t.connectedNanos());
        out.writeNumberProperty("sent", t.sentNanos());
        out.writeNumberProperty("head", t.headNanos());
        out.writeArrayPropertyStart("chunks");
        long last = 0;
        for (long stamp : t.chunkNanos()) {
            out.writeNumber(stamp - last);
            last = stamp;
        }
        out.writeEndArray();
        out.writeNumberProperty("first_answer", t.firstAnswerNanos());
        out.writeNumberProperty("end", t.endNanos());
        out.writeNumberProperty("chars", t.chars());
        timings(out, t.timings());
        switch (t.outcome()) {
            case RequestTrace.Outcome.Ok(String reason) -> {
                out.writeBooleanProperty("ok", true);
                out.writeStringProperty("finish", reason);
            }
            case RequestTrace.Outcome.Failed(String kind, String sentence) -> {
                out.writeBooleanProperty("ok", false);
                out.writeStringProperty("failure", kind);
                out.writeStringProperty("sentence", sentence);
            }
        }
        out.writeEndObject();
    }

    private static void timings(JsonGenerator out, ServerTimings t) {
        out.writeObjectPropertyStart("server");
        Fields.reading(out, "total_nanos", t.total(), Duration::toNanos);
        Fields.reading(out, "load_nanos", t.load(), Duration::toNanos);
        Fields.reading(out, "prompt_tokens", t.promptTokens(), n -> n);
        Fields.reading(out, "cached_tokens", t.cachedTokens(), n -> n);
        Fields.reading(out, "prompt_nanos", t.promptTime(), Duration::toNanos);
        Fields.reading(out, "output_tokens", t.outputTokens(), n -> n);
        Fields.reading(out, "decode_nanos", t.decodeTime(), Duration::toNanos);
        out.writeEndObject();
    }

    /**
     * @throws IllegalArgumentException if the node is no trace
     */
    public static RequestTrace read(JsonNode o) {
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
                        Fields.reading(s, "prompt_tokens", n -> n),
                        Fields.reading(s, "cached_tokens", n -> n),
                        duration(s, "prompt_nanos"),
                        Fields.reading(s, "output_tokens", n -> n),
                        duration(s, "decode_nanos"));
        RequestTrace.Outcome outcome =
                Fields.truth(o, "ok")
                        ? new RequestTrace.Outcome.Ok(Fields.text(o, "finish"))
                        : new RequestTrace.Outcome.Failed(
                                Fields.text(o, "failure"), Fields.text(o, "sentence"));
        return new RequestTrace(
                Fields.integer(o, "started"),
                Fields.integer(o, "connected"),
                Fields.integer(o, "sent"),
                Fields.integer(o, "head"),
                chunks,
                Fields.integer(o, "first_answer"),
                Fields.integer(o, "end"),
                Fields.integer(o, "chars"),
                timings,
                outcome);
    }

    private static Reading<Duration> duration(JsonNode o, String name) {
        return Fields.reading(o, name, Duration::ofNanos);
    }
}
