package dev.stoker.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.http.Endpoint;
import dev.stoker.server.ApiKey;
import dev.stoker.server.LoopbackServer;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerKind;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Servers that come, go, stall, lie and die while they are watched. */
class ServerWatchTest {
    private static final String O = "ollama-0.33.0/";
    private static final Duration BOUND = Duration.ofMillis(800);
    private static final AskPolicy POLICY = new AskPolicy(BOUND, false, false);
    private final LoopbackServer server = new LoopbackServer();

    @AfterEach
    void close() {
        server.close();
    }

    private ServerWatch watch(Endpoint endpoint) {
        return new ServerWatch(endpoint, ApiKey.none(), States.ELSEWHERE, POLICY, Clock.system());
    }

    private static Duration time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private LoopbackServer ollama() {
        return server.captured(
                O + "probe/root", O + "probe/version", O + "ps/cpu", O + "probe/show");
    }

    @Test
    void server_found_isLookedAtInItsDialect() {
        ollama();
        ServerState state = watch(server.endpoint()).look();
        assertThat(state.identity().value().kind()).isEqualTo(ServerKind.OLLAMA);
        assertThat(state.models().value()).hasSize(1);
        assertThat(state.answerTime().isKnown()).isTrue();
    }

    @Test
    void server_thatIsGone_isDownAndKnownByItsLastName() {
        ollama();
        ServerWatch watch = watch(server.endpoint());
        watch.look();
        server.goAway();
        for (int i = 0; i < 2; i++) {
            ServerState state = watch.look();
            assertThat(state.health()).isInstanceOf(Health.Down.class);
            assertThat(state.identity().value().kind()).isEqualTo(ServerKind.OLLAMA);
            assertThat(state.models().isKnown()).isFalse();
            assertThat(state.work().running()).isInstanceOf(Reading.Failed.class);
        }
    }

