package dev.stoker.server.openai;

import dev.stoker.base.Text;
import dev.stoker.json.Json;
import dev.stoker.json.LineShapes;
import dev.stoker.server.ErrorText;
import dev.stoker.server.Failures;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.StreamDecoder;
import dev.stoker.server.StreamEvents;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads streams of server-sent events as the OpenAI-compatible servers and llama-server send them:
 * chat chunks, text completions, and llama-server's own {@code /completion}. An answer that is one
 * JSON object instead of a stream is understood too.
 *
 * <p>An answer is whole when a finish reason came; {@code [DONE]} is optional. Raw text in the
 * stream (a router's "proxy error") and a last chunk that names no model (Ollama whose runner died)
 * tell why it isn't.
 */
public final class SseDecoder extends StreamDecoder {
    private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_RAW = 500;

    private final OpenAiTimings timings;
    private final LineShapes shapes;
    private @Nullable SseChunk chunk;
    private final StringBuilder raw = new StringBuilder(0);
    private String finishReason = "";
    private boolean eventSeen;
    private boolean nameless;

    /**
     * @param cachedUnknown why the cached share is unknown when this kind of server does not tell
     *     it
     * @param shapes of the lines of this server's streams, shared by them all
     */
    public SseDecoder(
            StreamEvents events,
            Failures failures,
            String model,
            String cachedUnknown,
            LineShapes shapes) {
        super(events, failures, model);
        this.shapes = shapes;
        this.timings = new OpenAiTimings(cachedUnknown);
    }

    @Override
    protected void line(byte[] buffer, int offset, int length) {
        if (length == 0 || buffer[offset] == ':') {
            return;
        }
        if (startsWith(DATA, buffer, offset, length)) {
            int start = offset + DATA.length;
            int end = offset + length;
            while (start < end && buffer[start] == ' ') {
                start++;
            }
            data(buffer, start, end - start);
        } else if (buffer[offset] == '{') {
            Json.parse(buffer, offset, length)
                    .filter(JsonNode::isObject)
                    .ifPresentOrElse(this::event, () -> raw(buffer, offset, length));
        } else {
            raw(buffer, offset, length);
        }
    }

    private static boolean startsWith(byte[] word, byte[] buffer, int offset, int length) {
        if (length < word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (buffer[offset + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    private void raw(byte[] buffer, int offset, int length) {
        String text =
                new String(buffer, offset, Math.min(length, LONGEST_RAW), StandardCharsets.UTF_8);
        boolean field =
                text.startsWith("event:") || text.startsWith("id:") || text.startsWith("retry:");
        if (!field && raw.length() < LONGEST_RAW) {
            raw.append(text).append(' ');
        }
    }

    private void data(byte[] buffer, int offset, int length) {
        if (startsWith(DONE, buffer, offset, length)) {
            eventSeen = true;
            finish();
            return;
        }
        if (!wantsText() && plainChunk(buffer, offset, length)) {
            eventSeen = true;
            return;
        }
        if (length == 0) {
            return;
        }
        Optional<JsonNode> parsed = Json.parse(buffer, offset, length);
        if (parsed.isEmpty() || !parsed.get().isObject()) {
            fault(new ServerFailure.BadAnswer(200, "an event of the stream is not a JSON object"));
            return;
        }
        event(parsed.get());
    }

    /** Returns whether the event was of the commonest kinds; it is dealt with then. */
    private boolean plainChunk(byte[] buffer, int offset, int length) {
        int known = shapes.match(buffer, offset, length);
        if (known >= 0) {
            chunk((known & SseChunk.REASONING_TAG) != 0, known / LineShapes.TAGS);
            nameless &= (known & SseChunk.CHOICES_TAG) == 0;
            return true;
        }
        if (chunk == null) {
            chunk = new SseChunk(shapes);
        }
        if (!chunk.read(buffer, offset, length)) {
            return false;
        }
        chunk(true, chunk.reasoningChars());
        chunk(false, chunk.answerChars());
        nameless &= !chunk.hasChoices();
        if (!chunk.finishReason().isEmpty()) {
            finishReason = chunk.finishReason();
        }
        timings.read(chunk.counts());
        return true;
    }

    private void event(JsonNode node) {
        eventSeen = true;
        JsonNode error = node.path("error");
        if (!error.isMissingNode() && !error.isNull()) {
            fault(ErrorText.read(node));
            return;
        }
        timings.read(node);
        JsonNode choices = node.path("choices");
        if (choices.isArray()) {
            nameless = Json.text(node, "model").orElse("?").isEmpty();
            for (JsonNode choice : choices) {
                choice(choice);
            }
        } else if (node.has("content")) {
            completion(node);
        }
    }

    private void choice(JsonNode choice) {
        JsonNode delta = choice.path("delta");
        JsonNode spoken = delta.isObject() ? delta : choice.path("message");
        reasoning(
                Json.text(spoken, "reasoning")
                        .or(() -> Json.text(spoken, "reasoning_content"))
                        .orElse(""));
        token(Json.text(spoken, "content").or(() -> Json.text(choice, "text")).orElse(""));
        JsonNode calls = spoken.path("tool_calls");
        if (calls.isArray() && !calls.isEmpty()) {
            toolCall(Json.write(calls));
        }
        Json.text(choice, "finish_reason")
                .filter(r -> !r.isEmpty())
                .ifPresent(r -> finishReason = r);
    }

    /** One piece of llama-server's {@code /completion}. */
    private void completion(JsonNode node) {
        token(Json.text(node, "content").orElse(""));
        if (Json.truth(node, "stop").orElse(false)) {
            finishReason =
                    Json.text(node, "stop_type").orElse("").equals("limit") ? "length" : "stop";
        }
    }

    @Override
    protected void finish() {
        timings.reading().ifPresent(this::usage);
        String text = Text.plain(raw.toString());
        if (!finishReason.isEmpty()) {
            done(finishReason);
        } else if (text.toLowerCase(Locale.ROOT).contains("proxy error")) {
            fault(new ServerFailure.ServerDied(text));
        } else if (nameless) {
            fault(
                    new ServerFailure.ServerDied(
                            "the stream's last chunk is empty and names no model,"
                                    + " as when the runner behind the server ends"));
        } else if (!eventSeen) {
            fault(
                    new ServerFailure.BadAnswer(
                            200,
                            text.isEmpty() ? "no event in the stream" : "no event but: " + text));
        } else {
            fault(
                    new ServerFailure.StreamCut(
                            text.isEmpty() ? "the stream ended without a finish reason" : text));
        }
    }

    @Override
    protected boolean isWhole() {
        return !finishReason.isEmpty();
    }
}
