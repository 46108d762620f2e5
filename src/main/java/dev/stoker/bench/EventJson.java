package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.bench.BenchEvent.Loaded;
import dev.stoker.bench.BenchEvent.MemoryMarked;
import dev.stoker.bench.BenchEvent.ModelEnded;
import dev.stoker.bench.BenchEvent.ModelStarted;
import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.bench.BenchEvent.Phase;
import dev.stoker.bench.BenchEvent.RequestEnded;
import dev.stoker.bench.BenchEvent.Restarted;
import dev.stoker.bench.BenchEvent.RunEnded;
import dev.stoker.bench.BenchEvent.RunStarted;
import dev.stoker.bench.BenchEvent.StepFailed;
import dev.stoker.bench.BenchEvent.Unloaded;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

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
                reading(o, "server_nanos", e.serverTime(), Duration::toNanos);
                o.put("already_loaded", e.alreadyLoaded());
            }
            case MemoryMarked e -> {
                o.put("model", e.model()).put("phase", lower(e.phase()));
                mark(o, e.mark());
            }
            case RequestEnded e -> {
                o.put("model", e.model()).put("prompt", e.prompt()).put("iteration", e.iteration());
                o.put("alone", e.alone());
                o.set("trace", TraceJson.write(e.trace()));
            }
            case StepFailed e -> {
                o.put("model", e.model()).put("step", e.step());
                o.put("code", e.code()).put("sentence", e.sentence());
            }
            case Unloaded e -> {
                o.put("model", e.model()).put("gone", e.gone()).put("nanos", e.time().toNanos());
                reading(o, "retained_bytes", e.retained(), Bytes::count);
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
        long at = integer(o, "at");
        String type = text(o, "type");
        return switch (type) {
            case "run-started" -> new RunStarted(at, truth(o, "resumed"));
            case "model-started" -> new ModelStarted(at, text(o, "model"), count(o, "attempt"));
            case "restarted" ->
                    new Restarted(
                            at,
                            text(o, "model"),
                            text(o, "means"),
                            truth(o, "ok"),
                            nanos(o, "nanos"),
                            text(o, "detail"));
            case "loaded" ->
                    new Loaded(
                            at,
                            text(o, "model"),
                            nanos(o, "client_nanos"),
                            reading(o, "server_nanos", Duration::ofNanos),
                            truth(o, "already_loaded"));
            case "memory" -> new MemoryMarked(at, text(o, "model"), phase(o), mark(o));
            case "request" ->
                    new RequestEnded(
                            at,
                            text(o, "model"),
                            text(o, "prompt"),
                            count(o, "iteration"),
                            truth(o, "alone"),
                            TraceJson.read(o.path("trace")));
            case "step-failed" ->
                    new StepFailed(
                            at,
                            text(o, "model"),
                            text(o, "step"),
                            text(o, "code"),
                            text(o, "sentence"));
            case "unloaded" ->
                    new Unloaded(
                            at,
                            text(o, "model"),
                            truth(o, "gone"),
                            nanos(o, "nanos"),
                            reading(o, "retained_bytes", Bytes::of));
            case "model-ended" ->
                    new ModelEnded(
                            at,
                            text(o, "model"),
                            Outcome.valueOf(text(o, "outcome").toUpperCase(Locale.ROOT)),
                            text(o, "reason"));
            case "run-ended" -> new RunEnded(at, truth(o, "interrupted"), nanos(o, "nanos"));
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
            case RequestEnded e -> "request";
            case StepFailed e -> "step-failed";
            case Unloaded e -> "unloaded";
            case ModelEnded e -> "model-ended";
            case RunEnded e -> "run-ended";
        };
    }

    private static void mark(ObjectNode o, MemoryMark m) {
        reading(o, "host_available_bytes", m.hostAvailable(), Bytes::count);
        reading(o, "server_resident_bytes", m.serverResident(), Bytes::count);
        reading(o, "cgroup_bytes", m.cgroup(), Bytes::count);
        reading(o, "model_bytes", m.modelTotal(), Bytes::count);
        reading(o, "model_on_gpu_bytes", m.modelOnGpu(), Bytes::count);
    }

    private static MemoryMark mark(JsonNode o) {
        return new MemoryMark(
                reading(o, "host_available_bytes", Bytes::of),
                reading(o, "server_resident_bytes", Bytes::of),
                reading(o, "cgroup_bytes", Bytes::of),
                reading(o, "model_bytes", Bytes::of),
                reading(o, "model_on_gpu_bytes", Bytes::of));
    }

    private static Phase phase(JsonNode o) {
        return Phase.valueOf(text(o, "phase").toUpperCase(Locale.ROOT));
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static <T> void reading(ObjectNode o, String name, Reading<T> r, Function<T, Long> number) {
        switch (r) {
            case Reading.Known<T>(T value) -> o.put(name, number.apply(value));
            case Reading.Unsupported<T>(String why) -> o.putObject(name).put("unsupported", why);
            case Reading.Failed<T>(String why) -> o.putObject(name).put("failed", why);
        }
    }

    static <T> Reading<T> reading(JsonNode o, String name, Function<Long, T> value) {
        JsonNode at = o.path(name);
        if (at.isIntegralNumber() && at.canConvertToLong()) {
            return Reading.known(value.apply(at.longValue()));
        }
        if (at.has("failed")) {
            return Reading.failed(text(at, "failed"));
        }
        return Reading.unsupported(text(at, "unsupported"));
    }

    static String text(JsonNode o, String name) {
        return Json.text(o, name).orElseThrow(() -> new IllegalArgumentException("no " + name));
    }

    static long integer(JsonNode o, String name) {
        return Json.integer(o, name).orElseThrow(() -> new IllegalArgumentException("no " + name));
    }

    /** Returns a number that counts something: from 0, and small enough to be one. */
    static int count(JsonNode o, String name) {
        long n = integer(o, name);
        if (n < 0 || n > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("no count: " + name);
        }
        return (int) n;
    }

    static boolean truth(JsonNode o, String name) {
        return Json.truth(o, name).orElseThrow(() -> new IllegalArgumentException("no " + name));
    }

    private static Duration nanos(JsonNode o, String name) {
        return Duration.ofNanos(integer(o, name));
    }
}
