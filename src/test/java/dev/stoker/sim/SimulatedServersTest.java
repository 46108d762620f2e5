package dev.stoker.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.http.Endpoint;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpExchange;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.SendStamps;
import dev.stoker.http.Timeouts;
import dev.stoker.server.ApiKey;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.RunnerOptions;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerKind;
import dev.stoker.server.StreamEvent;
import dev.stoker.server.discovery.Discovery;
import dev.stoker.sim.engine.Faults;
import dev.stoker.sim.physics.BoxFile;
import dev.stoker.trace.ServerTimings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The simulated servers, spoken to by the real dialects over real sockets. */
class SimulatedServersTest {
    private static final double SPEED = 200;
    private static final Duration STALL = Duration.ofSeconds(600);
    private static final Cancellation NEVER = Cancellation.never();

    private static SimServer start(String box, String... faults) throws Exception {
        Faults chosen = new Faults();
        List.of(faults).forEach(chosen::parse);
        return SimServer.start(BoxFile.load(box), 0, SPEED, chosen);
    }

    private static InferenceServer open(SimServer sim) throws Exception {
        return Discovery.open(Endpoint.parse(sim.url()), Clock.system(), ApiKey.none());
    }

    private static HttpAnswer fetch(SimServer sim, HttpRequest request) {
        return new HttpExchange(Endpoint.parse(sim.url()), Clock.system())
                .fetch(request, Timeouts.control(), 1 << 20, NEVER);
    }

    private static List<StreamEvent> ask(
            InferenceServer server, String model, String prompt, long most) {
        return ask(server, model, prompt, most, STALL);
    }

    private static List<StreamEvent> ask(
            InferenceServer server, String model, String prompt, long most, Duration stall) {
        List<StreamEvent> events = new ArrayList<>();
        GenerationRequest request =
                GenerationRequest.chat(model, prompt).maxTokens(most).stall(stall);
        server.stream(request, SendStamps.NONE, events::add, NEVER);
        return events;
    }

