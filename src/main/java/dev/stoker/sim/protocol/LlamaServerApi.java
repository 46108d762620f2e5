package dev.stoker.sim.protocol;

import dev.stoker.json.Json;
import dev.stoker.sim.engine.BrokenStream;
import dev.stoker.sim.engine.Counters;
import dev.stoker.sim.engine.Engine;
import dev.stoker.sim.engine.EngineFailure;
import dev.stoker.sim.engine.Job;
import dev.stoker.sim.engine.Lease;
import dev.stoker.sim.physics.ModelSpec;
import dev.stoker.sim.wire.WireHandler;
import dev.stoker.sim.wire.WireRequest;
import dev.stoker.sim.wire.WireResponse;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;

/**
 * llama-server with one model, build b10434: what it says while it loads, of itself, and in
 * answers. Thread-safe.
 */
public final class LlamaServerApi implements WireHandler {
    static final String JSON = "application/json; charset=utf-8";
    static final String BUILD = "b1-7e4c0a9";

    private final Engine engine;
    private final Preloaded preloaded;
    private final long created;

    public LlamaServerApi(Engine engine) {
        this.engine = engine;
        this.preloaded = new Preloaded(engine);
        this.created = engine.clock().now().getEpochSecond();
    }

    @Override
    public void handle(WireRequest request, WireResponse response)
            throws IOException, InterruptedException {
        response.header("Server", "llama.cpp").header("Access-Control-Allow-Origin", "");
        boolean ready = preloaded.ready();
        String route =
                (request.method().equals("HEAD") ? "GET" : request.method()) + " " + request.path();
        if (!ready) {
            send(response, 503, error(503, "unavailable_error", "Loading model"));
            return;
        }
        switch (route) {
            case "GET /health", "GET /v1/health" ->
                    send(response, 200, Json.object().put("status", "ok"));
            case "GET /v1/models", "GET /models" -> send(response, 200, models());
            case "GET /props" -> send(response, 200, props());
            case "GET /slots" -> response.send(200, JSON, Json.write(slots()));
            case "GET /metrics" -> response.send(200, "text/plain; version=0.0.4", metrics());
            case "POST /v1/chat/completions" -> chat(request, response);
            default -> send(response, 404, error(404, "not_found_error", "File Not Found"));
        }
    }

    private static void send(WireResponse response, int status, ObjectNode body)
            throws IOException {
        response.send(status, JSON, Json.write(body));
    }

    static ObjectNode error(int code, String type, String message) {
        ObjectNode e = Json.object();
        e.putObject("error").put("message", message).put("type", type).put("code", code);
        return e;
    }

    private ObjectNode models() {
        ModelSpec m = preloaded.model();
        ObjectNode all = Json.object();
        ObjectNode ollamaLike = all.putArray("models").addObject();
        ollamaLike
                .put("name", m.name())
                .put("model", m.name())
                .put("modified_at", "")
                .put("size", "")
                .put("digest", "");
        ollamaLike.put("type", "model").put("description", "");
        ollamaLike.putArray("tags").add("");
        ollamaLike.putArray("capabilities").add("completion");
        ollamaLike.put("parameters", "");
        ObjectNode details =
                ollamaLike.putObject("details").put("parent_model", "").put("format", "gguf");
        details.put("family", "").putArray("families").add("");
        details.put("parameter_size", "").put("quantization_level", "");
        all.put("object", "list");
        ObjectNode d = all.putArray("data").addObject().put("id", m.name());
        d.putArray("aliases").add(m.name());
        d.putArray("tags");
        d.put("object", "model").put("created", created).put("owned_by", "llamacpp");
        d.putObject("meta")
                .put("vocab_type", 2)
                .put("n_vocab", m.vocabulary())
                .put("n_ctx", engine.box().server().context())
                .put("n_ctx_train", m.context())
                .put("n_embd", m.embedding())
                .put("n_params", m.parameters())
                .put("size", m.file().count())
                .put("ftype", m.quantization());
        return all;
    }

    private ObjectNode props() {
        ModelSpec m = preloaded.model();
        ObjectNode p = Json.object();
        ObjectNode settings = p.putObject("default_generation_settings");
        settings.putObject("params")
                .put("temperature", 0.8)
                .put("top_k", 40)
                .put("n_predict", -1)
                .put("stream", false);
        settings.put("n_ctx", engine.box().server().context());
        p.put("total_slots", engine.box().server().slots());
        p.put("model_alias", m.name())
                .put("model_ftype", m.quantization())
                .put("model_path", m.name());
        p.putObject("modalities").put("vision", false).put("video", false).put("audio", false);
        p.put("endpoint_slots", true)
                .put("endpoint_props", false)
                .put("endpoint_metrics", true)
                .put("ui", false);
        p.put("chat_template", "{% for message in messages %}{{ message['content'] }}{% endfor %}");
        p.put("build_info", BUILD).put("is_sleeping", false);
        return p;
    }

