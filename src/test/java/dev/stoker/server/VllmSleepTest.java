package dev.stoker.server;

import static dev.stoker.server.LoopbackServer.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.server.openai.OpenAiServer;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Optional;

/** vLLM put to sleep and woken, by what its documentation says. */
class VllmSleepTest {
    private static final Duration WAIT = Duration.ofSeconds(5);

    private static OpenAiServer server(LoopbackServer wire) {
        return new OpenAiServer(
                new ServerIdentity(
                        ServerKind.VLLM, Reading.known("0.11"), wire.endpoint(), Optional.empty()),
                new ServerConnection(
                        ServerKind.VLLM, wire.endpoint(), Clock.system(), ApiKey.none()));
    }

    @Test
    void unload_withSleepMode_sleepsAndLoadWakesIt() throws Exception {
        try (LoopbackServer wire = new LoopbackServer()) {
            wire.on("GET /v1/models", json(200, "{\"data\":[{\"id\":\"m\"}]}"))
                    .on("POST /sleep", json(200, ""))
                    .on("POST /wake_up", json(200, ""))
                    .on(
                            "GET /is_sleeping",
                            json(200, "{\"is_sleeping\":false}"),
                            json(200, "{\"is_sleeping\":false}"),
                            json(200, "{\"is_sleeping\":true}"),
                            json(200, "{\"is_sleeping\":true}"),
                            json(200, "{\"is_sleeping\":false}"));
            OpenAiServer vllm = server(wire);
            assertThat(vllm.canSleep()).isTrue();
            assertThat(vllm.unload("m", WAIT, Cancellation.never()).gone()).isTrue();
            LoadReport load = vllm.load("m", RunnerOptions.defaults(), WAIT, Cancellation.never());
            assertThat(load.alreadyLoaded()).isFalse();
        }
    }

    @Test
    void unload_withoutSleepMode_isRefusedAsBefore() {
        try (LoopbackServer wire = new LoopbackServer()) {
            wire.on("GET /is_sleeping", json(404, "{\"detail\":\"Not Found\"}"));
            OpenAiServer vllm = server(wire);
            assertThat(vllm.canSleep()).isFalse();
            assertThatThrownBy(() -> vllm.unload("m", WAIT, Cancellation.never()))
                    .isInstanceOf(ServerException.class);
        }
    }
}
