package dev.stoker.load;

import dev.stoker.base.Bytes;
import dev.stoker.json.Fields;
import dev.stoker.json.Json;
import dev.stoker.trace.TraceJson;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The journal's form of an event: one JSON object a line. Pure. */
final class LoadEventJson {
    private LoadEventJson() {}

    /** Returns the event's line, with its end. */
    static byte[] line(LoadEvent event) {
        JsonNode tree = Json.tree((JsonGenerator out) -> write(out, event));
        return (Json.write(tree) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static void write(JsonGenerator out, LoadEvent event) {
        out.writeStartObject();
        switch (event) {
            case LoadEvent.StepStarted e -> {
                out.writeStringProperty("type", "step-started");
                out.writeNumberProperty("step", e.step());
                out.writeNumberProperty("started", e.startedEpochMillis());
                out.writeStringProperty("arrivals", e.arrivals());
                out.writeNumberProperty("users", e.users());
                out.writeNumberProperty("per_second", e.perSecond());
                out.writeNumberProperty("lead_nanos", e.lead().toNanos());
                e.duration().ifPresent(d -> out.writeNumberProperty("duration_nanos", d.toNanos()));
                e.requests().ifPresent(n -> out.writeNumberProperty("requests", n));
            }
            case LoadEvent.RequestEnded e -> {
                out.writeStringProperty("type", "request");
                out.writeNumberProperty("step", e.step());
                out.writeNumberProperty("at", e.at());
                out.writeName("trace");
                TraceJson.write(out, e.trace());
            }
            case LoadEvent.ServerSampled e -> {
                out.writeStringProperty("type", "server");
                out.writeNumberProperty("step", e.step());
                out.writeNumberProperty("at", e.at());
                Fields.reading(out, "host_available_bytes", e.hostAvailable(), Bytes::count);
                Fields.reading(out, "server_resident_bytes", e.serverResident(), Bytes::count);
                Fields.reading(out, "server_cpu_nanos", e.serverCpu(), Duration::toNanos);
            }
            case LoadEvent.StepEnded e -> {
                out.writeStringProperty("type", "step-ended");
                out.writeNumberProperty("step", e.step());
                out.writeNumberProperty("window_end", e.windowEnd());
                out.writeStringProperty("why", e.why());
                out.writeName("client");
                client(out, e.client());
            }
        }
        out.writeEndObject();
    }

    static void client(JsonGenerator out, ClientFigures c) {
        out.writeStartObject();
        number(out, "cpu_seconds", c.cpuSeconds());
        out.writeNumberProperty("elapsed_seconds", c.elapsedSeconds());
        number(out, "busy_share", c.busyShare());
        number(out, "lag_p50_ms", c.lagP50Millis());
        number(out, "lag_p99_ms", c.lagP99Millis());
        number(out, "max_lag_ms", c.lagMaxMillis());
        out.writeNumberProperty("gc_pause_ms", c.gcPauseMillis());
        out.writeNumberProperty("late_p99_ms", c.lateP99Millis());
        out.writeNumberProperty("late_max_ms", c.lateMaxMillis());
        out.writeNumberProperty("held", c.held());
        out.writeBooleanProperty("bottleneck", c.bottleneck());
        out.writeArrayPropertyStart("reasons");
        c.reasons().forEach(out::writeString);
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void number(JsonGenerator out, String name, OptionalDouble value) {
        if (value.isPresent()) {
            out.writeNumberProperty(name, value.getAsDouble());
        } else {
            out.writeNullProperty(name);
        }
    }

    /** Reads an event; empty for anything that is none, such as a torn last line. */
    static Optional<LoadEvent> read(JsonNode o) {
        try {
            return Optional.of(event(o));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static LoadEvent event(JsonNode o) {
        int step = Fields.count(o, "step");
        return switch (Fields.text(o, "type")) {
            case "step-started" ->
                    new LoadEvent.StepStarted(
                            step,
                            Fields.integer(o, "started"),
                            Fields.text(o, "arrivals"),
                            Fields.count(o, "users"),
                            Json.number(o, "per_second").orElse(0.0),
                            Duration.ofNanos(Fields.integer(o, "lead_nanos")),
                            Json.integer(o, "duration_nanos").map(Duration::ofNanos),
                            Json.integer(o, "requests")
                                    .map(OptionalLong::of)
                                    .orElse(OptionalLong.empty()));
            case "request" ->
                    new LoadEvent.RequestEnded(
                            step, Fields.integer(o, "at"), TraceJson.read(o.path("trace")));
            case "server" ->
                    new LoadEvent.ServerSampled(
                            step,
                            Fields.integer(o, "at"),
                            Fields.reading(o, "host_available_bytes", Bytes::of),
                            Fields.reading(o, "server_resident_bytes", Bytes::of),
                            Fields.reading(o, "server_cpu_nanos", Duration::ofNanos));
            case "step-ended" ->
                    new LoadEvent.StepEnded(
                            step,
                            Fields.integer(o, "window_end"),
                            Fields.text(o, "why"),
                            client(o.path("client")));
            default -> throw new IllegalArgumentException("unknown event");
        };
    }

    private static ClientFigures client(JsonNode o) {
        List<String> reasons = new ArrayList<>();
        o.path("reasons").forEach(r -> reasons.add(r.isString() ? r.stringValue() : ""));
        return new ClientFigures(
                number(o, "cpu_seconds"),
                number(o, "elapsed_seconds").orElse(0),
                number(o, "busy_share"),
                number(o, "lag_p50_ms"),
                number(o, "lag_p99_ms"),
                number(o, "max_lag_ms"),
                number(o, "gc_pause_ms").orElse(0),
                number(o, "late_p99_ms").orElse(0),
                number(o, "late_max_ms").orElse(0),
                Fields.integer(o, "held"),
                reasons);
    }

    private static OptionalDouble number(JsonNode o, String name) {
        return Json.number(o, name).map(OptionalDouble::of).orElse(OptionalDouble.empty());
    }
}
