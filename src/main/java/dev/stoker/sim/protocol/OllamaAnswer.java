package dev.stoker.sim.protocol;

import dev.stoker.base.Clock;
import dev.stoker.json.Json;
import dev.stoker.sim.engine.Result;
import dev.stoker.sim.engine.TokenSink;
import dev.stoker.sim.wire.WireResponse;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;

/**
 * One answer of {@code /api/generate} or {@code /api/chat}: lines of JSON while it runs, or one
 * object at its end. Used by one thread.
 */
final class OllamaAnswer implements TokenSink {
    /** What Ollama writes for the decode time of a single token: there is nothing to measure. */
    private static final long PLACEHOLDER_NANOS = 1000;

    private final WireResponse response;
    private final Clock clock;
    private final String model;
    private final boolean chat;
    private final boolean stream;
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder thought = new StringBuilder();

    OllamaAnswer(WireResponse response, Clock clock, String model, boolean chat, boolean stream) {
        this.response = response;
        this.clock = clock;
        this.model = model;
        this.chat = chat;
        this.stream = stream;
    }

    @Override
    public void token(String text, boolean thinking) throws IOException {
        if (!stream) {
            (thinking ? thought : content).append(text);
            return;
        }
        if (!response.hasBegun()) {
            response.begin(200, "application/x-ndjson");
        }
        ObjectNode line = thinking ? start("", text) : start(text, "");
        line.put("done", false);
        response.chunk(Json.write(line) + "\n");
    }

    @Override
    public void flush() throws IOException {
        if (response.hasBegun()) {
            response.flush();
        }
    }

    /**
     * Sends the last line with the metrics, all in nanoseconds. A zero is left out, as Ollama does.
     */
    void finish(Result result, long loadNanos, long measuredNanos) throws IOException {
        ObjectNode last = stream ? start("", "") : start(content.toString(), thought.toString());
        last.put("done", true);
        last.put("done_reason", result.byLength() ? "length" : "stop");
        if (!chat) {
            last.putArray("context").add(1).add(9690).add(198);
        }
        long parts = loadNanos + result.waitNanos() + result.promptNanos() + result.decodeNanos();
        last.put("total_duration", Math.max(measuredNanos, parts));
        last.put("load_duration", Math.max(1, loadNanos));
        last.put("prompt_eval_count", result.promptTokens());
        last.put("prompt_eval_duration", result.promptNanos());
        last.put("eval_count", result.tokens());
        last.put("eval_duration", result.tokens() == 1 ? PLACEHOLDER_NANOS : result.decodeNanos());
        if (stream) {
            if (!response.hasBegun()) {
                response.begin(200, "application/x-ndjson");
            }
            response.chunk(Json.write(last) + "\n");
            response.end();
        } else {
            response.send(200, OllamaApi.JSON, Json.write(last));
        }
    }

    /** Answers a request that only loads or unloads: one object without any durations. */
    void bare(String reason) throws IOException {
        ObjectNode only = start("", "");
        only.put("done", true);
        only.put("done_reason", reason);
        response.send(200, OllamaApi.JSON, Json.write(only));
    }

    private ObjectNode start(String text, String thinking) {
        ObjectNode line = Json.object();
        line.put("model", model);
        line.put("created_at", OllamaLists.stamp(clock.now()));
        if (chat) {
            ObjectNode message = line.putObject("message");
            message.put("role", "assistant");
            message.put("content", text);
            if (!thinking.isEmpty()) {
                message.put("thinking", thinking);
            }
        } else {
            line.put("response", text);
            if (!thinking.isEmpty()) {
                line.put("thinking", thinking);
            }
        }
        return line;
    }
}
