package dev.stoker.sim.protocol;

import dev.stoker.base.Clock;
import dev.stoker.json.Json;
import dev.stoker.sim.engine.BrokenStream;
import dev.stoker.sim.engine.Result;
import dev.stoker.sim.engine.TokenSink;
import dev.stoker.sim.wire.WireResponse;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;

/**
 * One chat answer of vLLM: the role first, the reason on the last token's chunk, usage when asked.
 * Used by one thread.
 */
final class VllmAnswer implements TokenSink {
    private final WireResponse response;
    private final String model;
    private final boolean stream;
    private final boolean usage;
    private final long created;
    private final String id;
    private final StringBuilder content = new StringBuilder();
    private String last = "";
    private boolean first = true;

    VllmAnswer(WireResponse response, String model, JsonNode body, Clock clock) {
        this.response = response;
        this.model = model;
        this.stream = Bodies.truth(body, "stream", false);
        this.usage = Bodies.truth(body.path("stream_options"), "include_usage", false);
        this.created = clock.now().getEpochSecond();
        this.id = "chatcmpl-" + Long.toHexString(clock.nanos());
    }

    private ObjectNode head() {
        return Json.object()
                .put("id", id)
                .put("object", stream ? "chat.completion.chunk" : "chat.completion")
                .put("created", created)
                .put("model", model);
    }

    private String event(ObjectNode delta, String finish) {
        ObjectNode chunk = head();
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.putNull("logprobs");
        if (finish.isEmpty()) {
            choice.putNull("finish_reason");
        } else {
            choice.put("finish_reason", finish);
        }
        return "data: " + Json.write(chunk) + "\n\n";
    }

    @Override
    public void token(String text, boolean thinking) throws IOException {
        content.append(text);
        if (!stream) {
            return;
        }
        if (first) {
            first = false;
            response.begin(200, "text/event-stream; charset=utf-8");
            response.chunk(event(Json.object().put("role", "assistant").put("content", ""), ""));
        }
        passOn();
        last = text;
    }

    /** Sends the token held back: it may turn out to be the last one, which carries the reason. */
    private void passOn() throws IOException {
        if (!last.isEmpty()) {
            response.chunk(event(Json.object().put("content", last), ""));
            last = "";
        }
    }

    @Override
    public void flush() throws IOException {
        if (response.hasBegun()) {
            passOn();
            response.flush();
        }
    }

    void finish(Result result) throws IOException {
        String reason = result.byLength() ? "length" : "stop";
        if (!stream) {
            ObjectNode whole = head();
            ObjectNode choice = whole.putArray("choices").addObject().put("index", 0);
            choice.putObject("message").put("role", "assistant").put("content", content.toString());
            choice.putNull("logprobs").put("finish_reason", reason);
            whole.set("usage", usage(result));
            response.send(200, VllmApi.JSON, Json.write(whole));
            return;
        }
        // The last token carries the reason; where it is out already, an empty one does.
        response.chunk(event(Json.object().put("content", last), reason));
        if (usage) {
            ObjectNode chunk = head();
            chunk.putArray("choices");
            chunk.set("usage", usage(result));
            response.chunk("data: " + Json.write(chunk) + "\n\n");
        }
        response.chunk("data: [DONE]\n\n");
        response.end();
    }

    private static ObjectNode usage(Result r) {
        return Json.object()
                .put("prompt_tokens", r.promptTokens())
                .put("total_tokens", r.promptTokens() + r.tokens())
                .put("completion_tokens", r.tokens());
    }

    void breakOff(BrokenStream e) throws IOException {
        if (e.how() == BrokenStream.How.CUT) {
            response.cut();
            return;
        }
        ObjectNode error =
                VllmApi.error(500, "InternalServerError", "EngineCore encountered an issue.");
        if (response.hasBegun()) {
            response.chunk("data: " + Json.write(error) + "\n\n");
            response.chunk("data: [DONE]\n\n");
            response.end();
        } else {
            response.send(500, VllmApi.JSON, Json.write(error));
        }
    }
}
