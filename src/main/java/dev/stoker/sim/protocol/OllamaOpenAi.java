package dev.stoker.sim.protocol;

import dev.stoker.json.Json;
import dev.stoker.sim.engine.Ask;
import dev.stoker.sim.engine.BrokenStream;
import dev.stoker.sim.engine.Engine;
import dev.stoker.sim.engine.EngineFailure;
import dev.stoker.sim.engine.Job;
import dev.stoker.sim.engine.Lease;
import dev.stoker.sim.engine.Result;
import dev.stoker.sim.engine.TokenSink;
import dev.stoker.sim.physics.ModelSpec;
import dev.stoker.sim.wire.WireRequest;
import dev.stoker.sim.wire.WireResponse;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ollama's {@code /v1/chat/completions}, with its own order of fields and its own way of breaking
 * off. Thread-safe.
 */
final class OllamaOpenAi {
    private static final String JSON = "application/json";

    private final Engine engine;
    private final AtomicInteger number = new AtomicInteger(100);

    OllamaOpenAi(Engine engine) {
        this.engine = engine;
    }

    static void fail(WireResponse response, EngineFailure e) throws IOException {
        ObjectNode error = Json.object();
        error.putObject("error")
                .put("message", e.text())
                .put(
                        "type",
                        switch (e.status()) {
                            case 400 -> "invalid_request_error";
                            case 404 -> "not_found_error";
                            default -> "api_error";
                        })
                .putNull("param")
                .putNull("code");
        response.send(e.status(), JSON, Json.write(error) + "\n");
    }

    void chat(WireRequest request, WireResponse response) throws IOException, InterruptedException {
        try {
            JsonNode body = Bodies.json(request);
            String name = body.path("model").asString("");
            if (body.path("messages").isEmpty()) {
                throw new EngineFailure(400, "[] is too short - 'messages'");
            }
            ModelSpec model =
                    engine.box()
                            .model(name)
                            .orElseThrow(
                                    () -> new EngineFailure(404, "model '" + name + "' not found"));
            answer(body, name, model, response);
        } catch (EngineFailure e) {
            fail(response, e);
        }
    }

    private void answer(JsonNode body, String name, ModelSpec model, WireResponse response)
            throws EngineFailure, IOException, InterruptedException {
        boolean stream = Bodies.truth(body, "stream", false);
        boolean usage = Bodies.truth(body.path("stream_options"), "include_usage", false);
        int most = body.path("max_tokens").asInt(-1);
        int seed = body.path("seed").asInt(0);
        Job job =
                new Job(
                        Bodies.transcript(body.path("messages")),
                        12,
                        most,
                        true,
                        seed,
                        true,
                        false);
        Answer answer = new Answer(response, name, stream);
        try (Lease lease = engine.acquire(model, name, Ask.DEFAULT)) {
            Result result = engine.generate(lease, job, answer);
            answer.finish(result, usage);
        } catch (BrokenStream e) {
            answer.breakOff(e);
        }
    }

    private final class Answer implements TokenSink {
        private final WireResponse response;
        private final String model;
        private final boolean stream;
        private final String id = "chatcmpl-" + number.incrementAndGet();
        private final long created = engine.clock().now().getEpochSecond();
        private final StringBuilder content = new StringBuilder();
        private final StringBuilder reasoning = new StringBuilder();
        private boolean first = true;

        Answer(WireResponse response, String model, boolean stream) {
            this.response = response;
            this.model = model;
            this.stream = stream;
        }

        private ObjectNode head(String shownModel) {
            return Json.object()
                    .put("id", id)
                    .put("object", stream ? "chat.completion.chunk" : "chat.completion")
                    .put("created", created)
                    .put("model", shownModel)
                    .put("system_fingerprint", "fp_ollama");
        }

        private String event(String shownModel, ObjectNode delta, String finish) {
            ObjectNode chunk = head(shownModel);
            ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
            choice.set("delta", delta);
            if (finish.isEmpty()) {
                choice.putNull("finish_reason");
            } else {
                choice.put("finish_reason", finish);
            }
            return "data: " + Json.write(chunk) + "\n\n";
        }

        @Override
        public void token(String text, boolean thinking) throws IOException {
            if (!stream) {
                (thinking ? reasoning : content).append(text);
                return;
            }
            if (!response.hasBegun()) {
                response.begin(200, "text/event-stream");
            }
            ObjectNode delta = Json.object();
            if (first) {
                delta.put("role", "assistant");
                first = false;
            }
            delta.put("content", thinking ? "" : text);
            if (thinking) {
                delta.put("reasoning", text);
            }
            response.chunk(event(model, delta, ""));
        }

        @Override
        public void flush() throws IOException {
            if (response.hasBegun()) {
                response.flush();
            }
        }

        void finish(Result result, boolean usage) throws IOException {
            String reason = result.byLength() ? "length" : "stop";
            ObjectNode counts =
                    Json.object()
                            .put("prompt_tokens", result.promptTokens())
                            .put("completion_tokens", result.tokens())
                            .put("total_tokens", result.promptTokens() + result.tokens());
            if (stream) {
                String last = event(model, Json.object(), reason);
                if (usage) {
                    ObjectNode chunk = head(model);
                    chunk.putArray("choices");
                    chunk.set("usage", counts);
                    last += "data: " + Json.write(chunk) + "\n\n";
                }
                response.chunk(last + "data: [DONE]\n\n");
                response.end();
                return;
            }
            ObjectNode whole = head(model);
            ObjectNode choice = whole.putArray("choices").addObject().put("index", 0);
            ObjectNode message =
                    choice.putObject("message")
                            .put("role", "assistant")
                            .put("content", content.toString());
            if (!reasoning.isEmpty()) {
                message.put("reasoning", reasoning.toString());
            }
            choice.put("finish_reason", reason);
            whole.set("usage", counts);
            response.send(200, JSON, Json.write(whole) + "\n");
        }

        /** An error in mid-stream is swallowed: an empty chunk without a model, and no end mark. */
        void breakOff(BrokenStream e) throws IOException {
            if (e.how() == BrokenStream.How.CUT) {
                response.cut();
            } else if (response.hasBegun()) {
                response.chunk(event("", Json.object().put("content", ""), ""));
                response.end();
            } else {
                fail(
                        response,
                        new EngineFailure(
                                500,
                                "an error was encountered while running the model: unexpected"
                                        + " EOF"));
            }
        }
    }
}