    private ArrayNode slots() {
        ArrayNode all = Json.array();
        int busy = engine.load().running();
        for (int i = 0; i < engine.box().server().slots(); i++) {
            all.addObject()
                    .put("id", i)
                    .put("n_ctx", engine.box().server().context())
                    .put("speculative", false)
                    .put("is_processing", i < busy);
        }
        return all;
    }

    private String metrics() {
        Counters.Totals t = engine.counters().totals();
        Engine.Load load = engine.load();
        Metrics page = new Metrics();
        counter(
                page,
                "prompt_tokens_total",
                "Number of prompt tokens processed, excluding cached tokens",
                t.promptTokens());
        counter(
                page,
                "prompt_tokens_cached_total",
                "Number of prompt tokens reused from the cache",
                t.cachedTokens());
        counter(
                page,
                "prompt_seconds_total",
                "Total time spent processing prompts",
                t.promptSeconds());
        counter(
                page,
                "tokens_predicted_total",
                "Number of generation tokens processed",
                t.tokens());
        counter(
                page,
                "tokens_predicted_seconds_total",
                "Total time spent generating tokens",
                t.decodeSeconds());
        counter(page, "n_decode_total", "Total number of llama_decode() calls", t.tokens());
        counter(
                page,
                "n_tokens_max",
                "Largest observed sequence length (prompt + generation)",
                t.longest());
        gauge(
                page,
                "prompt_tokens_seconds",
                "Average prompt throughput in tokens/s",
                rate(t.promptTokens(), t.promptSeconds()));
        gauge(
                page,
                "predicted_tokens_seconds",
                "Average generation throughput in tokens/s",
                rate(t.tokens(), t.decodeSeconds()));
        gauge(page, "requests_processing", "Number of requests processing", load.running());
        gauge(page, "requests_deferred", "Number of requests deferred", load.waiting());
        return page.toString();
    }

    private static double rate(double count, double seconds) {
        return seconds > 0 ? count / seconds : 0;
    }

    private static void counter(Metrics page, String name, String help, double value) {
        page.one("llamacpp:" + name, "", "counter", help, value);
    }

    private static void gauge(Metrics page, String name, String help, double value) {
        page.one("llamacpp:" + name, "", "gauge", help, value);
    }

    private void chat(WireRequest request, WireResponse response)
            throws IOException, InterruptedException {
        JsonNode body = Json.parse(request.body(), 0, request.body().length).orElse(null);
        if (body == null) {
            send(
                    response,
                    500,
                    coded(500, "[json.exception.parse_error.101] parse error", "server_error"));
            return;
        }
        if (!body.has("messages")) {
            send(response, 400, coded(400, "'messages' is required", "invalid_request_error"));
            return;
        }
        int most = body.path("max_tokens").asInt(body.path("n_predict").asInt(-1));
        boolean reuse = body.path("cache_prompt").asBoolean(true);
        int seed = body.path("seed").asInt(0);
        boolean toLimit = body.path("ignore_eos").asBoolean(false);
        Job job =
                new Job(
                        Bodies.transcript(body.path("messages")),
                        12,
                        most,
                        true,
                        seed,
                        reuse,
                        toLimit);
        int context = engine.box().server().context();
        if (job.promptTokens() > context) {
            ObjectNode tooLong =
                    coded(
                            400,
                            "request ("
                                    + job.promptTokens()
                                    + " tokens) exceeds the available context size ("
                                    + context
                                    + " tokens), try increasing it",
                            "exceed_context_size_error");
            ((ObjectNode) tooLong.path("error"))
                    .put("n_prompt_tokens", job.promptTokens())
                    .put("n_ctx", context);
            send(response, 400, tooLong);
            return;
        }
        LlamaAnswer answer =
                new LlamaAnswer(response, preloaded.model().name(), body, engine.clock());
        try (Lease lease = preloaded.acquire()) {
            answer.finish(engine.generate(lease, job, answer));
        } catch (EngineFailure e) {
            send(
                    response,
                    e.status() == 503 ? 503 : 500,
                    error(e.status(), "unavailable_error", e.text()));
        } catch (BrokenStream e) {
            answer.breakOff(e);
        }
    }

    private static ObjectNode coded(int code, String message, String type) {
        ObjectNode e = Json.object();
        e.putObject("error").put("code", code).put("message", message).put("type", type);
        return e;
    }
}
