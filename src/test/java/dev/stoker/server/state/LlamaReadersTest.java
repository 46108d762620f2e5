package dev.stoker.server.state;

import static dev.stoker.server.state.States.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;
import dev.stoker.host.HostSource;
import dev.stoker.server.LoopbackServer;
import dev.stoker.server.ServerKind;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;

/** llama-server, alone and as a router: captured answers of b10434. */
class LlamaReadersTest {
    private static final String B = "llama-server-b10434/";
    private final LoopbackServer server = new LoopbackServer();

    @AfterEach
    void close() {
        server.close();
    }

    private static FakeHost host(String... arguments) {
        return new FakeHost().listening(50, "llama-server", launch(arguments));
    }

    private ServerState single(HostSource host, AskPolicy policy) {
        return States.read(
                new LlamaServerReader(States.process(host, server.endpoint()), policy),
                ServerKind.LLAMA_SERVER,
                server.endpoint());
    }

    private ServerState router(HostSource host, AskPolicy policy) {
        return States.read(
                new LlamaRouterReader(States.process(host, server.endpoint()), policy),
                ServerKind.LLAMA_ROUTER,
                server.endpoint());
    }

    private LoopbackServer busyServer() {
        return server.captured(
                B + "probe/health-ok",
                B + "probe/get-props",
                B + "probe/get-v1-models",
                B + "probe/slots-busy",
                B + "probe/metrics-busy");
    }

    @Test
    void single_withoutIdleSleep_tellsItsSlots() {
        busyServer();
        ServerState state = single(host("-m", "smollm2.gguf"), States.HARMLESS);
        assertThat(state.health()).isEqualTo(new Health.Up());
        ModelState model = state.models().value().getFirst();
        assertThat(model.name()).isEqualTo("smollm2.gguf");
        assertThat(model.condition()).isEqualTo(new ModelCondition.Loaded());
        assertThat(model.runnerPid()).isEqualTo(Reading.known(50L));
        assertThat(model.file()).isEqualTo(Reading.known("smollm2.gguf"));
        assertThat(model.contextLength()).isEqualTo(Reading.known(2048L));
        assertThat(model.slots().value()).hasSize(2);
        SlotState slot = model.slots().value().getFirst();
        assertThat(slot.busy()).isTrue();
        assertThat(slot.task()).contains(126L);
        assertThat(slot.promptTokens()).isEqualTo(Reading.known(51L));
        assertThat(slot.decodedTokens()).isEqualTo(Reading.known(18L));
        assertThat(slot.remainingTokens()).isEqualTo(Reading.known(62L));
        assertThat(state.work().running()).isEqualTo(Reading.known(2L));
        assertThat(state.work().slots()).isEqualTo(Reading.known(2L));
        assertThat(state.work().waiting().reason()).contains("/metrics");
        assertThat(state.counters().get(Counter.GENERATED_TOKENS).reason()).contains("/metrics");
        assertThat(state.settings().build()).isEqualTo(Reading.known("b1-7e4c0a9"));
        assertThat(server.asked()).doesNotContain("GET /metrics");
    }