    @Test
    void address_whereNothingListens_isDownWithTheReason() throws IOException {
        // Bound and not listening: refused, and no other test can get the port meanwhile.
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            Endpoint nobody = new Endpoint(false, "127.0.0.1", bound.getLocalPort(), "");
            ServerState state = watch(nobody).look();
            assertThat(state.identity().isKnown()).isFalse();
            assertThat(state.health())
                    .isInstanceOfSatisfying(
                            Health.Down.class,
                            d ->
                                    assertThat(d.failure())
                                            .isInstanceOf(ServerFailure.Unreachable.class));
        }
    }

    @Test
    void server_thatIsAnotherOneAfterARestart_isFoundOutAnew() {
        ollama();
        ServerWatch watch = watch(server.endpoint());
        watch.look();
        server.on("GET /api/version", LoopbackServer.json(500, "{}"))
                .on("GET /api/ps", LoopbackServer.json(500, "{}"));
        assertThat(watch.look().health()).isInstanceOf(Health.Down.class);
        server.captured(
                "llama-server-b10434/probe/health-ok",
                "llama-server-b10434/probe/get-props",
                "llama-server-b10434/probe/get-v1-models");
        server.on("GET /", LoopbackServer.json(404, "{}", "Server: llama.cpp\r\n"));
        assertThat(watch.look().identity().value().kind()).isEqualTo(ServerKind.LLAMA_SERVER);
    }

    @Test
    void server_thatNeverSaysWhatItIs_costsTheBoundEachLookAndNotMore() {
        server.on("GET /", LoopbackServer.SILENCE);
        ServerWatch watch = watch(server.endpoint());
        for (int i = 0; i < 3; i++) {
            Duration took =
                    time(() -> assertThat(watch.look().health().code()).isEqualTo("unknown"));
            assertThat(took).isLessThan(BOUND.plusSeconds(5));
        }
        assertThat(server.asked()).hasSize(1);
    }

    @Test
    void server_thatStalls_costsItsBoundOnce() {
        ollama();
        ServerWatch watch = watch(server.endpoint());
        watch.look();
        server.on("GET /api/version", LoopbackServer.SILENCE)
                .on("GET /api/ps", LoopbackServer.SILENCE)
                .on("POST /api/show", LoopbackServer.SILENCE);
        Duration took =
                time(() -> {
                    ServerState state = watch.look();
                    assertThat(state.health().reason()).contains("Nothing came");
                });
        assertThat(took).isLessThan(BOUND.plusSeconds(5));
        server.on("GET /", LoopbackServer.SILENCE);
        assertThat(watch.look().health().reason()).contains("Nothing came");
    }

    @Test
    void list_thatStalls_leavesTheServerUp() {
        ollama();
        ServerWatch watch = watch(server.endpoint());
        watch.look();
        server.on("GET /api/ps", LoopbackServer.SILENCE);
        ServerState state = watch.look();
        assertThat(state.health()).isEqualTo(new Health.Up());
        assertThat(state.models()).isInstanceOf(Reading.Failed.class);
        assertThat(state.work().running().isKnown()).isFalse();
    }

    @Test
    void servers_ofWhichOneIsDead_areSeenSideBySide() {
        ollama();
        try (LoopbackServer dead = new LoopbackServer()) {
            dead.on("GET /", LoopbackServer.SILENCE);
            List<ServerWatch> watches =
                    List.of(
                            watch(dead.endpoint()),
                            watch(server.endpoint()),
                            watch(dead.endpoint()));
            Duration took =
                    time(() ->
                            assertThat(ServerWatch.look(watches))
                                    .extracting(s -> s.health().code())
                                    .containsExactly("unknown", "up", "unknown"));
            assertThat(took).isLessThan(BOUND.plusSeconds(5));
        }
    }

    /**
     * Every path of every dialect answered with damaged bytes: a sample comes, whatever it holds.
     */
    @Property(tries = 60)
    void server_thatLies_givesASampleAndNoException(
            @ForAll long seed, @ForAll @IntRange(max = 8) int kindIndex) {
        ServerKind kind = ServerKind.values()[kindIndex];
        Random random = new Random(seed);
        try (LoopbackServer liar = new LoopbackServer()) {
            for (String path :
                    List.of(
                            "/health",
                            "/props",
                            "/slots",
                            "/metrics",
                            "/models",
                            "/v1/models",
                            "/api/version",
                            "/api/ps",
                            "/is_sleeping",
                            "/info",
                            "/running",
                            "/api/v1/models",
                            "/api/v0/models")) {
                liar.on("GET " + path, LoopbackServer.json(200, lie(random)));
            }
            liar.on("POST /api/show", LoopbackServer.json(200, lie(random)));
            ServerState state =
                    States.read(reader(kind, liar.endpoint()), kind, liar.endpoint(), BOUND);
            assertThat(state.health()).isNotNull();
            state.models().orElse(List.of()).forEach(m -> assertThat(m.name()).isNotNull());
            ServerRates.between(state, state);
            new MonotoneTotals().add(state);
        }
    }

    private static String lie(Random random) {
        String[] lies = {
            "[]",
            "{}",
            "null",
            "7",
            "\"x\"",
            "{\"models\":[{}]}",
            "{\"models\":[{\"name\":7,\"size\":-1,\"size_vram\":9,\"expires_at\":\"x\"}]}",
            "{\"models\":[{\"name\":\"m\",\"size\":5,\"size_vram\":9}]}",
            "{\"data\":[{\"id\":null,\"status\":7},{\"id\":\"a\",\"status\":{\"value\":\"loaded\",\"args\":[1,\"--port\"]}}]}",
            "{\"data\":{\"id\":\"a\"},\"running\":\"no\",\"is_sleeping\":\"maybe\"}",
            "[{\"id\":\"x\",\"next_token\":5},{\"id\":-4,\"n_ctx\":1e99,\"next_token\":[]},7]",
            "{\"data\":[{\"id\":\"a\",\"loaded_instances\":[{\"config\":[]}],\"state\":\"loaded\"}]}",
            "vllm:num_requests_running -5\n"
                    + "vllm:prompt_tokens_total NaN\n"
                    + "llamacpp:requests_deferred 1e300\n",
            "{\"version\":[]",
        };
        return lies[random.nextInt(lies.length)];
    }

    private static StateReader reader(ServerKind kind, Endpoint endpoint) {
        FakeHost host = new FakeHost().listening(5, "server", States.launch("--model", "/m.gguf"));
        ServerProcess process = States.process(host, endpoint);
        return switch (kind) {
            case OLLAMA ->
                    new OllamaReader(
                            process, new OllamaRunners(process, Clock.system()), States.ALL);
            case LLAMA_SERVER -> new LlamaServerReader(process, States.ALL);
            case LLAMA_ROUTER -> new LlamaRouterReader(process, States.ALL);
            case VLLM, SGLANG, TGI -> new EngineReader(kind, process);
            case LM_STUDIO, LLAMA_SWAP, OPENAI -> new ListReader(kind);
        };
    }

    @ParameterizedTest
    @EnumSource(ServerKind.class)
    void server_thatDiesInMidAnswer_isDownOrSaysWhatFailed(ServerKind kind) {
        LoopbackServer.Answer cut =
                LoopbackServer.text("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"models\":[");
        for (String path :
                List.of(
                        "/health",
                        "/props",
                        "/v1/models",
                        "/models",
                        "/metrics",
                        "/api/version",
                        "/api/ps",
                        "/info",
                        "/running",
                        "/api/v1/models",
                        "/api/v0/models")) {
            server.on("GET " + path, cut);
        }
        ServerState state =
                States.read(reader(kind, server.endpoint()), kind, server.endpoint(), BOUND);
        assertThat(state.health()).isInstanceOf(Health.Down.class);
        assertThat(state.health().reason()).contains("middle of the answer");
    }
}
