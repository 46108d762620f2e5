package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.bench.BenchEvent.Answered;
import dev.stoker.bench.BenchEvent.Loaded;
import dev.stoker.bench.BenchEvent.MemoryMarked;
import dev.stoker.bench.BenchEvent.MemorySampled;
import dev.stoker.bench.BenchEvent.ModelEnded;
import dev.stoker.bench.BenchEvent.ModelStarted;
import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.bench.BenchEvent.Phase;
import dev.stoker.bench.BenchEvent.RequestEnded;
import dev.stoker.bench.BenchEvent.Restarted;
import dev.stoker.bench.BenchEvent.RunEnded;
import dev.stoker.bench.BenchEvent.RunStarted;
import dev.stoker.bench.BenchEvent.StepFailed;
import dev.stoker.bench.BenchEvent.TaskSkipped;
import dev.stoker.bench.BenchEvent.Unloaded;
import dev.stoker.json.Fields;
import dev.stoker.json.Json;
import dev.stoker.trace.TraceJson;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The journal's form of an event: one JSON object. An unknown figure is an object with its reason,
 * so that nothing unknown can be read back as zero. Pure.
 */
final class EventJson {
    private EventJson() {}

    static ObjectNode write(BenchEvent event) {
        ObjectNode o = Json.object();
        o.put("type", type(event)).put("at", event.at());
        switch (event) {
            case RunStarted e -> o.put("resumed", e.resumed());
            case ModelStarted e -> o.put("model", e.model()).put("attempt", e.attempt());
            case Restarted e -> {
                o.put("model", e.model()).put("means", e.means()).put("ok", e.ok());
                o.put("nanos", e.time().toNanos()).put("detail", e.detail());
            }
            case Loaded e -> {
                o.put("model", e.model()).put("client_nanos", e.clientTime().toNanos());
                Fields.reading(o, "server_nanos", e.serverTime(), Duration::toNanos);
                o.put("already_loaded", e.alreadyLoaded());
            }
            case MemoryMarked e -> {
                o.put("model", e.model()).put("phase", lower(e.phase()));
                mark(o, e.mark());
            }
            case MemorySampled e -> {
                Fields.reading(o, "host_available_bytes", e.hostAvailable(), Bytes::count);
                Fields.reading(o, "server_resident_bytes", e.serverResident(), Bytes::count);
            }
            case RequestEnded e -> {
                o.put("model", e.model()).put("prompt", e.prompt()).put("iteration", e.iteration());
                o.put("alone", e.alone());
                o.set("trace", TraceJson.tree(e.trace()));
            }
            case Answered e -> {
                o.put("model", e.model()).put("prompt", e.prompt()).put("iteration", e.iteration());
                o.put("text", e.text());
                o.set("verdicts", VerdictJson.write(e.verdicts()));
                o.set("circumstances", CircumstancesJson.write(e.circumstances()));
            }
            case TaskSkipped e -> {
                o.put("model", e.model()).put("task", e.task()).put("reason", e.reason());
            }
            case StepFailed e -> {
                o.put("model", e.model()).put("step", e.step());
                o.put("code", e.code()).put("sentence", e.sentence());
            }
            case Unloaded e -> {
                o.put("model", e.model()).put("gone", e.gone()).put("nanos", e.time().toNanos());
                Fields.reading(o, "retained_bytes", e.retained(), Bytes::count);
            }
            case ModelEnded e -> {
                o.put("model", e.model()).put("outcome", lower(e.outcome()));
                o.put("reason", e.reason());
            }
            case RunEnded e -> {
                o.put("interrupted", e.interrupted()).put("nanos", e.time().toNanos());
            }
        }
        return o;
    }

