package dev.stoker.server.ollama;

import dev.stoker.json.Json;
import dev.stoker.json.LineShapes;
import dev.stoker.server.ErrorText;
import dev.stoker.server.Failures;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.StreamDecoder;
import dev.stoker.server.StreamEvents;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

/**
 * Reads the answer of {@code /api/chat} and {@code /api/generate}: one JSON object a line, the last
 * one with {@code "done":true}. A stream may end in good order without it (a runner that gave up):
 * that is a cut, not an end.
 */
public final class OllamaDecoder extends StreamDecoder {
    private final LineShapes shapes;
    private @Nullable OllamaChunk chunk;

    /**
     * @param shapes of the lines of this server's streams, shared by them all
     */
    public OllamaDecoder(StreamEvents events, Failures failures, String model, LineShapes shapes) {
        super(events, failures, model);
        this.shapes = shapes;
    }

    @Override
    protected void line(byte[] buffer, int offset, int length) {
        if (length == 0) {
            return;
        }
        if (!wantsText() && plainChunk(buffer, offset, length)) {
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

    /** Returns whether the line was text and nothing else; it is dealt with then. */
    private boolean plainChunk(byte[] buffer, int offset, int length) {
        int known = shapes.match(buffer, offset, length);
        if (known >= 0) {
            chunk(known % LineShapes.TAGS != 0, known / LineShapes.TAGS);
            return true;
        }
        if (chunk == null) {
            chunk = new OllamaChunk(shapes);
        }
        if (!chunk.read(buffer, offset, length)) {
            return false;
        }
        chunk(true, chunk.thinkingChars());
        chunk(false, chunk.answerChars());
        return true;
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
