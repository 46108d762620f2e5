package dev.stoker.server.discovery;

import static dev.stoker.server.LoopbackServer.json;
import static dev.stoker.server.LoopbackServer.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stoker.base.Clock;
import dev.stoker.base.UserError;
import dev.stoker.server.ApiKey;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.LoopbackServer;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerIdentity.SimulatedBox;
import dev.stoker.server.ServerKind;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class DiscoveryTest {
    private static final ApiKey KEY = ApiKey.fromEnvironment("K", Map.of("K", "sk-secret"));

    @Test
    void ollama_captured_isFoundWithItsVersion() throws ServerException {
        try (LoopbackServer real = ollama("0.33.0")) {
            InferenceServer server = open(real);
            assertThat(server.identity().kind()).isEqualTo(ServerKind.OLLAMA);
            assertThat(server.identity().title()).isEqualTo("Ollama 0.33.0");
            assertThat(server.clock()).isSameAs(Clock.system());
        }
    }

    @Test
    void ollama_withoutStamp_hasNoVersionButAReason() throws ServerException {
        try (LoopbackServer real = ollama("0.0.0")) {
            assertThat(open(real).identity().version().reason()).contains("no version stamp");
        }
    }

    @Test
    void llamaServer_captured_isFoundWithoutWakingIt() throws ServerException {
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured(
                                "llama-server-b10434/probe/loading-root",
                                "llama-server-b10434/sleep/props-sleeping")) {
            assertThat(open(real).identity().kind()).isEqualTo(ServerKind.LLAMA_SERVER);
            assertThat(real.asked()).containsExactly("GET /", "GET /props");
        }
    }

    @Test
    void llamaServer_stillLoading_isFoundAllTheSame() throws ServerException {
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured(
                                "llama-server-b10434/probe/loading-root",
                                "llama-server-b10434/probe/loading-props")) {
            InferenceServer server = open(real);
            assertThat(server.identity().kind()).isEqualTo(ServerKind.LLAMA_SERVER);
            assertThat(server.identity().version().isKnown()).isFalse();
        }
    }

    @Test
    void llamaServer_wantingAKey_isRefusedWithTheWayOut() {
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured(
                                "llama-server-b10434/probe/loading-root",
                                "llama-server-b10434/error/err-401")) {
            assertThat(failure(real).sentence()).contains("401", "--api-key-env");
        }
    }

    @Test
    void router_captured_isFound() throws ServerException {
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured(
                                "llama-server-b10434/probe/loading-root",
                                "llama-server-b10434/router/props")) {
            assertThat(open(real).identity().kind()).isEqualTo(ServerKind.LLAMA_ROUTER);
        }
    }

    @Test
    void vllm_captured_isFoundByItsMetrics() throws ServerException {
        try (LoopbackServer real =
                new LoopbackServer()
                        .captured("vllm-sim-0.10.2/metrics-idle", "vllm-sim-0.10.2/get-v1-models")
                        .on("GET /version", json(200, "{\"version\":\"0.10.2\"}"))) {
            InferenceServer server = open(real);
            assertThat(server.identity().title()).isEqualTo("vLLM 0.10.2");
            assertThat(server.loaded())
                    .singleElement()
                    .satisfies(m -> assertThat(m.contextLength().value()).isEqualTo(512));
        }
    }

    @Test
    void lmStudio_answeringEverythingWith200_isFoundByItsOwnList() throws ServerException {
        LoopbackServer.Answer odd = json(200, "{\"error\":\"Unexpected endpoint or method.\"}");
        try (LoopbackServer real =
                new LoopbackServer()
                        .on("GET /", odd)
                        .on("GET /props", odd)
                        .on("GET /running", odd)
                        .on(
                                "GET /api/v1/models",
                                json(200, "{\"models\":[{\"key\":\"a\",\"type\":\"llm\"}]}"))) {
            InferenceServer server = open(real);
            assertThat(server.identity().kind()).isEqualTo(ServerKind.LM_STUDIO);
            assertThat(server.models()).hasSize(1);
        }
    }

    @Test
    void llamaSwap_described_isFound() throws ServerException {
        try (LoopbackServer real =
                new LoopbackServer()
                        .on("GET /running", json(200, "{\"running\":[]}"))
                        .on("GET /api/version", json(200, "{\"version\":\"170\"}"))) {
            assertThat(open(real).identity().title()).isEqualTo("llama-swap 170");
        }
    }

    @Test
    void openAi_withOnlyAModelList_isFound() throws ServerException {
        try (LoopbackServer real =
                new LoopbackServer()
                        .on("GET /v1/models", json(200, "{\"data\":[{\"id\":\"m\"}]}"))) {
            assertThat(open(real).identity().kind()).isEqualTo(ServerKind.OPENAI);
        }
    }

    @Test
    void stranger_speakingHttp_isNamedAsSuch() {
        try (LoopbackServer real =
                new LoopbackServer()
                        .on("GET /", text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHi\33[1"))) {
            assertThat(failure(real).sentence()).contains("something else", "Hi[1");
        }
    }

    @Test
    void stranger_notSpeakingHttp_isABadAnswer() {
        try (LoopbackServer real = new LoopbackServer().on("GET /", text("SSH-2.0-x\r\n"))) {
            assertThat(failure(real)).isInstanceOf(ServerFailure.BadAnswer.class);
        }
    }

    @Test
    void host_refusedByOllama_saysWhatToDo() {
        try (LoopbackServer real =
                new LoopbackServer()
                        .on("GET /", text("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"))) {
            assertThat(failure(real).sentence()).contains("403", "127.0.0.1", "OLLAMA_HOST");
        }
    }

    @Test
    void simulatedBox_announced_bringsItsNameAndItsClock() throws ServerException {
        String header = "X-Stoker-Sim: thor;speed=60\r\n";
        try (LoopbackServer real =
                ollama("0.33.0")
                        .on(
                                "GET /",
                                text(
                                        "HTTP/1.1 200 OK\r\n"
                                                + header
                                                + "Content-Length: 17\r\n\r\nOllama is running"))) {
            InferenceServer server = open(real);
            assertThat(server.identity().simulated()).contains(new SimulatedBox("thor", 60));
            assertThat(server.clock().speed()).isEqualTo(60);
        }
    }

    @Test
    void key_given_isSentAndNeverShown() throws ServerException {
        try (LoopbackServer real = ollama("0.33.0")) {
            Discovery.open(real.endpoint(), Clock.system(), KEY);
            assertThat(real.questions())
                    .allSatisfy(
                            q -> assertThat(q.head()).contains("Authorization: Bearer sk-secret"));
            assertThat(KEY.toString()).doesNotContain("secret");
        }
    }

    @Test
    void key_repeatedByTheServer_isLeftOutOfTheFailure() {
        try (LoopbackServer real =
                new LoopbackServer()
                        .on("GET /", json(401, "{\"error\":\"wrong key sk-secret\"}"))) {
            ServerException e =
                    catchThrowableOfType(
                            ServerException.class,
                            () -> Discovery.open(real.endpoint(), Clock.system(), KEY));
            assertThat(e).hasMessageContaining("wrong key").hasMessageNotContaining("secret");
        }
    }

    @Test
    void key_missing_isSaid() {
        assertThatThrownBy(() -> ApiKey.fromEnvironment("NO_KEY", Map.of()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("NO_KEY");
    }

    @Test
    void search_nothingThere_listsWhatWasTried() {
        String nowhere;
        String alsoNowhere;
        try (LoopbackServer a = new LoopbackServer();
                LoopbackServer b = new LoopbackServer()) {
            nowhere = a.endpoint().url();
            alsoNowhere = b.endpoint().url();
        }
        Search search =
                Discovery.find(
                        List.of(nowhere, alsoNowhere), Map.of(), Clock.system(), ApiKey.none());
        assertThat(search.attempts()).hasSize(2).allMatch(a -> a.failure().isPresent());
        assertThatThrownBy(search::require)
                .isInstanceOf(UserError.class)
                .hasMessageContaining(nowhere)
                .hasMessageContaining(alsoNowhere)
                .hasMessageContaining("connection refused");
    }

    @Test
    void search_ollamaHostSet_goesThereOnly() {
        try (LoopbackServer real = ollama("0.33.0")) {
            String host = " '127.0.0.1:" + real.endpoint().port() + "' ";
            Search search =
                    Discovery.find(
                            List.of(), Map.of("OLLAMA_HOST", host), Clock.system(), ApiKey.none());
            assertThat(search.require().identity().kind()).isEqualTo(ServerKind.OLLAMA);
            assertThat(search.attempts())
                    .singleElement()
                    .satisfies(a -> assertThat(a.source()).isEqualTo("OLLAMA_HOST"));
        }
    }

    @Test
    void search_serverGivenWrongly_isWrongUse() {
        assertThatThrownBy(() ->
                        Discovery.find(
                                List.of("gpu-box:x"), Map.of(), Clock.system(), ApiKey.none()))
                .isInstanceOf(UserError.class);
    }

    private static LoopbackServer ollama(String version) {
        return new LoopbackServer()
                .captured("ollama-0.33.0/probe/root")
                .on("GET /api/version", json(200, "{\"version\":\"" + version + "\"}"));
    }

    private static InferenceServer open(LoopbackServer real) throws ServerException {
        return Discovery.open(real.endpoint(), Clock.system(), ApiKey.none());
    }

    private static ServerFailure failure(LoopbackServer real) {
        return catchThrowableOfType(ServerException.class, () -> open(real)).failure();
    }
}
