package dev.stoker.server.ollama;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.SendStamps;
import dev.stoker.json.Json;
import dev.stoker.json.LineShapes;
import dev.stoker.server.Ability;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.LoadReport;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ModelInfo;
import dev.stoker.server.Patience;
import dev.stoker.server.RequestForms;
import dev.stoker.server.RunnerOptions;
import dev.stoker.server.ServerConnection;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.StreamCall;
import dev.stoker.server.StreamEvents;
import dev.stoker.server.UnloadReport;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Ollama by its own API, of both generations: with runners of its own (before 0.30) and with
 * llama-server as runner (since). The API is the same; only figures and error texts differ. Seen on
 * 0.33. Thread-safe.
 *
 * <p>What {@link #loaded} tells is Ollama's book-keeping: a model whose runner died stays in it
 * until the next request.
 */
public final class OllamaServer implements InferenceServer {
    private static final Set<Ability> ABILITIES =
            Set.of(
                    Ability.LIST_MODELS,
                    Ability.LIST_LOADED,
                    Ability.LOAD,
                    Ability.UNLOAD,
                    Ability.RUNNER_OPTIONS,
                    Ability.TIMINGS,
                    Ability.SEED,
                    Ability.STRUCTURED_OUTPUT);

    private final ServerIdentity identity;
    private final ServerConnection connection;
    private final LineShapes shapes = new LineShapes();
    private final RequestForms forms = new RequestForms(this::write);

    public OllamaServer(ServerIdentity identity, ServerConnection connection) {
        this.identity = identity;
        this.connection = connection;
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
        connection.get("/api/version");
    }

    @Override
    public List<ModelInfo> models() throws ServerException {
        return OllamaModels.entries(connection.get("/api/tags")).stream()
                .filter(node -> !OllamaModels.name(node).isEmpty())
                .map(node ->
                        OllamaModels.tag(
                                node, node.has("capabilities") ? Optional.empty() : show(node)))
                .toList();
    }

    private Optional<JsonNode> show(JsonNode tag) {
        String name = OllamaModels.name(tag);
        try {
            return Optional.of(
                    connection.post("/api/show", Json.object().put("model", name), name));
        } catch (ServerException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<LoadedModel> loaded() throws ServerException {
        return OllamaModels.entries(connection.get("/api/ps")).stream()
                .map(OllamaModels::running)
                .toList();
    }

    @Override
    public LoadReport load(
            String model, RunnerOptions options, Duration stall, Cancellation cancellation)
            throws ServerException {
        boolean before = isListed(model);
        long start = clock().nanos();
        preload(model, options, stall, cancellation);
        Duration time = Duration.ofNanos(clock().nanos() - start);
        // A name that is not listed after its load shares the file, and so the runner, of a name
        // that is.
        boolean unloadsAtOnce = options.keepAlive().equals(Optional.of(Duration.ZERO));
        boolean already = before || (!unloadsAtOnce && !isListed(model));
        return new LoadReport(
                time, Reading.unsupported("Ollama gives no times for a load alone"), already);
    }

    private void preload(
            String model, RunnerOptions options, Duration stall, Cancellation cancellation)
            throws ServerException {
        JsonNode answer;
        try {
            answer =
                    connection.load(
                            "/api/generate",
                            OllamaRequests.load(model, options),
                            model,
                            stall,
                            cancellation);
        } catch (ServerException e) {
            if (!(e.failure() instanceof ServerFailure.BadRequest(int _, String detail))
                    || !detail.contains("does not support generate")) {
                throw e;
            }
            connection.load(
                    "/api/embed",
                    OllamaRequests.loadEmbedding(model, options),
                    model,
                    stall,
                    cancellation);
            return;
        }
        if (!Json.truth(answer, "done").orElse(false)) {
            throw new ServerException(
                    new ServerFailure.BadAnswer(200, "the load ended without \"done\":true"));
        }
    }

    @Override
    public UnloadReport unload(String model, Duration wait, Cancellation cancellation)
            throws ServerException {
        Patience patience = new Patience(clock(), wait, cancellation);
        connection.post("/api/generate", OllamaRequests.unload(model), model);
        boolean gone = !isListed(model);
        while (!gone && patience.goOn()) {
            gone = !isListed(model);
        }
        return new UnloadReport(gone, patience.waited());
    }

    private boolean isListed(String model) throws ServerException {
        return loaded().stream().anyMatch(m -> OllamaModels.sameName(m.name(), model));
    }

    @Override
    public StreamCall prepare(GenerationRequest request, StreamEvents events) {
        return new StreamCall(
                forms.write(request),
                new OllamaDecoder(events, connection.failures(), request.model(), shapes),
                request.stall());
    }

    private HttpRequest write(GenerationRequest request) {
        boolean raw = request.rawPrompt().isPresent();
        ObjectNode body = raw ? OllamaRequests.raw(request) : OllamaRequests.chat(request);
        return connection.authorized(
                HttpRequest.post(raw ? "/api/generate" : "/api/chat", Json.write(body)));
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
