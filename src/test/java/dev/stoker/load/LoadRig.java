package dev.stoker.load;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.server.ApiKey;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.LoopbackServer;
import dev.stoker.server.ServerConnection;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;
import dev.stoker.server.ollama.OllamaServer;
import dev.stoker.server.openai.OpenAiServer;

import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Runs real load tests against a server that answers with prepared streams. */
final class LoadRig {
    static final String HEAD =
            "HTTP/1.1 200 OK\r\n"
                    + "Content-Type: text/event-stream\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n";
    static final String LAST_CHUNK = "0\r\n\r\n";

    final LoopbackServer server = new LoopbackServer();
    private final Path results;
    LoadSettings settings = new LoadSettings(1, Duration.ZERO, false, Integer.MAX_VALUE);
    Duration stall = Duration.ofSeconds(10);
    List<Objective> objectives = List.of();
    final ObjectNode options = Json.object();

    LoadRig(Path results) {
        this.results = results;
    }

    /** Answers every question, in order; the last answer repeats. */
    LoadRig answers(LoopbackServer.Answer... answers) {
        server.on("POST /v1/chat/completions", answers);
        server.on("POST /api/chat", answers);
        return this;
    }

    InferenceServer openAi() {
        return new OpenAiServer(identity(ServerKind.VLLM), connection(ServerKind.VLLM));
    }

    InferenceServer ollama() {
        return new OllamaServer(identity(ServerKind.OLLAMA), connection(ServerKind.OLLAMA));
    }

    private ServerIdentity identity(ServerKind kind) {
        return new ServerIdentity(
                kind, Reading.unsupported("a test"), server.endpoint(), Optional.empty());
    }

    private ServerConnection connection(ServerKind kind) {
        return new ServerConnection(kind, server.endpoint(), Clock.system(), ApiKey.none());
    }

    static LoadStep requests(int users, long requests) {
        return new LoadStep(
                new Arrivals.Closed(users),
                Duration.ZERO,
                Duration.ZERO,
                Optional.empty(),
                OptionalLong.of(requests));
    }

    LoadFolder folder(InferenceServer target, LoadStep... steps) {
        LoadFolder folder =
                LoadFolder.create(
                        results,
                        LoadHeader.of(target.identity(), target.clock(), "test", "m", options));
        PromptSource prompts = () -> Ask.single(GenerationRequest.chat("m", "Hello").stall(stall));
        try (LoadJournal journal = LoadJournal.open(folder);
                LoadRunner runner =
                        new LoadRunner(
                                target,
                                settings,
                                prompts,
                                journal::write,
                                _ -> {},
                                Cancellation.never())) {
            for (LoadStep step : steps) {
                runner.run(step);
            }
        }
        return folder;
    }

    StepSummary run(InferenceServer target, LoadStep step) {
        return LoadReader.summary(folder(target, step), objectives).steps().getFirst();
    }

    StepSummary run(LoadStep step) {
        return run(openAi(), step);
    }

    static String event(String json) {
        return "data: " + json + "\n\n";
    }

    static String content(String field, String text) {
        return event(
                "{\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\""
                        + field
                        + "\":\""
                        + text
                        + "\"},\"finish_reason\":null}]}");
    }

    static String token(String text) {
        return content("content", text);
    }

    static String end(long outputTokens) {
        return event(
                        "{\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},"
                                + "\"finish_reason\":\"length\"}]}")
                + event(
                        "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":"
                                + outputTokens
                                + "}}")
                + "data: [DONE]\n\n";
    }

    static String chunk(String text) {
        return Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length)
                + "\r\n"
                + text
                + "\r\n";
    }

    /** A whole good answer: so many chunks with a word each, and the server's count. */
    static LoopbackServer.Sequence good(int chunks, long tokens) {
        return LoopbackServer.text(
                HEAD + chunk(token(" word").repeat(chunks) + end(tokens)) + LAST_CHUNK);
    }
}
