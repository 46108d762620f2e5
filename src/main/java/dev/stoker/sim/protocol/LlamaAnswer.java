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

/** One chat answer of llama-server, streamed or whole, with its timings. Used by one thread. */
final class LlamaAnswer implements TokenSink {
    /** What llama-server writes for the decode time of a single token. */
    private static final double PLACEHOLDER_MILLIS = 0.001;

    private final WireResponse response;
    private final String model;
    private final boolean stream;
    private final boolean usage;
    private final long created;
    private final String id;
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();

    LlamaAnswer(WireResponse response, String model, JsonNode body, Clock clock) {
        this.response = response;
        this.model = model;
        this.stream = Bodies.truth(body, "stream", false);
        this.usage = Bodies.truth(body.path("stream_options"), "include_usage", false);
        this.created = clock.now().getEpochSecond();
        this.id = "chatcmpl-" + Long.toHexString(clock.nanos());
    }

    private ObjectNode chunk() {
        ObjectNode c = Json.object();
        c.putArray("choices");
        return c;
    }

    private ObjectNode tail(ObjectNode c) {
        return c.put("created", created)
                .put("id", id)
                .put("model", model)
                .put("system_fingerprint", LlamaServerApi.BUILD)
                .put("object", "chat.completion.chunk");
    }

    private ObjectNode choice(ObjectNode chunk, String finish) {
        ObjectNode choice = chunk.withArray("choices").addObject();
        if (finish.isEmpty()) {
            choice.putNull("finish_reason");
        } else {
            choice.put("finish_reason", finish);
        }
        choice.put("index", 0);
        return choice.putObject("delta");
    }

    private static String event(ObjectNode chunk) {
        return "data: " + Json.write(chunk) + "\n\n";
    }

    @Override
    public void token(String text, boolean thinking) throws IOException {
        if (!stream) {
            (thinking ? reasoning : content).append(text);
            return;
        }
        String role = "";
        if (!response.hasBegun()) {
            response.header("X-Accel-Buffering", "no");
            response.begin(200, "text/event-stream");
            ObjectNode first = chunk();
            choice(first, "").put("role", "assistant").putNull("content");
            role = event(tail(first));
        }
        ObjectNode c = chunk();
        choice(c, "").put(thinking ? "reasoning_content" : "content", text);
        response.chunk(role + event(tail(c)));
    }

    @Override
    public void flush() throws IOException {
        if (response.hasBegun()) {
            response.flush();
        }
    }

    void finish(Result result) throws IOException {
        String reason = result.byLength() ? "length" : "stop";
        if (!stream) {
            whole(result, reason);
            return;
        }
        ObjectNode last = chunk();
        choice(last, reason);
        tail(last);
        String text;
        if (usage) {
            ObjectNode counts = tail(chunk());
            counts.set("usage", usage(result));
            counts.set("timings", timings(result));
            text = event(last) + event(counts);
        } else {
            last.set("timings", timings(result));
            text = event(last);
        }
        response.chunk(text);
        response.chunk("data: [DONE]\n\n");
        response.end();
    }

    private void whole(Result result, String reason) throws IOException {
        ObjectNode all = Json.object();
        ObjectNode choice =
                all.putArray("choices").addObject().put("finish_reason", reason).put("index", 0);
        ObjectNode message =
                choice.putObject("message")
                        .put("role", "assistant")
                        .put("content", content.toString());
        if (!reasoning.isEmpty()) {
            message.put("reasoning_content", reasoning.toString());
        }
        all.put("created", created)
                .put("model", model)
                .put("system_fingerprint", LlamaServerApi.BUILD);
        all.put("object", "chat.completion");
        all.set("usage", usage(result));
        all.put("id", id);
        all.set("timings", timings(result));
        response.send(200, LlamaServerApi.JSON, Json.write(all));
    }

    private static ObjectNode usage(Result r) {
        ObjectNode u = Json.object();
        u.put("completion_tokens", r.tokens()).put("prompt_tokens", r.promptTokens());
        u.put("total_tokens", r.promptTokens() + r.tokens());
        u.putObject("prompt_tokens_details").put("cached_tokens", r.cachedTokens());
        return u;
    }

    private static ObjectNode timings(Result r) {
        long promptTokens = r.promptTokens() - r.cachedTokens();
        double promptMillis = r.promptNanos() / 1e6;
        double decodeMillis = r.tokens() < 2 ? PLACEHOLDER_MILLIS : r.decodeNanos() / 1e6;
        int steps = Math.max(1, r.tokens() - 1);
        return Json.object()
                .put("cache_n", r.cachedTokens())
                .put("prompt_n", promptTokens)
                .put("prompt_ms", promptMillis)
                .put("prompt_per_token_ms", promptMillis / promptTokens)
                .put("prompt_per_second", 1000 * promptTokens / promptMillis)
                .put("predicted_n", r.tokens())
                .put("predicted_ms", decodeMillis)
                .put("predicted_per_token_ms", r.tokens() < 2 ? 0.0 : decodeMillis / steps)
                .put("predicted_per_second", r.tokens() < 2 ? 0.0 : 1000 * steps / decodeMillis);
    }

    void breakOff(BrokenStream e) throws IOException {
        if (e.how() == BrokenStream.How.CUT) {
            response.cut();
            return;
        }
        ObjectNode error = Json.object();
        error.putObject("error")
                .put("code", 500)
                .put("message", "Compute error.")
                .put("type", "server_error");
        if (response.hasBegun()) {
            response.chunk(event(error));
            response.end();
        } else {
            response.send(500, LlamaServerApi.JSON, Json.write(error));
        }
    }
}
