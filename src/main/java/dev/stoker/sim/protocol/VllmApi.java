package dev.stoker.sim.protocol;

import dev.stoker.json.Json;
import dev.stoker.sim.engine.BrokenStream;
import dev.stoker.sim.engine.Engine;
import dev.stoker.sim.engine.EngineFailure;
import dev.stoker.sim.engine.Job;
import dev.stoker.sim.engine.Lease;
import dev.stoker.sim.wire.WireHandler;
import dev.stoker.sim.wire.WireRequest;
import dev.stoker.sim.wire.WireResponse;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.Locale;

/**
 * vLLM with one model. While it starts it does not listen, which is shown here as connections that
 * close without an answer. Thread-safe.
 */
public final class VllmApi implements WireHandler {
    static final String JSON = "application/json";
    private static final int DEFAULT_MOST = 16_384;

    private final Engine engine;
    private final Preloaded preloaded;
    private final long created;

    public VllmApi(Engine engine) {
        this.engine = engine;
        this.preloaded = new Preloaded(engine);
        this.created = engine.clock().now().getEpochSecond();
    }

    @Override
    public void handle(WireRequest request, WireResponse response)
            throws IOException, InterruptedException {
        if (!preloaded.ready()) {
            response.cut();
            return;
        }
        response.header("server", "uvicorn");
        String route =
                (request.method().equals("HEAD") ? "GET" : request.method()) + " " + request.path();
        switch (route) {
            case "GET /health", "GET /ping" -> response.send(200, "", "");
            case "GET /version" -> response.send(200, JSON, "{\"version\":\"0.15.1\"}");
            case "GET /v1/models" -> response.send(200, JSON, Json.write(models()));
            case "GET /metrics" ->
                    response.send(
                            200,
                            "text/plain; version=1.0.0; charset=utf-8",
                            VllmMetrics.page(
                                    engine, preloaded.model(), engine.box().server().context()));
            case "POST /v1/chat/completions" -> chat(request, response);
            default -> response.send(404, JSON, "{\"detail\":\"Not Found\"}");
        }
    }

    private ObjectNode models() {
        ObjectNode all = Json.object().put("object", "list");
        all.putArray("data")
                .addObject()
                .put("id", preloaded.model().name())
                .put("object", "model")
                .put("created", created)
                .put("owned_by", "vllm")
                .put("root", preloaded.model().name())
                .putNull("parent")
                .put("max_model_len", engine.box().server().context());
        return all;
    }

    private static void fail(WireResponse response, int status, String type, String message)
            throws IOException {
        response.send(status, JSON, Json.write(error(status, type, message)));
    }

    static ObjectNode error(int status, String type, String message) {
        ObjectNode e = Json.object();
        e.putObject("error")
                .put("message", message)
                .put("type", type)
                .putNull("param")
                .put("code", status);
        return e;
    }

    private void chat(WireRequest request, WireResponse response)
            throws IOException, InterruptedException {
        JsonNode body = Json.parse(request.body(), 0, request.body().length).orElse(null);
        if (body == null || !body.path("messages").isArray()) {
            fail(response, 400, "BadRequestError", "JSON decode error or missing 'messages'");
            return;
        }
        String name = body.path("model").asString(preloaded.model().name());
        if (!name.equals(preloaded.model().name())) {
            fail(response, 404, "NotFoundError", "The model `" + name + "` does not exist.");
            return;
        }
        int context = engine.box().server().context();
        int asked = body.path("max_completion_tokens").asInt(body.path("max_tokens").asInt(0));
        Job job =
                new Job(
                        Bodies.transcript(body.path("messages")),
                        8,
                        asked > 0 ? asked : DEFAULT_MOST,
                        true,
                        body.path("seed").asInt(0),
                        true,
                        body.path("ignore_eos").asBoolean(false));
        if (job.promptTokens() + asked > context) {
            fail(response, 400, "BadRequestError", tooLong(context, job.promptTokens(), asked));
            return;
        }
        VllmAnswer answer = new VllmAnswer(response, name, body, engine.clock());
        try (Lease lease = preloaded.acquire()) {
            answer.finish(engine.generate(lease, job, answer));
        } catch (EngineFailure e) {
            fail(response, e.status(), "InternalServerError", e.text());
        } catch (BrokenStream e) {
            answer.breakOff(e);
        }
    }

    private static String tooLong(int context, long prompt, int asked) {
        return String.format(
                Locale.ROOT,
                "This model's maximum context length is %d tokens. However, you requested %d tokens"
                    + " (%d in the messages, %d in the completion). Please reduce the length of the"
                    + " messages or completion",
                context,
                prompt + asked,
                prompt,
                asked);
    }
}
