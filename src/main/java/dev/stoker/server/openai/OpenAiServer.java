package dev.stoker.server.openai;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.http.ExchangeEnd;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.SendStamps;
import dev.stoker.json.Json;
import dev.stoker.server.Ability;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.LoadReport;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ModelInfo;
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
import java.util.List;
import java.util.Set;

/**
 * vLLM, SGLang, TGI, and whatever else speaks OpenAI's form and has its models in memory from start
 * to end. Thread-safe.
 */
public final class OpenAiServer implements InferenceServer {
    private static final Set<Ability> ABILITIES =
            Set.of(Ability.LIST_MODELS, Ability.LIST_LOADED, Ability.SEED);
    private static final Set<Ability> WITH_IGNORE_EOS =
            Set.of(
                    Ability.LIST_MODELS,
                    Ability.LIST_LOADED,
                    Ability.SEED,
                    Ability.IGNORE_EOS,
                    Ability.STRUCTURED_OUTPUT);
    private static final String NOT_TOLD = "the server does not tell it";

    private final ServerIdentity identity;
    private final ServerConnection connection;
    private final OpenAiRequests requests;
    private final VllmSleep sleep;

    public OpenAiServer(ServerIdentity identity, ServerConnection connection) {
        this.identity = identity;
        this.connection = connection;
        this.requests = new OpenAiRequests(identity.kind(), connection);
        this.sleep = new VllmSleep(connection);
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
        return identity.kind() == ServerKind.VLLM || identity.kind() == ServerKind.SGLANG
                ? WITH_IGNORE_EOS
                : ABILITIES;
    }

    /**
     * Asks {@code /health} where there is one: it knows whether the engine lives; else for the list
     * of models.
     */
    @Override
    public void ping() throws ServerException {
        HttpAnswer health = connection.ask(HttpRequest.get("/health"));
        if (!(health.end() instanceof ExchangeEnd.Complete)) {
            throw new ServerException(connection.failures().ofEnd(health.end()));
        }
        if (health.isSuccess()) {
            return;
        }
        if (health.status() == 503) {
            throw new ServerException(
                    connection.failures().ofStatus(503, health.text(), "", false));
        }
        connection.get("/v1/models");
    }

    @Override
    public List<ModelInfo> models() throws ServerException {
        return served(connection).stream().map(OpenAiServer::info).toList();
    }

    @Override
    public List<LoadedModel> loaded() throws ServerException {
        return served(connection).stream().map(OpenAiServer::inMemory).toList();
    }

    static List<JsonNode> served(ServerConnection connection) throws ServerException {
        return connection
                .get("/v1/models")
                .path("data")
                .valueStream()
                .filter(e -> !id(e).isEmpty())
                .toList();
    }

    static String id(JsonNode entry) {
        return Json.text(entry, "id").orElse("");
    }

    static ModelInfo info(JsonNode entry) {
        return new ModelInfo(
                id(entry),
                Reading.unsupported(NOT_TOLD),
                Reading.unsupported(NOT_TOLD),
                Reading.unsupported(NOT_TOLD),
                Reading.unsupported(NOT_TOLD),
                Reading.unsupported(NOT_TOLD),
                Reading.unsupported(NOT_TOLD),
                Set.of(),
                false);
    }

    static LoadedModel inMemory(JsonNode entry) {
        return new LoadedModel(
                id(entry),
                Reading.unsupported(NOT_TOLD),
                Reading.unsupported(NOT_TOLD),
                Reading.unsupported(NOT_TOLD),
                Json.reading(entry, NOT_TOLD, "max_model_len"),
                Reading.unsupported(NOT_TOLD));
    }

    /** Finds that the model is there: these servers load at their start only. */
    @Override
    public LoadReport load(
            String model, RunnerOptions options, Duration stall, Cancellation cancellation)
            throws ServerException {
        long start = clock().nanos();
        List<String> names = served(connection).stream().map(OpenAiServer::id).toList();
        if (!names.contains(model)) {
            throw new ServerException(
                    new ServerFailure.ModelMissing(
                            model, "this server serves " + String.join(", ", names)));
        }
        boolean woken =
                identity.kind() == ServerKind.VLLM && sleep.wake(model, stall, cancellation);
        return new LoadReport(
                Duration.ofNanos(clock().nanos() - start),
                Reading.unsupported("the model was loaded when the server started"),
                !woken);
    }

    @Override
    public boolean canSleep() {
        return identity.kind() == ServerKind.VLLM && sleep.isSleeping().isKnown();
    }

    @Override
    public UnloadReport unload(String model, Duration wait, Cancellation cancellation)
            throws ServerException {
        if (canSleep()) {
            return sleep.sleep(model, wait, cancellation);
        }
        throw new ServerException(
                new ServerFailure.BadRequest(
                        0,
                        identity.kind().title() + " keeps its model until the server is stopped"));
    }

    /** vLLM has a tokenizer to ask; the others have not. */
    @Override
    public Reading<Long> countPromptTokens(GenerationRequest request) {
        if (identity.kind() != ServerKind.VLLM) {
            return Reading.unsupported("the server has no tokenizer to ask");
        }
        ObjectNode body = Json.object().put("model", request.model());
        OpenAiRequests.messages(request, body.putArray("messages"));
        try {
            return Json.reading(
                    connection.post("/tokenize", body, request.model()),
                    "this build does not count tokens",
                    "count");
        } catch (ServerException e) {
            return Reading.failed(e.failure().sentence());
        }
    }

    @Override
    public StreamCall prepare(GenerationRequest request, StreamEvents events) {
        return requests.prepare(request, events);
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