    private static ServerTimings timings(List<StreamEvent> events) {
        assertThat(events.getLast()).isInstanceOf(StreamEvent.End.class);
        return events.stream()
                .filter(StreamEvent.Usage.class::isInstance)
                .map(e -> ((StreamEvent.Usage) e).timings())
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    private static ServerFailure fault(List<StreamEvent> events) {
        assertThat(events.getLast()).isInstanceOf(StreamEvent.Fault.class);
        return ((StreamEvent.Fault) events.getLast()).failure();
    }

    @Test
    void thor_loadAskUnload_behavesAsOllamaDoes() throws Exception {
        try (SimServer sim = start("thor")) {
            InferenceServer server = open(sim);
            assertThat(server.identity().kind()).isEqualTo(ServerKind.OLLAMA);
            assertThat(server.models()).extracting("name").contains("phi4:14b", "llama3.3:70b");

            server.load("phi4:14b", RunnerOptions.defaults(), STALL, NEVER);
            List<LoadedModel> loaded = server.loaded();
            assertThat(loaded).hasSize(1);
            assertThat(loaded.getFirst().onGpu().value().toGb()).isCloseTo(9.9, within(0.2));

            ServerTimings t = timings(ask(server, "phi4:14b", "Why is the sky blue?", 100));
            assertThat(t.outputTokens().value()).isEqualTo(100);
            assertThat(t.decodeTokensPerSecond().value()).isCloseTo(19.8, within(0.6));

            server.unload("phi4:14b", Duration.ofSeconds(30), NEVER);
            assertThat(server.loaded()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-oss:20b, 37.0",
        "phi4:14b, 19.8",
        "deepseek-r1:7b, 38",
        "qwen2.5-coder:32b, 9",
        "llama3.3:70b, 4.1"
    })
    void thor_eachModel_decodesAsMeasured(String model, double tokensPerSecond) throws Exception {
        try (SimServer sim = start("thor")) {
            ServerTimings t = timings(ask(open(sim), model, "Hello", 40));
            assertThat(t.decodeTokensPerSecond().value())
                    .isCloseTo(tokensPerSecond, within(tokensPerSecond * 0.06));
        }
    }

    @Test
    void everyAnswer_hasTheMarkOfTheSimulation() throws Exception {
        try (SimServer sim = start("a10g")) {
            for (String path : List.of("/api/version", "/nothing", "/sim/state")) {
                HttpAnswer answer = fetch(sim, HttpRequest.get(path));
                assertThat(answer.head().orElseThrow().header(SimServer.HEADER))
                        .contains("a10g;speed=200.0");
            }
        }
    }

    @Test
    void cutFault_cutsTheStream() throws Exception {
        try (SimServer sim = start("thor", "cut=after:5")) {
            List<StreamEvent> events = ask(open(sim), "phi4:14b", "Hello", 50);
            assertThat(fault(events)).isInstanceOf(ServerFailure.ServerDied.class);
            assertThat(events.stream().filter(StreamEvent.Token.class::isInstance)).hasSize(5);
        }
    }

    @Test
    void errorInStreamFault_isToldInsideTheStream() throws Exception {
        try (SimServer sim = start("thor", "error-in-stream=after:5")) {
            ServerFailure failure = fault(ask(open(sim), "phi4:14b", "Hello", 50));
            assertThat(failure)
                    .isInstanceOfAny(
                            ServerFailure.StreamError.class, ServerFailure.ServerDied.class);
        }
    }

    @Test
    void stallFault_endsInSilence() throws Exception {
        try (SimServer sim = start("thor", "stall=after:5")) {
            ServerFailure failure =
                    fault(ask(open(sim), "deepseek-r1:7b", "Hello", 50, Duration.ofSeconds(60)));
            assertThat(failure).isInstanceOf(ServerFailure.Stalled.class);
        }
    }

    @Test
    void busyFault_refusesWith503() throws Exception {
        try (SimServer sim = start("thor", "busy-503")) {
            assertThat(fault(ask(open(sim), "phi4:14b", "Hello", 5)))
                    .isInstanceOf(ServerFailure.Busy.class);
        }
    }

    @Test
    void hangLoadFault_stallsTheLoadAndSwitchesOffAtRunTime() throws Exception {
        try (SimServer sim = start("thor", "hang-load")) {
            InferenceServer server = open(sim);
            assertThatThrownBy(() ->
                            server.load(
                                    "phi4:14b",
                                    RunnerOptions.defaults(),
                                    Duration.ofSeconds(60),
                                    NEVER))
                    .isInstanceOf(ServerException.class);
            assertThat(
                            fetch(
                                            sim,
                                            HttpRequest.post(
                                                    "/sim/faults",
                                                    "{\"name\":\"hang-load\",\"on\":false}"))
                                    .status())
                    .isEqualTo(200);
            server.load("phi4:14b", RunnerOptions.defaults(), STALL, NEVER);
            assertThat(server.loaded()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "fragmentation",
        "clocks",
        "context",
        "fewer-layers",
        "pagecache",
        "offload",
        "vanished",
        "lottery",
        "neighbour"
    })
    void degradeFault_reloadMakesTheModelSlow(String cause) throws Exception {
        try (SimServer sim = start("thor", "degrade=cause:" + cause)) {
            InferenceServer server = open(sim);
            double clean = rate(ask(server, "gpt-oss:20b", "one", 40));
            server.unload("gpt-oss:20b", Duration.ofSeconds(30), NEVER);
            double worn = rate(ask(server, "gpt-oss:20b", "two", 40));
            assertThat(clean).isCloseTo(37, within(1.5));
            assertThat(worn).isCloseTo(5.23, within(0.4));
        }
    }

    private static double rate(List<StreamEvent> events) {
        return timings(events).decodeTokensPerSecond().value();
    }

    @Test
    void cpuFallbackFault_leavesNothingOnTheGpu() throws Exception {
        try (SimServer sim = start("dual", "cpu-fallback")) {
            InferenceServer server = open(sim);
            server.load("cogito:3b", RunnerOptions.defaults(), STALL, NEVER);
            assertThat(server.loaded().getFirst().onGpu().value().count()).isZero();
        }
    }

    @Test
    void dual_spread_usesBothGpusAndPlacesTheModelWhole() throws Exception {
        try (SimServer sim = start("dual")) {
            InferenceServer server = open(sim);
            server.load("hermes3:8b-llama3.1-q5_K_M", RunnerOptions.defaults(), STALL, NEVER);
            assertThat(sim.engine().books().gpuUsed()).allMatch(used -> used > 2_000_000_000L);
            LoadedModel m = server.loaded().getFirst();
            assertThat(m.onGpu().value()).isEqualTo(m.total().value());
        }
    }

    @Test
    void restart_unloadsEverythingAndTakesItsTime() throws Exception {
        try (SimServer sim = start("thor")) {
            InferenceServer server = open(sim);
            server.load("qwq:32b", RunnerOptions.defaults(), STALL, NEVER);
            server.unload("qwq:32b", Duration.ofSeconds(30), NEVER);
            HttpExchange exchange = new HttpExchange(Endpoint.parse(sim.url()), Clock.system());
            SimHost host = new SimHost(exchange);
            assertThat(host.tree(1).resident().value().toGb()).isGreaterThan(19);

            new SimControl(exchange).restart(Duration.ofSeconds(60), NEVER);
            assertThat(host.tree(1).resident().value().count()).isZero();
            assertThat(host.memory().total().value().toGb()).isEqualTo(128);
            assertThat(host.isLocal()).isFalse();
            server.ping();
        }
    }

    @Test
    void cpuBox_speaksLlamaServer() throws Exception {
        try (SimServer sim = start("cpu")) {
            awaitReady(sim);
            InferenceServer server = open(sim);
            assertThat(server.identity().kind()).isEqualTo(ServerKind.LLAMA_SERVER);
            String model = server.models().getFirst().name();
            ServerTimings t = timings(ask(server, model, "Hello", 20));
            assertThat(t.outputTokens().value()).isEqualTo(20);
            assertThat(t.decodeTokensPerSecond().value()).isBetween(15.0, 40.0);
            assertThat(fetch(sim, HttpRequest.get("/metrics")).text())
                    .contains("llamacpp:tokens_predicted_total 20\n");
        }
    }

    @Test
    void rtxBox_speaksVllmAndItsMetricsMove() throws Exception {
        try (SimServer sim = start("rtx5080")) {
            awaitReady(sim);
            InferenceServer server = open(sim);
            assertThat(server.identity().kind()).isEqualTo(ServerKind.VLLM);
            String model = server.models().getFirst().name();
            ServerTimings t = timings(ask(server, model, "Hello", 20));
            assertThat(t.outputTokens().value()).isEqualTo(20);
            String metrics = fetch(sim, HttpRequest.get("/metrics")).text();
            assertThat(metrics).containsPattern("vllm:generation_tokens_total\\{[^}]*\\} 20\n");
            assertThat(metrics)
                    .containsPattern(
                            "vllm:request_success_total\\{[^}]*finished_reason=\"length\"\\} 1\n");
        }
    }

    /** Waits in the simulation's own way: asks until the server is no more loading. */
    private static void awaitReady(SimServer sim) {
        while (fetch(sim, HttpRequest.get("/health")).status() != 200) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"300\" | 400 | time: missing unit in duration",
                "\"-1\" | 400 | time: missing unit in duration",
                "\"abc\" | 400 | invalid duration",
                "\"\" | 400 | invalid duration",
                "\"9999999h\" | 400 | invalid duration",
                "true | 400 | Unsupported type: 'bool'",
                "\"10m\" | 200 | load",
                "-1 | 200 | load",
                "\"-1m\" | 200 | load",
                "\"0\" | 200 | unload",
                "0 | 200 | unload",
                "1e10 | 200 | unload"
            })
    void keepAlive_anyValue_isTakenAsOllamaDoes(String value, int status, String words)
            throws Exception {
        try (SimServer sim = start("thor")) {
            HttpAnswer answer =
                    fetch(
                            sim,
                            HttpRequest.post(
                                    "/api/generate",
                                    "{\"model\":\"deepseek-r1:7b\",\"keep_alive\":" + value + "}"));
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.text()).contains(words);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET | /health | | 404 | 404 page not found",
                "POST | /api/version | {} | 405 | 405 method not allowed",
                "POST | /api/generate | {\"model\":\"nope\"} | 404 | {\"error\":\"model 'nope' not"
                        + " found\"}",
                "POST | /api/generate | {\"model\": | 400 | {\"error\":\"unexpected EOF\"}",
                "GET | / | | 200 | Ollama is running",
                "GET | /api/version | | 200 | {\"version\":\"0.12.6\"}",
                "GET | /api/ps | | 200 | {\"models\":[]}"
            })
    void ollama_simpleRequests_answerByteForByte(
            String method, String path, String body, int status, String text) throws Exception {
        try (SimServer sim = start("thor")) {
            HttpAnswer answer =
                    fetch(
                            sim,
                            method.equals("GET")
                                    ? HttpRequest.get(path)
                                    : HttpRequest.post(path, body));
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.text()).isEqualTo(text);
        }
    }
}