    @Test
    void single_withMetricsAllowed_countsAndTellsItsQueue() {
        busyServer();
        ServerState state = single(host(), States.WITH_METRICS);
        assertThat(state.work().running()).isEqualTo(Reading.known(2L));
        assertThat(state.work().waiting()).isEqualTo(Reading.known(3L));
        assertThat(state.counters().get(Counter.PROMPT_TOKENS).value()).isEqualTo(3890 + 4042);
        assertThat(state.counters().get(Counter.CACHED_PROMPT_TOKENS).value()).isEqualTo(4042);
        assertThat(state.counters().get(Counter.GENERATED_TOKENS).value()).isEqualTo(93);
        assertThat(state.counters().life()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void single_withIdleSleep_isNeverAskedForSlotsOrMetrics(boolean metrics) {
        busyServer();
        ServerState state =
                single(
                        host("--sleep-idle-seconds", "6"),
                        metrics ? States.WITH_METRICS : States.HARMLESS);
        assertThat(server.asked())
                .containsExactlyInAnyOrder("GET /health", "GET /props", "GET /v1/models");
        Reading<List<SlotState>> slots = state.models().value().getFirst().slots();
        assertThat(slots).isInstanceOf(Reading.Unsupported.class);
        assertThat(slots.reason()).contains("sleeps after 6 s");
        assertThat(state.work().slots()).isEqualTo(Reading.known(2L));
        assertThat(state.work().running().isKnown()).isFalse();
    }

    @Test
    void single_onAnotherMachine_isNotAskedForSlotsAndSaysWhy() {
        busyServer();
        ServerState state = single(States.ELSEWHERE, States.HARMLESS);
        assertThat(server.asked()).doesNotContain("GET /slots");
        assertThat(state.models().value().getFirst().slots().reason())
                .contains("can't be known", "another machine");
    }

    @Test
    void single_onAnotherMachineWithLeave_isAsked() {
        busyServer();
        ServerState state = single(States.ELSEWHERE, States.ALL);
        assertThat(state.models().value().getFirst().slots().value()).hasSize(2);
        assertThat(state.counters().anyKnown()).isTrue();
    }

    @Test
    void single_thatSleeps_isNotWokenEvenWithLeave() {
        server.captured(
                B + "sleep/health-sleeping",
                B + "sleep/props-sleeping",
                B + "sleep/v1-models-sleeping",
                B + "sleep/slots-sleeping");
        ServerState state = single(States.ELSEWHERE, States.ALL);
        assertThat(server.asked()).doesNotContain("GET /slots", "GET /metrics");
        assertThat(state.models().value().getFirst().condition())
                .isEqualTo(new ModelCondition.Sleeping());
        assertThat(state.work().running()).isEqualTo(Reading.known(0L));
    }

    @Test
    void single_thatLoads_isLoadingWithTheModelOfItsCommandLine() {
        server.captured(B + "probe/health-loading");
        ServerState state = single(host("-m", "/models/big.gguf", "--port", "1"), States.HARMLESS);
        assertThat(state.health()).isInstanceOf(Health.Loading.class);
        assertThat(state.health().reason()).contains("Loading model");
        ModelState model = state.models().value().getFirst();
        assertThat(model.name()).isEqualTo("big.gguf");
        assertThat(model.condition().code()).isEqualTo("loading");
        assertThat(single(States.ELSEWHERE, States.HARMLESS).models().isKnown()).isFalse();
    }

    @Test
    void single_lookedAtAgain_isAskedOnlyForWhatChanges() {
        busyServer();
        FakeHost host = host();
        LlamaServerReader reader =
                new LlamaServerReader(States.process(host, server.endpoint()), States.HARMLESS);
        for (int i = 0; i < 3; i++) {
            ServerState state = States.read(reader, ServerKind.LLAMA_SERVER, server.endpoint());
            assertThat(state.models().value().getFirst().slots().value()).hasSize(2);
        }
        assertThat(server.asked().stream().filter("GET /props"::equals)).hasSize(1);
        assertThat(server.asked().stream().filter("GET /slots"::equals)).hasSize(3);
        assertThat(host.listenerLooks).isEqualTo(1);
    }

    @Test
    void single_restartedWithIdleSleepOnTheSamePort_isNotAskedAnyMore() {
        busyServer();
        FakeHost host = host();
        LlamaServerReader reader =
                new LlamaServerReader(States.process(host, server.endpoint()), States.HARMLESS);
        States.read(reader, ServerKind.LLAMA_SERVER, server.endpoint());
        host.end(50);
        host.listening(51, "llama-server", launch("--sleep-idle-seconds=6"));
        States.read(reader, ServerKind.LLAMA_SERVER, server.endpoint());
        assertThat(server.asked().stream().filter("GET /slots"::equals)).hasSize(1);
    }

    @Test
    void single_withoutSlotsEndpoint_saysSo() {
        busyServer().captured(B + "error/err-501-slots");
        ServerState state = single(host(), States.HARMLESS);
        assertThat(state.models().value().getFirst().slots().reason()).contains("--no-slots");
    }

    @Test
    void router_withLoadedModel_asksThatModelAloneAndNeverLoads() {
        server.captured(
                B + "probe/health-ok",
                B + "router/props",
                B + "router/models-loaded",
                B + "probe/slots-after-one");
        FakeHost host =
                new FakeHost()
                        .listening(60, "llama-server", launch("--models-dir", "/models"))
                        .put(61, 60, "llama-server", launch("--port", "57821"));
        ServerState state = router(host, States.HARMLESS);
        assertThat(state.models().value()).hasSize(1);
        ModelState model = state.models().value().getFirst();
        assertThat(model.name()).isEqualTo("smollm2");
        assertThat(model.file()).isEqualTo(Reading.known("/models/smollm2.gguf"));
        assertThat(model.runnerPid()).isEqualTo(Reading.known(61L));
        assertThat(model.slots().value()).hasSize(2);
        assertThat(state.work().running()).isEqualTo(Reading.known(0L));
        assertThat(state.settings().mostModels()).isEqualTo(Reading.known(1L));
        assertThat(server.asked())
                .containsExactlyInAnyOrder(
                        "GET /models", "GET /props", "GET /slots?model=smollm2&autoload=false");
    }

    @Test
    void router_withFailedModel_tellsItsExitCode() {
        server.captured(B + "probe/health-ok", B + "router/props", B + "router/models-failed");
        ServerState state = router(States.ELSEWHERE, States.HARMLESS);
        assertThat(state.models().value()).hasSize(1);
        assertThat(state.models().value().getFirst().condition())
                .isEqualTo(new ModelCondition.Failed(Reading.known(1L)));
        assertThat(server.asked()).containsExactlyInAnyOrder("GET /models", "GET /props");
    }

    @Test
    void router_whoseModelMaySleep_isNotAskedForItsSlots() {
        server.captured(B + "probe/health-ok", B + "router/props");
        String models =
                """
                {"data":[{"id":"a b","aliases":["c"],"status":{"value":"loaded",
                "args":["llama-server","--port","9","--sleep-idle-seconds","4","--model","/m/a.gguf"]}},
                {"id":"s","status":{"value":"sleeping","args":["x"]}},
                {"id":"l","status":{"value":"loading","args":["x"]}}]}
                """;
        server.on("GET /models", LoopbackServer.json(200, models));
        ServerState state = router(States.ELSEWHERE, States.HARMLESS);
        assertThat(server.asked()).containsExactlyInAnyOrder("GET /models", "GET /props");
        assertThat(state.models().value())
                .extracting(m -> m.condition().code())
                .containsExactly("loaded", "sleeping", "loading");
        assertThat(state.models().value().getFirst().slots().reason()).contains("4 s");
        assertThat(state.models().value().getFirst().otherNames()).containsExactly("c");

        router(States.ELSEWHERE, States.ALL);
        assertThat(server.asked())
                .contains("GET /slots?model=a%20b&autoload=false")
                .noneMatch(q -> q.contains("model=s") || q.contains("model=l"));
    }

    @ParameterizedTest
    @CsvSource({
        "'',off",
        "--port 1,off",
        "--sleep-idle-seconds -1,off",
        "--sleep-idle-seconds 30,on",
        "--sleep-idle-seconds=30,on",
        "--sleep-idle-seconds 30 --sleep-idle-seconds -1,off",
        "--sleep-idle-seconds soon,on",
    })
    void idleSleep_onACommandLine_isSeen(String line, String expected) {
        IdleSleep sleep = IdleSleep.of(List.of(line.split(" ")), Map.of());
        assertThat(sleep instanceof IdleSleep.Off ? "off" : "on").isEqualTo(expected);
    }

    @Test
    void idleSleep_inAVariable_isTakenSeriously() {
        Map<String, String> variable = Map.of("LLAMA_ARG_SLEEP_IDLE_SECONDS", "6");
        assertThat(IdleSleep.of(List.of(), variable)).isEqualTo(new IdleSleep.On("6"));
        assertThat(IdleSleep.of(List.of("--sleep-idle-seconds", "-1"), variable))
                .isEqualTo(new IdleSleep.Off());
    }
}
