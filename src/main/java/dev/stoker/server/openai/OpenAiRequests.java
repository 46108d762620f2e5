package dev.stoker.server.openai;

import dev.stoker.http.HttpRequest;
import dev.stoker.json.Json;
import dev.stoker.json.LineShapes;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.Message;
import dev.stoker.server.Nonce;
import dev.stoker.server.RequestForms;
import dev.stoker.server.ServerConnection;
import dev.stoker.server.ServerKind;
import dev.stoker.server.StreamCall;
import dev.stoker.server.StreamEvents;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.Base64;
import java.util.Map;

/**
 * Prepares streams for servers that speak OpenAI's form, each with the additions that its kind
 * understands. The fields of {@code runner.extra} are sent as they are; context length and
 * keep-alive can't be sent with a request. Immutable.
 */
public final class OpenAiRequests {
    private final ServerKind kind;
    private final ServerConnection connection;
    private final String cachedUnknown;
    private final LineShapes shapes = new LineShapes();
    private final RequestForms forms = new RequestForms(this::write);

    public OpenAiRequests(ServerKind kind, ServerConnection connection) {
        this.kind = kind;
        this.connection = connection;
        this.cachedUnknown = cachedUnknown(kind);
    }

    /** Prepares a stream by {@code /v1/chat/completions}, or by the form for raw prompts. */
    public StreamCall prepare(GenerationRequest request, StreamEvents events) {
        return new StreamCall(
                forms.write(request),
                new SseDecoder(
                        events, connection.failures(), request.model(), cachedUnknown, shapes),
                request.stall());
    }

    private HttpRequest write(GenerationRequest request) {
        boolean raw = request.rawPrompt().isPresent();
        String path = !raw ? "/v1/chat/completions" : isLlama() ? "/completion" : "/v1/completions";
        ObjectNode body = raw ? completion(request) : chat(request);
        return connection.authorized(HttpRequest.post(path, Json.write(body)));
    }

    private ObjectNode chat(GenerationRequest request) {
        ObjectNode body = common(request, "max_tokens");
        messages(request, body.putArray("messages"));
        if (understandsTemplateOptions()) {
            request.think()
                    .ifPresent(
                            t -> body.putObject("chat_template_kwargs").put("enable_thinking", t));
        }
        return body;
    }

    /** Writes the conversation, with the nonce if there is one. */
    public static void messages(GenerationRequest request, ArrayNode messages) {
        for (Message message : Nonce.inMessages(request)) {
            ObjectNode node = messages.addObject().put("role", message.role());
            if (message.images().isEmpty()) {
                node.put("content", message.content());
            } else {
                withImages(node, message);
            }
        }
    }

    private static void withImages(ObjectNode node, Message message) {
        ArrayNode parts = node.putArray("content");
        parts.addObject().put("type", "text").put("text", message.content());
        for (byte[] image : message.images()) {
            boolean png = image.length > 1 && image[0] == (byte) 0x89 && image[1] == 'P';
            String uri =
                    "data:image/"
                            + (png ? "png" : "jpeg")
                            + ";base64,"
                            + Base64.getEncoder().encodeToString(image);
            parts.addObject().put("type", "image_url").putObject("image_url").put("url", uri);
        }
    }

    private ObjectNode completion(GenerationRequest request) {
        return common(request, isLlama() ? "n_predict" : "max_tokens")
                .put("prompt", Nonce.inPrompt(request));
    }

    private ObjectNode common(GenerationRequest request, String limit) {
        ObjectNode body = Json.object().put("model", request.model()).put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        request.maxTokens().ifPresent(n -> body.put(limit, Math.max(1, n)));
        request.seed().ifPresent(seed -> body.put("seed", seed));
        request.temperature().ifPresent(t -> body.put("temperature", t));
        request.answerSchema().flatMap(Json::parse).ifPresent(s -> answerSchema(body, s));
        if (isLlama() && request.nonce().isPresent()) {
            body.put("cache_prompt", false);
        }
        if (request.ignoreEos() && understandsTemplateOptions()) {
            body.put("ignore_eos", true);
        }
        for (Map.Entry<String, Object> option : request.runner().extra().entrySet()) {
            body.set(option.getKey(), Json.tree(option.getValue()));
        }
        return body;
    }

    private static void answerSchema(ObjectNode body, JsonNode schema) {
        ObjectNode format = body.putObject("response_format").put("type", "json_schema");
        format.putObject("json_schema")
                .put("name", "answer")
                .put("strict", true)
                .set("schema", schema);
    }

    private boolean isLlama() {
        return kind == ServerKind.LLAMA_SERVER || kind == ServerKind.LLAMA_ROUTER;
    }

    private boolean understandsTemplateOptions() {
        return isLlama() || kind == ServerKind.VLLM || kind == ServerKind.SGLANG;
    }

    private static String cachedUnknown(ServerKind kind) {
        return switch (kind) {
            case VLLM -> "vLLM tells the cached share only with --enable-prompt-tokens-details";
            case SGLANG -> "SGLang tells the cached share only with --enable-cache-report";
            default -> "the server does not tell how many tokens of the prompt were cached";
        };
    }
}
