package dev.stoker.machine.wire;

import dev.stoker.base.Reading;
import dev.stoker.base.UserError;
import dev.stoker.http.Endpoint;
import dev.stoker.json.Json;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;
import dev.stoker.server.state.Counter;
import dev.stoker.server.state.Counters;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ServerState;
import dev.stoker.server.state.ToldSettings;
import dev.stoker.server.state.Work;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** The form of an inference server. Pure. */
final class ServerForm {
    private static final String NOT_TOLD = "the sample does not tell it";

    private ServerForm() {}

    static JsonNode write(ServerState state) {
        ObjectNode o = Json.object();
        o.put("url", state.endpoint().url());
        Form.put(o, "identity", state.identity(), ServerForm::identity);
        o.put("time", state.takenAt().toString()).put("nanos", state.nanos());
        o.set("health", health(state.health()));
        Form.putWhole(o, "answer_nanos", state.answerTime().map(Duration::toNanos));
        Form.put(o, "models", state.models(), all -> Form.array(all, ModelForm::write));
        o.set("work", work(state.work()));
        o.set("counters", counters(state.counters()));
        ToldSettings settings = state.settings();
        ObjectNode told = o.putObject("settings");
        Form.putWhole(told, "context_length", settings.contextLength());
        Form.putWhole(told, "slots", settings.slots());
        Form.putWhole(told, "most_models", settings.mostModels());
        Form.putText(told, "build", settings.build());
        return o;
    }

    static ServerState read(JsonNode o) {
        Endpoint endpoint = endpoint(o, "url");
        JsonNode told = o.path("settings");
        return new ServerState(
                endpoint,
                Form.reading(o, "identity", ServerForm::readIdentity),
                Form.time(o, "time"),
                Form.whole(o, "nanos"),
                readHealth(o.path("health")),
                Form.nanos(o, "answer_nanos"),
                Form.reading(o, "models", at -> Form.asList(at, ModelForm::read)),
                readWork(o.path("work")),
                readCounters(o.path("counters")),
                new ToldSettings(
                        Form.wholes(told, "context_length"),
                        Form.wholes(told, "slots"),
                        Form.wholes(told, "most_models"),
                        Form.texts(told, "build")));
    }

    private static Endpoint endpoint(JsonNode o, String name) {
        try {
            return Endpoint.parse(Form.text(o, name));
        } catch (UserError e) {
            throw Form.bad(name, "the URL of a server");
        }
    }

    private static JsonNode identity(ServerIdentity identity) {
        ObjectNode o = Json.object();
        o.put("kind", identity.kind().code());
        Form.putText(o, "version", identity.version());
        o.put("url", identity.endpoint().url());
        identity.simulated()
                .ifPresent(box ->
                        o.putObject("simulated").put("box", box.box()).put("speed", box.speed()));
        return o;
    }

    private static ServerIdentity readIdentity(JsonNode o) {
        return new ServerIdentity(
                Names.read(o, "kind", ServerKind.values(), ServerKind::code),
                Form.texts(o, "version"),
                endpoint(o, "url"),
                Form.optional(
                        o,
                        "simulated",
                        box ->
                                new ServerIdentity.SimulatedBox(
                                        Form.text(box, "box"), Form.number(box, "speed"))));
    }

    private static JsonNode health(Health health) {
        ObjectNode o = Json.object().put("state", health.code());
        return switch (health) {
            case Health.Up _ -> o;
            case Health.Loading(String detail) -> o.put("detail", detail);
            case Health.Unknown(String detail) -> o.put("detail", detail);
            case Health.Down down -> o.set("failure", FailureForm.write(down.failure()));
        };
    }

    private static Health readHealth(JsonNode o) {
        return switch (Form.text(o, "state")) {
            case "up" -> new Health.Up();
            case "loading" -> new Health.Loading(Form.text(o, "detail"));
            case "unknown" -> new Health.Unknown(Form.text(o, "detail"));
            case "down" -> new Health.Down(FailureForm.read(o.path("failure")));
            default -> throw Form.bad("state", "up, loading, unknown or down");
        };
    }

    static JsonNode work(Work work) {
        ObjectNode o = Json.object();
        Form.putWhole(o, "running", work.running());
        Form.putWhole(o, "waiting", work.waiting());
        Form.putWhole(o, "slots", work.slots());
        Form.putWhole(o, "busy_slots", work.busySlots());
        Form.putNumber(o, "kv_cache_used_ratio", work.kvCacheUse());
        return o;
    }

    static Work readWork(JsonNode o) {
        return new Work(
                Form.wholes(o, "running"),
                Form.wholes(o, "waiting"),
                Form.wholes(o, "slots"),
                Form.wholes(o, "busy_slots"),
                Form.numbers(o, "kv_cache_used_ratio"));
    }

    static JsonNode counters(Counters counters) {
        ObjectNode o = Json.object();
        Map<Counter, Reading<Double>> ordered = new EnumMap<>(Counter.class);
        ordered.putAll(counters.values());
        Figures.put(o, ordered, Counter::code);
        counters.life().ifPresent(life -> o.put("life", life));
        return o;
    }

    static Counters readCounters(JsonNode o) {
        Map<Counter, Reading<Double>> values = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            values.put(counter, Reading.unsupported(NOT_TOLD));
        }
        Figures.read(
                o,
                (name, reading) -> {
                    if (reading instanceof Reading.Known<Double>(Double count) && count < 0) {
                        throw Form.bad(name, "a number from 0 on");
                    }
                    Names.find(name, Counter.values(), Counter::code)
                            .ifPresent(counter -> values.put(counter, reading));
                });
        return new Counters(values, Form.optional(o, "life", _ -> Form.text(o, "life")));
    }
}
