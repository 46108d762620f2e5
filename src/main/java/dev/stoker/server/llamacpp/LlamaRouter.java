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

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * llama-server in router mode: it starts one llama-server a model. Loading and unloading are
 * asynchronous and answered with success even where they will fail, so both are followed in {@code
 * /models}. No other question is asked: those that name a model would load it. Seen on b10434.
 * Thread-safe.
 */
public final class LlamaRouter implements InferenceServer {
    private static final Set<Ability> ABILITIES =
            Set.of(
                    Ability.LIST_MODELS,
                    Ability.LIST_LOADED,
                    Ability.LOAD,
                    Ability.UNLOAD,
                    Ability.TIMINGS,
                    Ability.CACHED_TOKENS,
                    Ability.CACHE_OFF,
                    Ability.SEED,
                    Ability.IGNORE_EOS,
                    Ability.STRUCTURED_OUTPUT);

    /**
     * A router that was asked to load says "loading" at once; this is for one that is slow to say
     * so.
     */
    private static final Duration LONGEST_WAIT_FOR_START = Duration.ofSeconds(5);

    private final ServerIdentity identity;
    private final ServerConnection connection;
    private final OpenAiRequests requests;

    public LlamaRouter(ServerIdentity identity, ServerConnection connection) {
        this.identity = identity;
        this.connection = connection;
        this.requests = new OpenAiRequests(ServerKind.LLAMA_ROUTER, connection);
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
        return entries().stream().map(e -> LlamaModels.info(e, Set.of())).toList();
    }

    @Override
    public List<LoadedModel> loaded() throws ServerException {
        return entries().stream()
                .filter(e -> status(e).equals("loaded"))
                .map(LlamaModels::loaded)
                .toList();
    }

    private List<JsonNode> entries() throws ServerException {
        return connection.get("/models").path("data").valueStream().toList();
    }

    private JsonNode entry(String model) throws ServerException {
        Optional<JsonNode> found =
                entries().stream().filter(e -> LlamaModels.isNamed(e, model)).findFirst();
        return found.orElseThrow(() ->
                new ServerException(
                        new ServerFailure.ModelMissing(model, "the router does not list it")));
    }

    private static String status(JsonNode entry) {
        return Json.text(entry, "status", "value").orElse("");
    }

    @Override
    public LoadReport load(
            String model, RunnerOptions options, Duration stall, Cancellation cancellation)
            throws ServerException {
        boolean before = status(entry(model)).equals("loaded");
        Patience patience = new Patience(clock(), stall, cancellation);
        if (!before) {
            command("/models/load", model, "already running");
            awaitLoaded(model, patience);
        }
        return new LoadReport(
                patience.waited(),
                Reading.unsupported("the router does not tell how long a load took"),
                before);
    }

    private void awaitLoaded(String model, Patience patience) throws ServerException {
        boolean started = false;
        while (true) {
            JsonNode entry = entry(model);
            switch (status(entry)) {
                case "loaded" -> {
                    return;
                }
                case "unloaded" -> {
                    boolean failed = Json.truth(entry, "status", "failed").orElse(false);
                    if ((failed && started)
                            || patience.waited().compareTo(longestWaitForStart()) > 0) {
                        throw new ServerException(new ServerFailure.LoadFailed(model, why(entry)));
                    }
                }
                default -> started = true;
            }
            if (!patience.goOn()) {
                throw new ServerException(
                        new ServerFailure.Stalled(
                                patience.waited(), "while the model was loading"));
            }
        }
    }

    /** Starting a process takes the machine's own time, also where the clock runs fast. */
    private Duration longestWaitForStart() {
        return LONGEST_WAIT_FOR_START.multipliedBy((long) Math.ceil(clock().speed()));
    }

    private static String why(JsonNode entry) {
        return Json.integer(entry, "status", "exit_code")
                .map(code ->
                        "its llama-server ended with exit code "
                                + code
                                + "; the router's log tells why")
                .orElse("its llama-server ended; the router's log tells why");
    }

    @Override
    public UnloadReport unload(String model, Duration wait, Cancellation cancellation)
            throws ServerException {
        Patience patience = new Patience(clock(), wait, cancellation);
        command("/models/unload", model, "not running");
        boolean gone = status(entry(model)).equals("unloaded");
        while (!gone && patience.goOn()) {
            gone = status(entry(model)).equals("unloaded");
        }
        return new UnloadReport(gone, patience.waited());
    }

    /** Sends a command; the refusal that says that it is done already counts as done. */
    private void command(String path, String model, String done) throws ServerException {
        try {
            connection.post(path, Json.object().put("model", model), model);
        } catch (ServerException e) {
            if (!(e.failure() instanceof ServerFailure.BadRequest(int _, String detail))
                    || !detail.contains(done)) {
                throw e;
            }
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
