package dev.stoker.server.ollama;

import dev.stoker.json.Json;
import dev.stoker.server.ErrorText;
import dev.stoker.server.Failures;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.StreamDecoder;
import dev.stoker.server.StreamEvents;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

/**
 * Reads the answer of {@code /api/chat} and {@code /api/generate}: one JSON object a line, the last
 * one with {@code "done":true}. A stream may end in good order without it (a runner that gave up):
 * that is a cut, not an end.
 */
public final class OllamaDecoder extends StreamDecoder {
    private final OllamaChunk chunk = new OllamaChunk();

    public OllamaDecoder(StreamEvents events, Failures failures, String model) {
        super(events, failures, model);
    }

    @Override
    protected void line(byte[] buffer, int offset, int length) {
        if (length == 0) {
            return;
        }
        if (!wantsText() && chunk.read(buffer, offset, length)) {
            chunk(true, chunk.thinkingChars());
            chunk(false, chunk.answerChars());
            return;
        }
        Optional<JsonNode> parsed = Json.parse(buffer, offset, length);
        if (parsed.isEmpty() || !parsed.get().isObject()) {
            fault(new ServerFailure.BadAnswer(200, "a line of the stream is not a JSON object"));
            return;
        }
        JsonNode node = parsed.get();
        if (node.has("error")) {
            fault(ErrorText.read(node));
            return;
        }
        JsonNode message = node.path("message");
        JsonNode spoken = message.isObject() ? message : node;
        reasoning(Json.text(spoken, "thinking").orElse(""));
        token(Json.text(spoken, message.isObject() ? "content" : "response").orElse(""));
        JsonNode calls = message.path("tool_calls");
        if (calls.isArray() && !calls.isEmpty()) {
            toolCall(Json.write(calls));
        }
        if (Json.truth(node, "done").orElse(false)) {
            usage(OllamaTimings.read(node));
            done(Json.text(node, "done_reason").orElse("stop"));
        }
    }

    @Override
    protected void finish() {
        fault(
                new ServerFailure.StreamCut(
                        "the stream ended in good order, but without \"done\":true"));
    }

    @Override
    protected boolean isWhole() {
        return false;
    }
}
