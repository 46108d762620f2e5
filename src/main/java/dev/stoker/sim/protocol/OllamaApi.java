package dev.stoker.sim.protocol;

import dev.stoker.json.Json;
import dev.stoker.sim.engine.Ask;
import dev.stoker.sim.engine.BrokenStream;
import dev.stoker.sim.engine.Engine;
import dev.stoker.sim.engine.EngineFailure;
import dev.stoker.sim.engine.Job;
import dev.stoker.sim.engine.KeepAlive;
import dev.stoker.sim.engine.Lease;
import dev.stoker.sim.engine.Result;
import dev.stoker.sim.physics.ModelSpec;
import dev.stoker.sim.wire.WireHandler;
import dev.stoker.sim.wire.WireRequest;
import dev.stoker.sim.wire.WireResponse;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/**
 * Ollama's HTTP interface, before and from 0.30: the same requests, other words when a load fails.
 * Thread-safe.
 */
public final class OllamaApi implements WireHandler {
    static final String JSON = "application/json; charset=utf-8";
    private static final String TEXT = "text/plain";
    private static final Set<String> READS =
            Set.of("/", "/api/version", "/api/tags", "/api/ps", "/api/status", "/v1/models");
    private static final Set<String> WRITES =
            Set.of("/api/show", "/api/generate", "/api/chat", "/v1/chat/completions");

    private final Engine engine;
    private final OllamaLists lists;
    private final OllamaOpenAi openAi;

    public OllamaApi(Engine engine) {
        this.engine = engine;
        this.lists = new OllamaLists(engine);
        this.openAi = new OllamaOpenAi(engine);
    }

    @Override
    public void handle(WireRequest request, WireResponse response)
            throws IOException, InterruptedException {
        if (!hostAllowed(request)) {
            response.send(403, "", "");
            return;
        }
        String path = request.path();
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        if (path.startsWith("/v1/models/") && reads) {
            oneModel(path.substring("/v1/models/".length()), response);
        } else if (!READS.contains(path) && !WRITES.contains(path)) {
            response.send(404, TEXT, "404 page not found");
        } else if (READS.contains(path) != reads || (!reads && !request.method().equals("POST"))) {
            response.header("Allow", READS.contains(path) ? "HEAD, GET" : "POST");
            response.send(405, TEXT, "405 method not allowed");
        } else if (reads) {
            read(path, response);
        } else {
            write(request, response);
        }
    }

    private void read(String path, WireResponse response) throws IOException {
        switch (path) {
            case "/" -> response.send(200, "text/plain; charset=utf-8", "Ollama is running");
            case "/api/version" -> response.send(200, JSON, "{\"version\":\"" + version() + "\"}");
            case "/api/tags" -> response.send(200, JSON, lists.tags());
            case "/api/ps" -> response.send(200, JSON, lists.ps());
            case "/api/status" ->
                    response.send(200, JSON, "{\"cloud\":{\"disabled\":true,\"source\":\"env\"}}");
            default -> response.send(200, "application/json", lists.v1Models());
        }
    }

    private String version() {
        return engine.box().server().isNew() ? "0.33.0" : "0.12.6";
    }

    private void oneModel(String name, WireResponse response) throws IOException {
        var model = engine.box().model(name);
        if (model.isPresent()) {
            int index = engine.box().models().indexOf(model.get());
            response.send(
                    200, "application/json", Json.write(lists.v1Model(model.get(), index)) + "\n");
        } else {
            OllamaOpenAi.fail(response, new EngineFailure(404, "model '" + name + "' not found"));
        }
    }

    private void write(WireRequest request, WireResponse response)
            throws IOException, InterruptedException {
        if (request.path().startsWith("/v1/")) {
            openAi.chat(request, response);
            return;
        }
        try {
            JsonNode body = Bodies.json(request);
            String name = body.path("model").asString("");
            ModelSpec model =
                    engine.box()
                            .model(name)
                            .orElseThrow(
                                    () -> new EngineFailure(404, "model '" + name + "' not found"));
            if (request.path().equals("/api/show")) {
                response.send(200, JSON, lists.show(model));
            } else {
                generate(body, name, model, request.path().equals("/api/chat"), response);
            }
        } catch (EngineFailure e) {
            response.send(e.status(), JSON, Json.write(Json.object().put("error", e.text())));
        }
    }

