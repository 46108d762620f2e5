package dev.stoker.server;

import static dev.stoker.server.LoopbackServer.SILENCE;
import static dev.stoker.server.LoopbackServer.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.http.SendStamps;
import dev.stoker.json.Json;
import dev.stoker.server.llamacpp.LlamaRouter;
import dev.stoker.server.llamacpp.LlamaServer;
import dev.stoker.server.ollama.OllamaServer;
import dev.stoker.server.openai.LlamaSwapServer;
import dev.stoker.server.openai.LmStudioServer;
import dev.stoker.server.openai.OpenAiServer;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** What each dialect asks, and how it reads the lists that real servers gave. */
class DialectsTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String IDLE = "{\"models\":[]}";

    @Test
    void ollamaTags_captured_areReadWhole() throws ServerException {
        try (LoopbackServer real = new LoopbackServer().captured("ollama-0.33.0/probe/tags")) {
            List<ModelInfo> models = ollama(real).models();
            assertThat(models).hasSize(4);
            ModelInfo gemma = models.get(2);
            assertThat(gemma.name()).isEqualTo("gemma3:270m");
            assertThat(gemma.fileSize().value().count()).isEqualTo(253113306);
            assertThat(gemma.quantization().value()).isEqualTo("Q4_1");
            assertThat(gemma.parameters().value()).isEqualTo(135_000_000);
            assertThat(gemma.trainedContext().value()).isEqualTo(32768);
            assertThat(gemma.capabilities()).containsExactly("completion");
            assertThat(gemma.remote()).isFalse();
            assertThat(real.asked()).containsExactly("GET /api/tags");
        }
    }

    @Test
    void ollamaTags_ofAnOldServer_areCompletedByShow() throws ServerException {
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured("ollama-0.33.0/probe/show")
                        .on("GET /api/tags", json(200, "{\"models\":[{\"name\":\"smollm2\"}]}"))) {
            ModelInfo model = ollama(real).models().getFirst();
            assertThat(model.capabilities()).containsExactly("completion");
            assertThat(model.trainedContext().value()).isEqualTo(8192);
            assertThat(model.fileSize().isKnown()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"name\":\"a:cloud\"                               | true",
                "\"name\":\"a:120b-cloud\"                          | true",
                "\"name\":\"a\",\"remote_host\":\"https://o.com\"   | true",
                "\"name\":\"a\",\"remote_host\":\"\"                | false",
                "\"name\":\"cloudy\"                                | false",
            })
    void ollamaModel_inTheCloud_isRemote(String fields, boolean remote) throws ServerException {
        String tags = "{\"models\":[{\"capabilities\":[]," + fields + "}]}";
        try (LoopbackServer real = new LoopbackServer().on("GET /api/tags", json(200, tags))) {
            assertThat(ollama(real).models().getFirst().remote()).isEqualTo(remote);
        }
    }

    @Test
    void ollamaPs_onCpu_isKnownAndNotOnTheGpu() throws ServerException {
        LoadedModel model = ps("cpu").getFirst();
        assertThat(model.total().value().count()).isEqualTo(209505483);
        assertThat(model.onGpu().value().count()).isZero();
        assertThat(model.contextLength().value()).isEqualTo(4096);
    }

    @Test
    void ollamaPs_ofSizeZero_isUnknown() throws ServerException {
        for (String capture : List.of("cpu-size0", "gpu-lost-rpc")) {
            LoadedModel model = ps(capture).getFirst();
            assertThat(model.total()).isInstanceOf(Reading.Unsupported.class);
            assertThat(model.onGpu()).isInstanceOf(Reading.Unsupported.class);
        }
    }

    @Test
    void ollamaPs_expiry_isReadWithItsOffsetAndForEver() throws ServerException {
        assertThat(ps("timezone").getFirst().expiresAt().value())
                .isEqualTo(Instant.parse("2026-11-22T13:31:08.846623969Z"));
        assertThat(ps("forever").getFirst().expiresAt().value())
                .isAfter(Instant.parse("2300-01-01T00:00:00Z"));
    }

    @Test
    void ollamaPs_ofTwoModels_listsBoth() throws ServerException {
        assertThat(ps("gpu-two")).hasSize(2);
        assertThat(ps("empty")).isEmpty();
    }

    @Test
    void ollamaLoad_andStream_askForTheSameRunner() throws ServerException {
        RunnerOptions runner =
                new RunnerOptions(
                        OptionalLong.of(8192),
                        Optional.of(Duration.ofMinutes(10)),
                        Map.of("num_gpu", 20, "use_mmap", false));
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured(
                                "ollama-0.33.0/ps/cpu",
                                "ollama-0.33.0/load/preload-generate",
                                "ollama-0.33.0/stream/chat-stream")) {
            InferenceServer server = ollama(real);
            LoadReport report = server.load("smollm2", runner, LONG, Cancellation.never());
            assertThat(report.alreadyLoaded()).isTrue();
            GenerationRequest request =
                    GenerationRequest.chat("smollm2", "Say hello.")
                            .runner(runner)
                            .deterministic(7)
                            .maxTokens(12)
                            .nonce("x1");
            assertThat(stream(server, request).getLast()).isInstanceOf(StreamEvent.End.class);

            JsonNode load = body(real, "POST /api/generate");
            JsonNode chat = body(real, "POST /api/chat");
            for (String option : List.of("num_ctx", "num_gpu", "use_mmap")) {
                assertThat(chat.path("options").path(option))
                        .isEqualTo(load.path("options").path(option));
            }
            assertThat(load.path("options").size()).isEqualTo(3);
            assertThat(load.path("keep_alive").intValue()).isEqualTo(600);
            assertThat(chat.path("keep_alive").intValue()).isEqualTo(600);
            assertThat(chat.path("options").path("num_predict").intValue()).isEqualTo(12);
            assertThat(chat.path("messages").get(0).path("role").stringValue()).isEqualTo("system");
            assertThat(chat.path("messages").get(0).path("content").stringValue()).startsWith("x1");
        }
    }

    @ParameterizedTest
    @CsvSource({"-1, -1", "0, 0", "300, 300", "9000000001, -1", "9223372036854775807, -1"})
    void ollamaKeepAlive_ofAnyLength_neverOverflows(long seconds, long sent)
            throws ServerException {
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured("ollama-0.33.0/ps/cpu", "ollama-0.33.0/load/preload-generate")) {
            RunnerOptions keep = RunnerOptions.defaults().keepAlive(Duration.ofSeconds(seconds));
            ollama(real).load("smollm2", keep, LONG, Cancellation.never());
            assertThat(body(real, "POST /api/generate").path("keep_alive").longValue())
                    .isEqualTo(sent);
        }
    }

    @Test
    void ollamaLoad_ofAnEmbeddingModel_goesByAnEmptyEmbedding() throws ServerException {
        try (LoopbackServer real =
                new LoopbackServer()
                        .on("GET /api/ps", json(200, IDLE))
                        .on(
                                "POST /api/generate",
                                json(400, "{\"error\":\"\\\"e\\\" does not support generate\"}"))
                        .on("POST /api/embed", json(200, "{\"embeddings\":[]}"))) {
            ollama(real).load("e", RunnerOptions.defaults(), LONG, Cancellation.never());
            assertThat(body(real, "POST /api/embed").path("input").isArray()).isTrue();
        }
    }

    @Test
    void ollamaLoad_withoutAnswer_isStalled() {
        try (LoopbackServer real =
                new LoopbackServer()
                        .on("GET /api/ps", json(200, IDLE))
                        .on("POST /api/generate", SILENCE)) {
            InferenceServer server = ollama(real);
            assertThat(
                            failure(() ->
                                    server.load(
                                            "m",
                                            RunnerOptions.defaults(),
                                            SHORT,
                                            Cancellation.never())))
                    .isInstanceOf(ServerFailure.Stalled.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "500 | do load request: Post \"http://127.0.0.1:41205/load\": EOF | server-died",
                "500 | model requires more system memory (66.4 GiB) than is available (9.1 GiB)"
                        + " | out-of-memory",
                "500 | llama runner process has terminated: cudaMalloc failed: out of memory"
                        + " | out-of-memory",
                "500 | llama-server reported out-of-memory during startup: x | out-of-memory",
                "500 | cudaMalloc failed\\nretrying without pipeline parallelism | load-failed",
                "500 | who knows | load-failed",
                "404 | model 'm' not found | model-missing",
                "503 | server busy, please try again. | busy",
                "400 | invalid model name | bad-request",
            })
    void ollamaLoad_failing_isToldApart(int status, String text, String code) {
        String body = Json.write(Json.object().put("error", text.replace("\\n", "\n")));
        try (LoopbackServer real =
                new LoopbackServer()
                        .on("GET /api/ps", json(200, IDLE))
                        .on("POST /api/generate", json(status, body))) {
            InferenceServer server = ollama(real);
            assertThat(failure(() -> load(server, "m")).code()).isEqualTo(code);
        }
    }

    @Test
    void ollamaUnload_thatLasts_isWaitedFor() throws ServerException {
        LoopbackServer.Answer there = json(200, "{\"models\":[{\"name\":\"m:latest\"}]}");
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured("ollama-0.33.0/load/unload-generate")
                        .on("GET /api/ps", there, there, there, json(200, IDLE))) {
            UnloadReport report = ollama(real).unload("m", LONG, Cancellation.never());
            assertThat(report.gone()).isTrue();
            assertThat(body(real, "POST /api/generate").path("keep_alive").intValue()).isZero();
        }
    }

    @Test
    void ollamaUnload_withoutEnd_isNotGone() throws ServerException {
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured("ollama-0.33.0/load/unload-generate")
                        .on("GET /api/ps", json(200, "{\"models\":[{\"name\":\"m:latest\"}]}"))) {
            assertThat(ollama(real).unload("m", SHORT, Cancellation.never()).gone()).isFalse();
        }
    }

    @Test
    void rawPrompt_toOllama_isSentRawBehindItsNonce() {
        try (LoopbackServer real =
                new LoopbackServer().captured("ollama-0.33.0/stream/generate-stream")) {
            GenerationRequest request =
                    new GenerationRequest(
                            "m",
                            List.of(),
                            Optional.of("Once"),
                            Optional.of("x1"),
                            OptionalLong.empty(),
                            OptionalLong.empty(),
                            OptionalDouble.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            false,
                            RunnerOptions.defaults(),
                            LONG);
            stream(ollama(real), request);
            JsonNode body = body(real, "POST /api/generate");
            assertThat(body.path("raw").booleanValue()).isTrue();
            assertThat(body.path("prompt").stringValue()).isEqualTo("x1 Once");
        }
    }

    @Test
    void llamaServer_captured_isReadWhole() throws ServerException {
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured(
                                "llama-server-b10434/probe/get-props",
                                "llama-server-b10434/probe/get-v1-models",
                                "llama-server-b10434/probe/health-ok",
                                "llama-server-b10434/stream/v1-chat-stream-usage")) {
            InferenceServer server =
                    new LlamaServer(identity(real, ServerKind.LLAMA_SERVER), connection(real));
            ModelInfo model = server.models().getFirst();
            assertThat(model.parameters().value()).isEqualTo(134515008);
            assertThat(model.trainedContext().value()).isEqualTo(8192);
            assertThat(model.quantization().value()).isEqualTo("Q4_1");
            assertThat(server.loaded().getFirst().contextLength().value()).isEqualTo(2048);
            assertThat(load(server, "smollm2.gguf").alreadyLoaded()).isTrue();
            stream(server, GenerationRequest.chat("smollm2.gguf", "Say hello.").nonce("x1"));
            JsonNode body = body(real, "POST /v1/chat/completions");
            assertThat(body.path("cache_prompt").booleanValue()).isFalse();
            assertThat(body.path("stream_options").path("include_usage").booleanValue()).isTrue();
            assertThat(real.asked()).noneMatch(q -> q.contains("slots") || q.contains("metrics"));
        }
    }

    @Test
    void llamaServer_loading_isWaitedFor() throws ServerException {
        LoopbackServer.Answer loading = json(503, "{\"error\":{\"message\":\"Loading model\"}}");
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured(
                                "llama-server-b10434/probe/get-props",
                                "llama-server-b10434/probe/get-v1-models")
                        .on("GET /health", loading, loading, json(200, "{\"status\":\"ok\"}"))) {
            InferenceServer server =
                    new LlamaServer(identity(real, ServerKind.LLAMA_SERVER), connection(real));
            assertThat(failure(server::ping)).isInstanceOf(ServerFailure.Busy.class);
            assertThat(load(server, "smollm2.gguf").alreadyLoaded()).isFalse();
        }
    }

    @Test
    void router_captured_isReadWhole() throws ServerException {
        try (LoopbackServer real =
                new LoopbackServer().captured("llama-server-b10434/router/models-loaded")) {
            InferenceServer server = router(real);
            assertThat(server.models())
                    .extracting(ModelInfo::name)
                    .containsExactly("broken", "gemma3-270m", "smollm2");
            assertThat(server.loaded()).extracting(LoadedModel::name).containsExactly("smollm2");
            assertThat(load(server, "smollm2").alreadyLoaded()).isTrue();
        }
    }

    @Test
    void router_loadThatFails_isFollowedToItsEnd() {
        String entry = "{\"data\":[{\"id\":\"m\",\"status\":{\"value\":\"%s\"%s}}]}";
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured("llama-server-b10434/router/load-broken")
                        .on(
                                "GET /models",
                                json(200, entry.formatted("unloaded", "")),
                                json(200, entry.formatted("loading", "")),
                                json(
                                        200,
                                        entry.formatted(
                                                "unloaded", ",\"failed\":true,\"exit_code\":1")))) {
            InferenceServer server = router(real);
            assertThat(failure(() -> load(server, "m")))
                    .isInstanceOfSatisfying(
                            ServerFailure.LoadFailed.class,
                            f -> assertThat(f.detail()).contains("exit code 1"));
        }
    }

    @Test
    void router_commandsDoneAlready_areNoFailure() throws ServerException {
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured(
                                "llama-server-b10434/router/models-idle",
                                "llama-server-b10434/router/unload")) {
            assertThat(router(real).unload("smollm2", SHORT, Cancellation.never()).gone()).isTrue();
        }
    }

    @Test
    void lmStudio_described_loadsAndUnloadsItsInstance() throws ServerException {
        String idle = "{\"models\":[{\"key\":\"m\",\"type\":\"llm\",\"loaded_instances\":[]}]}";
        String busy =
                "{\"models\":[{\"key\":\"m\",\"loaded_instances\":[{\"id\":\"m:2\",\"config\":"
                        + "{\"context_length\":4096}}]}]}";
        try (LoopbackServer real =
                new LoopbackServer()
                        .on(
                                "GET /api/v1/models",
                                json(200, idle),
                                json(200, busy),
                                json(200, busy),
                                json(200, idle))
                        .on("POST /api/v1/models/load", json(200, "{\"load_time_seconds\":2.5}"))
                        .on("POST /api/v1/models/unload", json(200, "{}"))) {
            InferenceServer server =
                    new LmStudioServer(
                            identity(real, ServerKind.LM_STUDIO), connection(real), true);
            assertThat(load(server, "m").serverTime().value()).isEqualTo(Duration.ofMillis(2500));
            assertThat(server.loaded().getFirst().contextLength().value()).isEqualTo(4096);
            assertThat(server.unload("m", LONG, Cancellation.never()).gone()).isTrue();
            assertThat(body(real, "POST /api/v1/models/unload").path("instance_id").stringValue())
                    .isEqualTo("m:2");
        }
    }

    @Test
    void llamaSwap_described_loadsByARequest() throws ServerException {
        String running = "{\"running\":[{\"model\":\"m\",\"state\":\"ready\"}]}";
        String none = "{\"running\":[]}";
        try (LoopbackServer real =
                new LoopbackServer()
                        .on("GET /running", json(200, none), json(200, running), json(200, none))
                        .on("POST /v1/chat/completions", json(200, "{\"choices\":[]}"))
                        .on("POST /api/models/unload/m", json(200, "{}"))) {
            InferenceServer server =
                    new LlamaSwapServer(identity(real, ServerKind.LLAMA_SWAP), connection(real));
            assertThat(load(server, "m").alreadyLoaded()).isFalse();
            assertThat(server.unload("m", LONG, Cancellation.never()).gone()).isTrue();
        }
    }

    @Test
    void vllm_captured_servesItsOneModel() throws ServerException {
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured(
                                "vllm-sim-0.10.2/get-v1-models",
                                "vllm-sim-0.10.2/get-health",
                                "vllm-sim-0.10.2/v1-chat-stream-usage")) {
            InferenceServer server =
                    new OpenAiServer(identity(real, ServerKind.VLLM), connection(real));
            server.ping();
            assertThat(load(server, "test-model").alreadyLoaded()).isTrue();
            assertThat(failure(() -> load(server, "nope")))
                    .isInstanceOf(ServerFailure.ModelMissing.class);
            assertThat(failure(() -> server.unload("m", SHORT, Cancellation.never())).sentence())
                    .contains("vLLM keeps its model");
            assertThat(stream(server, GenerationRequest.chat("test-model", "Hi")).getLast())
                    .isInstanceOf(StreamEvent.End.class);
        }
    }

    private static List<LoadedModel> ps(String capture) throws ServerException {
        try (LoopbackServer real = new LoopbackServer().captured("ollama-0.33.0/ps/" + capture)) {
            return ollama(real).loaded();
        }
    }

    private static InferenceServer ollama(LoopbackServer real) {
        return new OllamaServer(identity(real, ServerKind.OLLAMA), connection(real));
    }

    private static InferenceServer router(LoopbackServer real) {
        return new LlamaRouter(identity(real, ServerKind.LLAMA_ROUTER), connection(real));
    }

    private static ServerConnection connection(LoopbackServer real) {
        return new ServerConnection(
                ServerKind.OLLAMA, real.endpoint(), Clock.system(), ApiKey.none());
    }

    private static ServerIdentity identity(LoopbackServer real, ServerKind kind) {
        return new ServerIdentity(
                kind, Reading.unsupported("a test"), real.endpoint(), Optional.empty());
    }

    private static LoadReport load(InferenceServer server, String model) throws ServerException {
        return server.load(model, RunnerOptions.defaults(), LONG, Cancellation.never());
    }

    private static List<StreamEvent> stream(InferenceServer server, GenerationRequest request) {
        List<StreamEvent> events = new ArrayList<>();
        server.stream(request, SendStamps.NONE, events::add, Cancellation.never());
        return events;
    }

    private static JsonNode body(LoopbackServer real, String question) {
        return real.questions().stream()
                .filter(q -> (q.method() + " " + q.target()).equals(question))
                .map(q -> Json.parse(q.body()).orElseThrow())
                .findFirst()
                .orElseThrow();
    }

    private static ServerFailure failure(ThrowingCallable call) {
        return catchThrowableOfType(ServerException.class, call).failure();
    }
}