    /** Reads an event; empty for anything that is none, such as a torn last line. */
    static Optional<BenchEvent> read(JsonNode o) {
        try {
            return Optional.of(event(o));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static BenchEvent event(JsonNode o) {
        long at = Fields.integer(o, "at");
        String type = Fields.text(o, "type");
        return switch (type) {
            case "run-started" -> new RunStarted(at, Fields.truth(o, "resumed"));
            case "model-started" ->
                    new ModelStarted(at, Fields.text(o, "model"), Fields.count(o, "attempt"));
            case "restarted" ->
                    new Restarted(
                            at,
                            Fields.text(o, "model"),
                            Fields.text(o, "means"),
                            Fields.truth(o, "ok"),
                            nanos(o, "nanos"),
                            Fields.text(o, "detail"));
            case "loaded" ->
                    new Loaded(
                            at,
                            Fields.text(o, "model"),
                            nanos(o, "client_nanos"),
                            Fields.reading(o, "server_nanos", Duration::ofNanos),
                            Fields.truth(o, "already_loaded"));
            case "memory" -> new MemoryMarked(at, Fields.text(o, "model"), phase(o), mark(o));
            case "memory-sample" ->
                    new MemorySampled(
                            at,
                            Fields.reading(o, "host_available_bytes", Bytes::of),
                            Fields.reading(o, "server_resident_bytes", Bytes::of));
            case "request" ->
                    new RequestEnded(
                            at,
                            Fields.text(o, "model"),
                            Fields.text(o, "prompt"),
                            Fields.count(o, "iteration"),
                            Fields.truth(o, "alone"),
                            TraceJson.read(o.path("trace")));
            case "answered" ->
                    new Answered(
                            at,
                            Fields.text(o, "model"),
                            Fields.text(o, "prompt"),
                            Fields.count(o, "iteration"),
                            Fields.text(o, "text"),
                            VerdictJson.read(o.path("verdicts")),
                            CircumstancesJson.read(o.path("circumstances")));
            case "task-skipped" ->
                    new TaskSkipped(
                            at,
                            Fields.text(o, "model"),
                            Fields.text(o, "task"),
                            Fields.text(o, "reason"));
            case "step-failed" ->
                    new StepFailed(
                            at,
                            Fields.text(o, "model"),
                            Fields.text(o, "step"),
                            Fields.text(o, "code"),
                            Fields.text(o, "sentence"));
            case "unloaded" ->
                    new Unloaded(
                            at,
                            Fields.text(o, "model"),
                            Fields.truth(o, "gone"),
                            nanos(o, "nanos"),
                            Fields.reading(o, "retained_bytes", Bytes::of));
            case "model-ended" ->
                    new ModelEnded(
                            at,
                            Fields.text(o, "model"),
                            Outcome.valueOf(Fields.text(o, "outcome").toUpperCase(Locale.ROOT)),
                            Fields.text(o, "reason"));
            case "run-ended" -> new RunEnded(at, Fields.truth(o, "interrupted"), nanos(o, "nanos"));
            default -> throw new IllegalArgumentException("unknown event " + type);
        };
    }

    private static String type(BenchEvent event) {
        return switch (event) {
            case RunStarted e -> "run-started";
            case ModelStarted e -> "model-started";
            case Restarted e -> "restarted";
            case Loaded e -> "loaded";
            case MemoryMarked e -> "memory";
            case MemorySampled e -> "memory-sample";
            case RequestEnded e -> "request";
            case Answered e -> "answered";
            case TaskSkipped e -> "task-skipped";
            case StepFailed e -> "step-failed";
            case Unloaded e -> "unloaded";
            case ModelEnded e -> "model-ended";
            case RunEnded e -> "run-ended";
        };
    }

    private static void mark(ObjectNode o, MemoryMark m) {
        Fields.reading(o, "host_available_bytes", m.hostAvailable(), Bytes::count);
        Fields.reading(o, "server_resident_bytes", m.serverResident(), Bytes::count);
        Fields.reading(o, "cgroup_bytes", m.cgroup(), Bytes::count);
        Fields.reading(o, "model_bytes", m.modelTotal(), Bytes::count);
        Fields.reading(o, "model_on_gpu_bytes", m.modelOnGpu(), Bytes::count);
    }

    private static MemoryMark mark(JsonNode o) {
        return new MemoryMark(
                Fields.reading(o, "host_available_bytes", Bytes::of),
                Fields.reading(o, "server_resident_bytes", Bytes::of),
                Fields.reading(o, "cgroup_bytes", Bytes::of),
                Fields.reading(o, "model_bytes", Bytes::of),
                Fields.reading(o, "model_on_gpu_bytes", Bytes::of));
    }

    private static Phase phase(JsonNode o) {
        return Phase.valueOf(Fields.text(o, "phase").toUpperCase(Locale.ROOT));
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static Duration nanos(JsonNode o, String name) {
        return Duration.ofNanos(Fields.integer(o, name));
    }
}
