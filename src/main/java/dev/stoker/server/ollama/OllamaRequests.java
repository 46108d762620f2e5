package dev.stoker.server.ollama;

import dev.stoker.json.Json;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.Message;
import dev.stoker.server.Nonce;
import dev.stoker.server.RunnerOptions;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.Base64;
import java.util.Map;

/**
 * Writes the bodies of requests to Ollama. Everything that decides how a model is loaded is written
 * by {@link #runner} alone, so that a load and the streams after it ask for the same runner and
 * nothing is loaded twice. Pure.
 */
final class OllamaRequests {
    /**
     * Numbers of seconds above about 9.2e9 overflow in Ollama and unload the model: such a time is
     * for ever.
     */
    private static final Duration LONGEST_KEEP_ALIVE = Duration.ofSeconds(9_000_000_000L);

    private OllamaRequests() {}

    static ObjectNode load(String model, RunnerOptions options) {
        ObjectNode body = Json.object().put("model", model).put("stream", false);
        runner(body, options);
        return body;
    }

    /** Embedding-only models have no generate: an embedding of nothing loads them. */
    static ObjectNode loadEmbedding(String model, RunnerOptions options) {
        ObjectNode body = Json.object().put("model", model);
        body.putArray("input");
        runner(body, options);
        return body;
    }

    static ObjectNode unload(String model) {
        return Json.object().put("model", model).put("stream", false).put("keep_alive", 0);
    }

    static ObjectNode chat(GenerationRequest request) {
        ObjectNode body = Json.object().put("model", request.model());
        ArrayNode messages = body.putArray("messages");
        for (Message message : Nonce.inMessages(request)) {
            ObjectNode node =
                    messages.addObject()
                            .put("role", message.role())
                            .put("content", message.content());
            if (!message.images().isEmpty()) {
                ArrayNode images = node.putArray("images");
                message.images().forEach(i -> images.add(Base64.getEncoder().encodeToString(i)));
            }
        }
        generation(body, request);
        return body;
    }

    static ObjectNode raw(GenerationRequest request) {
        ObjectNode body =
                Json.object()
                        .put("model", request.model())
                        .put("prompt", Nonce.inPrompt(request))
                        .put("raw", true);
        generation(body, request);
        return body;
    }

    private static void generation(ObjectNode body, GenerationRequest request) {
        body.put("stream", true);
        request.think().ifPresent(think -> body.put("think", think));
        request.answerSchema().flatMap(Json::parse).ifPresent(f -> body.set("format", f));
        ObjectNode options = runner(body, request.runner());
        // 0 would mean "until a stop token" here.
        request.maxTokens().ifPresent(n -> options.put("num_predict", Math.max(1, n)));
        request.seed().ifPresent(seed -> options.put("seed", seed));
        request.temperature().ifPresent(t -> options.put("temperature", t));
    }

    /** Writes what decides how the model is loaded, and returns the options for more of them. */
    private static ObjectNode runner(ObjectNode body, RunnerOptions runner) {
        runner.keepAlive().ifPresent(keep -> keepAlive(body, keep));
        ObjectNode options = body.putObject("options");
        runner.contextLength().ifPresent(n -> options.put("num_ctx", n));
        for (Map.Entry<String, Object> option : runner.extra().entrySet()) {
            // This one decides how the model is loaded too, and stands beside the others.
            ObjectNode place = option.getKey().equals("shift") ? body : options;
            place.set(option.getKey(), Json.tree(option.getValue()));
        }
        return options;
    }

    private static void keepAlive(ObjectNode body, Duration keep) {
        if (keep.isNegative() || keep.compareTo(LONGEST_KEEP_ALIVE) > 0) {
            body.put("keep_alive", -1);
            return;
        }
        long millis = keep.toMillis();
        if (millis % 1000 == 0) {
            body.put("keep_alive", millis / 1000);
        } else {
            body.put("keep_alive", millis / 1000.0);
        }
    }
}
