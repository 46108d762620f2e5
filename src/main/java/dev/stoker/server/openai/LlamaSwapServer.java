package dev.stoker.server.openai;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
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
import dev.stoker.server.Patience;
import dev.stoker.server.RunnerOptions;
import dev.stoker.server.ServerConnection;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;
import dev.stoker.server.StreamCall;
import dev.stoker.server.StreamEvents;
import dev.stoker.server.UnloadReport;

import tools.jackson.databind.JsonNode;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * llama-swap: it starts a server for the model that a request names, and stops another for it. A
 * load is a request for one token, as it has no other. Written from its documentation, not seen
 * live. Thread-safe.
 */
public final class LlamaSwapServer implements InferenceServer {
    private static final Set<Ability> ABILITIES =
            Set.of(
                    Ability.LIST_MODELS,
                    Ability.LIST_LOADED,
                    Ability.LOAD,
                    Ability.UNLOAD,
                    Ability.SEED);

    private final ServerIdentity identity;
    private final ServerConnection connection;
    private final OpenAiRequests requests;

    public LlamaSwapServer(ServerIdentity identity, ServerConnection connection) {
        this.identity = identity;
        this.connection = connection;
        this.requests = new OpenAiRequests(ServerKind.LLAMA_SWAP, connection);
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
        running();
    }

    @Override
    public List<ModelInfo> models() throws ServerException {
        return OpenAiServer.served(connection).stream().map(OpenAiServer::info).toList();
    }

    @Override
    public List<LoadedModel> loaded() throws ServerException {
        return running().stream()
                .map(name -> OpenAiServer.inMemory(Json.object().put("id", name)))
                .toList();
    }

    private List<String> running() throws ServerException {
        return connection
                .get("/running")
                .path("running")
                .valueStream()
                .filter(r -> !Json.text(r, "state").orElse("ready").equals("stopped"))
                .map(r -> Json.text(r, "model").orElse(""))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    @Override
    public LoadReport load(
            String model, RunnerOptions options, Duration stall, Cancellation cancellation)
            throws ServerException {
        boolean before = running().contains(model);
        long start = clock().nanos();
        if (!before) {
            var body = Json.object().put("model", model).put("max_tokens", 1).put("stream", false);
            body.putArray("messages").addObject().put("role", "user").put("content", "a");
            JsonNode answer =
                    connection.load("/v1/chat/completions", body, model, stall, cancellation);
            if (answer.has("error")) {
                throw new ServerException(
                        connection.failures().ofStatus(500, Json.write(answer), model, true));
            }
        }
        return new LoadReport(
                Duration.ofNanos(clock().nanos() - start),
                Reading.unsupported("llama-swap does not tell how long a load took"),
                before);
    }

    @Override
    public UnloadReport unload(String model, Duration wait, Cancellation cancellation)
            throws ServerException {
        Patience patience = new Patience(clock(), wait, cancellation);
        String path =
                "/api/models/unload/"
                        + URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20");
        boolean gone = !running().contains(model);
        if (!gone) {
            HttpAnswer answer = connection.ask(HttpRequest.post(path, "{}"));
            if (!answer.isSuccess()) {
                throw new ServerException(
                        connection
                                .failures()
                                .ofStatus(answer.status(), answer.text(), model, false));
            }
            gone = !running().contains(model);
        }
        while (!gone && patience.goOn()) {
            gone = !running().contains(model);
        }
        return new UnloadReport(gone, patience.waited());
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
