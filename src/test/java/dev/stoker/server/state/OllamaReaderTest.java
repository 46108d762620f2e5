package dev.stoker.server.state;

import static dev.stoker.server.state.States.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.host.HostSource;
import dev.stoker.server.LoopbackServer;
import dev.stoker.server.ServerKind;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;

/** Ollama with llama-servers below it: captured answers of 0.33. */
class OllamaReaderTest {
    private static final String O = "ollama-0.33.0/";
    private static final String BLOB =
            "/models/blobs/sha256-b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
    private final LoopbackServer server = new LoopbackServer();
    private final LoopbackServer child = new LoopbackServer();
    private final FakeHost host = new FakeHost().listening(70, "ollama", launch("serve"));

    @AfterEach
    void close() {
        server.close();
        child.close();
    }

    private OllamaReader reader(HostSource source, AskPolicy policy) {
        server.captured(O + "probe/version", O + "probe/show");
        ServerProcess process = States.process(source, server.endpoint());
        return new OllamaReader(process, new OllamaRunners(process, Clock.system()), policy);
    }

    private ServerState read(HostSource source, AskPolicy policy) {
        return States.read(reader(source, policy), ServerKind.OLLAMA, server.endpoint());
    }

    private void putChild(String... more) {
        String[] arguments = new String[more.length + 4];
        arguments[0] = "--port";
        arguments[1] = Integer.toString(child.endpoint().port());
        arguments[2] = "--model";
        arguments[3] = BLOB;
        System.arraycopy(more, 0, arguments, 4, more.length);
        host.put(71, 70, "llama-server", launch(arguments));
    }

    private void answeringChild() {
        child.captured(
                O + "child/health", O + "child/props", O + "child/slots-busy", O + "child/metrics");
        putChild();
    }

    @Test
    void models_ofAnotherMachine_areKnownAsListed() {
        server.captured(O + "ps/gpu-two");
        ServerState state = read(States.ELSEWHERE, States.HARMLESS);
        ModelState gemma = state.models().value().getFirst();
        assertThat(gemma.name()).isEqualTo("gemma3:270m");
        assertThat(gemma.total().value().count()).isEqualTo(106_619_207);
        assertThat(gemma.onGpuShare()).isEqualTo(Reading.known(1.0));
        assertThat(gemma.expiresAt().value())
                .isEqualTo(Instant.parse("2026-11-22T13:03:31.415438742Z"));
        assertThat(gemma.contextLength()).isEqualTo(Reading.known(4096L));
        assertThat(gemma.slots().reason()).contains("another machine");
        assertThat(gemma.condition()).isEqualTo(new ModelCondition.Loaded());
        assertThat(state.work().running().isKnown()).isFalse();
        assertThat(state.work().waiting().reason()).contains("queue");
    }

    @Test
    void size_ofZero_isUnknown() {
        server.captured(O + "ps/cpu-size0");
        ModelState model = read(States.ELSEWHERE, States.HARMLESS).models().value().getFirst();
        assertThat(model.total().isKnown()).isFalse();
        assertThat(model.onGpuShare().reason()).contains("0 bytes");
    }

    @Test
    void share_ofACpuModel_isZero() {
        server.captured(O + "ps/cpu");
        assertThat(read(States.ELSEWHERE, States.HARMLESS).models().value().getFirst().onGpuShare())
                .isEqualTo(Reading.known(0.0));
    }

    @Test
    void server_withNothingLoaded_runsNothing() {
        server.captured(O + "ps/empty");
        ServerState state = read(host, States.HARMLESS);
        assertThat(state.models().value()).isEmpty();
        assertThat(state.work().running()).isEqualTo(Reading.known(0L));
    }

    @Test
    void runner_onThisHost_tellsSlotsAndProgress() {
        server.captured(O + "ps/cpu");
        answeringChild();
        ServerState state = read(host, States.HARMLESS);
        ModelState model = state.models().value().getFirst();
        assertThat(model.runnerPid()).isEqualTo(Reading.known(71L));
        assertThat(model.file()).isEqualTo(Reading.known(BLOB));
        assertThat(model.slots().value().getFirst().decodedTokens()).isEqualTo(Reading.known(18L));
        assertThat(state.work().running()).isEqualTo(Reading.known(1L));
        assertThat(child.asked()).doesNotContain("GET /metrics");
        assertThat(child.questions()).noneMatch(q -> q.head().contains("Authorization"));
        assertThat(ServedModels.of(java.util.List.of(state)).ofProcess(71).orElseThrow().name())
                .isEqualTo("smollm2:latest");
    }

