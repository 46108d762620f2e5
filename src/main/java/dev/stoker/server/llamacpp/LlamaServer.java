package dev.stoker.server.llamacpp;

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
import dev.stoker.server.openai.OpenAiRequests;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * llama-server with one model. The model is there from start to end, except while it starts (503)
 * or sleeps. Never asks for {@code /metrics} or {@code /slots}: both can wake a sleeping model, and
 * the first resets its own gauges. Seen on b10434. Thread-safe.
 */
public final class LlamaServer implements InferenceServer {
    private static final Set<Ability> ABILITIES =
            Set.of(
                    Ability.LIST_MODELS,
                    Ability.LIST_LOADED,
                    Ability.TIMINGS,
                    Ability.CACHED_TOKENS,
                    Ability.CACHE_OFF,
                    Ability.SEED,
                    Ability.IGNORE_EOS,
                    Ability.STRUCTURED_OUTPUT,
                    Ability.TOKENIZE);

    private final ServerIdentity identity;
    private final ServerConnection connection;
    private final OpenAiRequests requests;

    public LlamaServer(ServerIdentity identity, ServerConnection connection) {
        this.identity = identity;
        this.connection = connection;
        this.requests = new OpenAiRequests(ServerKind.LLAMA_SERVER, connection);
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
        return ABILITIES;
    }

    @Override
    public void ping() throws ServerException {
        connection.get("/health");
    }

    @Override
    public List<ModelInfo> models() throws ServerException {
        JsonNode list = connection.get("/v1/models");
        Set<String> words = new HashSet<>();
        for (JsonNode model : list.path("models")) {
            for (JsonNode word : model.path("capabilities")) {
                if (word.isString()) {
                    words.add(
                            word.stringValue().equals("multimodal")
                                    ? "vision"
                                    : word.stringValue());
                }
            }
        }
        return list.path("data").valueStream().map(e -> LlamaModels.info(e, words)).toList();
    }

    @Override
    public List<LoadedModel> loaded() throws ServerException {
        if (isSleeping()) {
            return List.of();
        }
        return connection
                .get("/v1/models")
                .path("data")
                .valueStream()
                .map(LlamaModels::loaded)
                .toList();
    }

    private boolean isSleeping() throws ServerException {
        return Json.truth(connection.get("/props"), "is_sleeping").orElse(false);
    }

    /** Waits while the server is still loading its model, and wakes it if it sleeps. */
    @Override
    public LoadReport load(
            String model, RunnerOptions options, Duration stall, Cancellation cancellation)
            throws ServerException {
        Patience patience = new Patience(clock(), stall, cancellation);
        boolean waited = false;
        while (isStarting()) {
            waited = true;
            if (!patience.goOn()) {
                throw new ServerException(
                        new ServerFailure.Stalled(
                                patience.waited(), "while the model was loading"));
            }
        }
        JsonNode data = connection.get("/v1/models").path("data");
        if (data.valueStream().noneMatch(e -> LlamaModels.isNamed(e, model))) {
            String served = String.join(", ", data.valueStream().map(LlamaModels::id).toList());
            throw new ServerException(
                    new ServerFailure.ModelMissing(model, "this llama-server serves " + served));
        }
        boolean asleep = isSleeping();
        if (asleep) {
            wake(model, stall, cancellation);
        }
        return new LoadReport(
                patience.waited(),
                Reading.unsupported("llama-server does not tell how long a load took"),
                !asleep && !waited);
    }

    private boolean isStarting() throws ServerException {
        try {
            ping();
            return false;
        } catch (ServerException e) {
            if (e.failure() instanceof ServerFailure.Busy) {
                return true;
            }
            throw e;
        }
    }

    /** Any task wakes the model; this is the smallest that every build knows. */
    private void wake(String model, Duration stall, Cancellation cancellation)
            throws ServerException {
        connection.load(
                "/completion",
                Json.object()
                        .put("prompt", "a")
                        .put("n_predict", 1)
                        .put("cache_prompt", false)
                        .put("stream", false),
                model,
                stall,
                cancellation);
    }

    @Override
    public UnloadReport unload(String model, Duration wait, Cancellation cancellation)
            throws ServerException {
        throw new ServerException(
                new ServerFailure.BadRequest(
                        0, "llama-server with one model keeps it until the server is stopped"));
    }

    @Override
    public Reading<Long> requestsInProgress() {
        try {
            JsonNode slots = connection.get("/slots");
            return slots.isArray()
                    ? Reading.known(
                            slots.valueStream()
                                    .filter(s -> Json.truth(s, "is_processing").orElse(false))
                                    .count())
                    : Reading.failed("this build does not show its slots");
        } catch (ServerException e) {
            return Reading.failed(e.failure().sentence());
        }
    }

    /** By its template and its tokenizer; neither touches the model's context. */
    @Override
    public Reading<Long> countPromptTokens(GenerationRequest request) {
        ObjectNode conversation = Json.object();
        OpenAiRequests.messages(request, conversation.putArray("messages"));
        try {
            String prompt =
                    Json.text(connection.post("/apply-template", conversation, ""), "prompt")
                            .orElse("");
            JsonNode tokens =
                    connection
                            .post(
                                    "/tokenize",
                                    Json.object()
                                            .put("content", prompt)
                                            .put("add_special", true)
                                            .put("parse_special", true),
                                    "")
                            .path("tokens");
            return prompt.isEmpty() || !tokens.isArray()
                    ? Reading.failed("this build does not count tokens")
                    : Reading.known((long) tokens.size());
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

    /**
     * Reads {@code build_info} of {@code /props}. A distribution may write b1 there: it is a label,
     * not a number.
     */
    public static Reading<String> version(Optional<JsonNode> props) {
        return props.flatMap(p -> Json.text(p, "build_info"))
                .<Reading<String>>map(Reading::known)
                .orElse(
                        Reading.failed(
                                "the server does not tell its build while it loads a model"));
    }
}