    private void generate(
            JsonNode body, String name, ModelSpec model, boolean chat, WireResponse response)
            throws EngineFailure, IOException, InterruptedException {
        long start = engine.clock().nanos();
        KeepAlive keepAlive = Bodies.keepAlive(body);
        Ask ask =
                new Ask(
                        Bodies.option(body, "num_ctx", 0),
                        Bodies.option(body, "num_gpu", -1),
                        keepAlive);
        int most = Bodies.option(body, "num_predict", -1);
        int seed = Bodies.option(body, "seed", 0);
        boolean think = think(body, name, model);
        boolean stream = Bodies.truth(body, "stream", true);
        OllamaAnswer answer = new OllamaAnswer(response, engine.clock(), name, chat, stream);
        JsonNode messages = body.path("messages");
        String prompt =
                chat
                        ? Bodies.transcript(messages)
                        : body.path("system").asString("") + body.path("prompt").asString("");
        if (prompt.isEmpty()) {
            loadOrUnload(model, name, ask, answer);
            return;
        }
        int template = Bodies.truth(body, "raw", false) ? 0 : 12;
        Job job = new Job(prompt, template, most, think, seed, true, false);
        try (Lease lease = engine.acquire(model, name, ask)) {
            refuseOverlong(chat, job, lease.context());
            Result result = engine.generate(lease, job, answer);
            answer.finish(result, lease.acquireNanos(), engine.clock().nanos() - start);
        } catch (BrokenStream e) {
            breakOff(e, response);
        }
    }

    private void loadOrUnload(ModelSpec model, String name, Ask ask, OllamaAnswer answer)
            throws EngineFailure, IOException, InterruptedException {
        if (ask.keepAlive().unloads()) {
            engine.unload(model);
            answer.bare("unload");
            return;
        }
        engine.acquire(model, name, ask).close();
        answer.bare("load");
    }

    private static boolean think(JsonNode body, String name, ModelSpec model) throws EngineFailure {
        JsonNode think = body.path("think");
        boolean asked = think.isString() || think.asBoolean(false);
        if (asked && !model.thinks()) {
            throw new EngineFailure(400, "\"" + name + "\" does not support thinking");
        }
        return think.isMissingNode() || think.isNull() || asked;
    }

    /**
     * One chat message longer than the context is refused; {@code /api/generate} cuts the prompt
     * instead.
     */
    private static void refuseOverlong(boolean chat, Job job, int context) throws EngineFailure {
        if (chat && job.promptTokens() > context) {
            throw new EngineFailure(
                    400,
                    String.format(
                            Locale.ROOT,
                            "{\"error\":{\"code\":400,\"message\":\"request (%d tokens) exceeds the"
                                    + " available context size (%d tokens), try increasing"
                                    + " it\",\"type\":\"exceed_context_size_error\","
                                    + "\"n_prompt_tokens\":%d,\"n_ctx\":%d}}",
                            job.promptTokens(),
                            context,
                            job.promptTokens(),
                            context));
        }
    }

    private static void breakOff(BrokenStream e, WireResponse response) throws IOException {
        String line =
                Json.write(
                        Json.object()
                                .put(
                                        "error",
                                        "an error was encountered while running the model:"
                                                + " unexpected EOF"));
        if (e.how() == BrokenStream.How.CUT) {
            response.cut();
        } else if (response.hasBegun()) {
            response.chunk(line + "\n");
            response.end();
        } else {
            response.send(500, JSON, line);
        }
    }

    /**
     * Refuses names that a page in a browser could have been given for this address, as Ollama does
     * on loopback.
     */
    private static boolean hostAllowed(WireRequest request) {
        String host = request.header("host").orElse("").toLowerCase(Locale.ROOT);
        String name = host.startsWith("[") ? "::1" : host.replaceFirst(":[0-9]+$", "");
        boolean local =
                name.isEmpty()
                        || name.equals("localhost")
                        || name.equals("::1")
                        || name.startsWith("127.")
                        || name.matches("(10|192\\.168|172\\.(1[6-9]|2[0-9]|3[01]))\\.[0-9.]+")
                        || name.equals("0.0.0.0")
                        || name.matches(".+\\.(localhost|local|internal)");
        String origin = request.header("origin").orElse("http://localhost");
        return local
                && origin.matches(
                        "https?://(localhost|127\\.0\\.0\\.1|0\\.0\\.0\\.0|\\[::1\\])(:[0-9]+)?");
    }
}