    @Test
    void runner_withMetricsAllowed_counts() {
        server.captured(O + "ps/cpu");
        answeringChild();
        ModelState model = read(host, States.WITH_METRICS).models().value().getFirst();
        assertThat(model.counters().get(Counter.GENERATED_TOKENS)).isEqualTo(Reading.known(0.0));
    }

    @Test
    void runner_thatDied_isToldFromOneThatLives() {
        server.captured(O + "ps/dead-child");
        ModelState model = read(host, States.HARMLESS).models().value().getFirst();
        assertThat(model.condition()).isEqualTo(new ModelCondition.RunnerGone());
        assertThat(model.slots().reason()).contains("no runner");
    }

    @Test
    void model_unloadedBetweenTwoLooks_isNoDeadRunner() {
        server.captured(O + "ps/cpu");
        server.on(
                "GET /api/ps",
                LoopbackServer.bytes(dev.stoker.server.Fixture.read(O + "ps/cpu").wire()),
                LoopbackServer.bytes(dev.stoker.server.Fixture.read(O + "ps/empty").wire()));
        assertThat(read(host, States.HARMLESS).models().value()).isEmpty();
    }

    @Test
    void runner_thatLoads_isAModelThatOllamaDoesNotListYet() {
        server.captured(O + "ps/empty");
        child.captured("llama-server-b10434/probe/loading-props");
        putChild();
        ServerState state = read(host, States.HARMLESS);
        ModelState model = state.models().value().getFirst();
        assertThat(model.name()).isEqualTo("sha256:b179c9523d0e");
        assertThat(model.condition().code()).isEqualTo("loading");
        assertThat(state.work().running()).isEqualTo(Reading.known(0L));
    }

    @Test
    void stranger_onTheRunnersPort_isNotBelieved() {
        server.captured(O + "ps/cpu");
        child.captured(
                "llama-server-b10434/probe/get-props", "llama-server-b10434/probe/slots-busy");
        putChild();
        ModelState model = read(host, States.HARMLESS).models().value().getFirst();
        assertThat(model.slots().reason()).contains("container");
        assertThat(child.asked()).containsExactly("GET /props");
    }

    @Test
    void runner_thatHangs_isSilentWithinTheBound() {
        server.captured(O + "ps/cpu");
        answeringChild();
        OllamaReader reader = reader(host, States.HARMLESS);
        States.read(reader, ServerKind.OLLAMA, server.endpoint());
        child.on("GET /health", LoopbackServer.SILENCE).on("GET /slots", LoopbackServer.SILENCE);
        long start = System.nanoTime();
        ServerState state =
                States.read(reader, ServerKind.OLLAMA, server.endpoint(), Duration.ofMillis(600));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
        assertThat(state.health()).isEqualTo(new Health.Up());
        assertThat(state.models().value().getFirst().condition())
                .isInstanceOf(ModelCondition.Silent.class);
        assertThat(state.work().running().isKnown()).isFalse();
    }

    @Test
    void runner_startedWithIdleSleep_isNotKeptAwake() {
        server.captured(O + "ps/cpu");
        answeringChild();
        putChild("--sleep-idle-seconds", "9");
        ModelState model = read(host, States.HARMLESS).models().value().getFirst();
        assertThat(child.asked()).doesNotContain("GET /slots");
        assertThat(model.slots().reason()).contains("9 s");
    }

    @Test
    void looks_thatFollowEachOther_askOnlyForWhatChanges() {
        server.captured(O + "ps/cpu");
        answeringChild();
        OllamaReader reader = reader(host, States.HARMLESS);
        for (int i = 0; i < 4; i++) {
            States.read(reader, ServerKind.OLLAMA, server.endpoint());
        }
        assertThat(server.asked().stream().filter("POST /api/show"::equals)).hasSize(1);
        assertThat(child.asked().stream().filter("GET /props"::equals)).hasSize(1);
        assertThat(host.listenerLooks).isEqualTo(1);
        assertThat(host.childLooks).isEqualTo(1);
    }

    @Test
    void runner_ofAnOldVersion_hasAPidAndNoSlots() {
        server.captured(O + "ps/cpu");
        host.put(71, 70, "ollama", launch("runner", "--model", BLOB, "--port", "4711"));
        ModelState model = read(host, States.HARMLESS).models().value().getFirst();
        assertThat(model.runnerPid()).isEqualTo(Reading.known(71L));
        assertThat(model.slots().reason()).contains("this version");
        assertThat(model.condition()).isEqualTo(new ModelCondition.Loaded());
    }
}
