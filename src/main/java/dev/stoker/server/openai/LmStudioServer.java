package dev.stoker.server.openai;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.http.SendStamps;
import dev.stoker.json.Json;
import dev.stoker.server.Ability;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.LoadReport;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ModelInfo;
import dev.stoker.server.Patience;
import dev.stoker.server.RunnerOptions;
import dev.stoker.server.ServerConnection;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;
import dev.stoker.server.StreamCall;
import dev.stoker.server.StreamEvents;
import dev.stoker.server.UnloadReport;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * LM Studio: chat in OpenAI's form, models by its own API. Version 0.4 brought loading and
 * unloading by API ({@code /api/v1}); an older one can only be asked what it has. Written from its
 * documentation, not seen live. Thread-safe.
 */
public final class LmStudioServer implements InferenceServer {
    private static final String NOT_TOLD = "LM Studio does not tell it";

    private final ServerIdentity identity;
    private final ServerConnection connection;
    private final OpenAiRequests requests;
    private final boolean current;

    /**
     * @param current whether the server has {@code /api/v1}
     */
    public LmStudioServer(ServerIdentity identity, ServerConnection connection, boolean current) {
        this.identity = identity;
        this.connection = connection;
        this.requests = new OpenAiRequests(ServerKind.LM_STUDIO, connection);
        this.current = current;
    }

    @Override
    public ServerIdentity identity() {
        return identity;
    }

    @Override
    public Clock clock() {
        return connection.clock();
    }

    @Override
    public Set<Ability> abilities() {
        return current
                ? Set.of(
                        Ability.LIST_MODELS,
                        Ability.LIST_LOADED,
                        Ability.LOAD,
                        Ability.UNLOAD,
                        Ability.RUNNER_OPTIONS,
                        Ability.SEED,
                        Ability.STRUCTURED_OUTPUT)
                : Set.of(
                        Ability.LIST_MODELS,
                        Ability.LIST_LOADED,
                        Ability.SEED,
                        Ability.STRUCTURED_OUTPUT);
    }

    @Override
    public void ping() throws ServerException {
        connection.get("/v1/models");
    }

    private List<JsonNode> entries() throws ServerException {
        JsonNode list = connection.get(current ? "/api/v1/models" : "/api/v0/models");
        return list.path(current ? "models" : "data").valueStream().toList();
    }

    private static String key(JsonNode entry) {
        return Json.text(entry, "key").or(() -> Json.text(entry, "id")).orElse("");
    }

    @Override
    public List<ModelInfo> models() throws ServerException {
        return entries().stream().map(LmStudioServer::info).toList();
    }

    private static ModelInfo info(JsonNode e) {
        Set<String> words = new HashSet<>();
        Json.text(e, "type")
                .ifPresent(type ->
                        words.add(type.startsWith("embedding") ? "embedding" : "completion"));
        if (Json.truth(e, "capabilities", "vision").orElse(false)) {
            words.add("vision");
        }
        return new ModelInfo(
                key(e),
                Reading.unsupported(NOT_TOLD),
                Json.reading(e, NOT_TOLD, "size_bytes").map(Bytes::of),
                Json.text(e, "quantization", "name")
                        .or(() -> Json.text(e, "quantization"))
                        .<Reading<String>>map(Reading::known)
                        .orElse(Reading.unsupported(NOT_TOLD)),
                Reading.unsupported(NOT_TOLD),
                Json.text(e, "architecture")
                        .or(() -> Json.text(e, "arch"))
                        .<Reading<String>>map(Reading::known)
                        .orElse(Reading.unsupported(NOT_TOLD)),
                Json.reading(e, NOT_TOLD, "max_context_length"),
                words,
                false);
    }

    @Override
    public List<LoadedModel> loaded() throws ServerException {
        List<LoadedModel> loaded = new ArrayList<>();
        for (JsonNode e : entries()) {
            for (JsonNode instance : e.path("loaded_instances")) {
                loaded.add(
                        inMemory(
                                key(e),
                                Json.reading(instance, NOT_TOLD, "config", "context_length")));
            }
            if (Json.text(e, "state").orElse("").equals("loaded")) {
                loaded.add(inMemory(key(e), Json.reading(e, NOT_TOLD, "loaded_context_length")));
            }
        }
        return loaded;
    }

    private static LoadedModel inMemory(String name, Reading<Long> context) {
        return new LoadedModel(
                name,
                Reading.unsupported(NOT_TOLD),
                Reading.unsupported(NOT_TOLD),
                Reading.unsupported(NOT_TOLD),
                context,
                Reading.unsupported(NOT_TOLD));
    }

    @Override
    public LoadReport load(
            String model, RunnerOptions options, Duration stall, Cancellation cancellation)
            throws ServerException {
        long start = clock().nanos();
        if (!instances(model).isEmpty()) {
            return new LoadReport(
                    Duration.ofNanos(clock().nanos() - start), Reading.unsupported(NOT_TOLD), true);
        }
        requireCurrent("load");
        ObjectNode body = Json.object().put("model", model);
        options.contextLength().ifPresent(n -> body.put("context_length", n));
        for (Map.Entry<String, Object> option : options.extra().entrySet()) {
            body.set(option.getKey(), Json.tree(option.getValue()));
        }
        JsonNode answer = connection.load("/api/v1/models/load", body, model, stall, cancellation);
        Reading<Duration> told =
                Json.number(answer, "load_time_seconds")
                        .filter(s -> s > 0 && s < 1e7)
                        .<Reading<Duration>>map(
                                s -> Reading.known(Duration.ofNanos(Math.round(s * 1e9))))
                        .orElse(Reading.unsupported("the server gave no load time"));
        return new LoadReport(Duration.ofNanos(clock().nanos() - start), told, false);
    }

    @Override
    public UnloadReport unload(String model, Duration wait, Cancellation cancellation)
            throws ServerException {
        requireCurrent("unload");
        Patience patience = new Patience(clock(), wait, cancellation);
        for (String instance : instances(model)) {
            connection.post(
                    "/api/v1/models/unload", Json.object().put("instance_id", instance), model);
        }
        boolean gone = instances(model).isEmpty();
        while (!gone && patience.goOn()) {
            gone = instances(model).isEmpty();
        }
        return new UnloadReport(gone, patience.waited());
    }

    /**
     * Returns what is in memory of a model; the model's own name where an old server does not name
     * instances.
     */
    private List<String> instances(String model) throws ServerException {
        List<String> ids = new ArrayList<>();
        for (JsonNode e : entries()) {
            if (key(e).equals(model)) {
                e.path("loaded_instances").forEach(i -> Json.text(i, "id").ifPresent(ids::add));
                if (Json.text(e, "state").orElse("").equals("loaded")) {
                    ids.add(model);
                }
            }
        }
        return ids;
    }

    private void requireCurrent(String verb) throws ServerException {
        if (!current) {
            throw new ServerException(
                    new ServerFailure.BadRequest(
                            0, "LM Studio before 0.4 can not " + verb + " a model by its API"));
        }
    }

    @Override
    public StreamCall prepare(GenerationRequest request, StreamEvents events) {
        RunnerOptions none = RunnerOptions.defaults();
        return requests.prepare(request.runner(none), events);
    }

    @Override
    public void stream(
            GenerationRequest request,
            SendStamps stamps,
            StreamEvents events,
            Cancellation cancellation) {
        connection.stream(prepare(request, events), stamps, cancellation);
    }
}
