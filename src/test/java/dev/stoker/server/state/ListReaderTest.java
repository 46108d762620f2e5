package dev.stoker.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;
import dev.stoker.server.LoopbackServer;
import dev.stoker.server.ServerKind;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** LM Studio, llama-swap and others, by their documentation. */
class ListReaderTest {
    private final LoopbackServer server = new LoopbackServer();

    @AfterEach
    void close() {
        server.close();
    }

    private ServerState read(ServerKind kind) {
        return States.read(new ListReader(kind), kind, server.endpoint());
    }

    @Test
    void lmStudio_withAnInstance_tellsContextAndSlots() {
        server.on(
                "GET /api/v1/models",
                LoopbackServer.json(
                        200,
                        """
                        {"models":[{"key":"a","loaded_instances":[{"id":"a:2","config":
                        {"context_length":4096,"parallel":4}}]},{"key":"b","loaded_instances":[]}]}
                        """));
        ServerState state = read(ServerKind.LM_STUDIO);
        assertThat(state.models().value()).hasSize(1);
        ModelState model = state.models().value().getFirst();
        assertThat(model.name()).isEqualTo("a:2");
        assertThat(model.contextLength()).isEqualTo(Reading.known(4096L));
        assertThat(model.work().slots()).isEqualTo(Reading.known(4L));
        assertThat(state.counters().anyKnown()).isFalse();
    }

    @Test
    void lmStudio_ofAnOlderVersion_tellsTheLoadedOnes() {
        server.on(
                "GET /api/v0/models",
                LoopbackServer.json(
                        200,
                        """
                        {"data":[{"id":"a","state":"loaded","loaded_context_length":2048},
                        {"id":"b","state":"not-loaded"}]}
                        """));
        assertThat(read(ServerKind.LM_STUDIO).models().value())
                .extracting(ModelState::name)
                .containsExactly("a");
    }

    @Test
    void swap_isAskedForItsListAlone() {
        server.on(
                "GET /running",
                LoopbackServer.json(
                        200,
                        """
                        {"running":[{"model":"a","state":"ready"},{"model":"b","state":"starting"},
                        {"model":"c","state":"stopped"}]}
                        """));
        ServerState state = read(ServerKind.LLAMA_SWAP);
        assertThat(state.models().value())
                .extracting(m -> m.name() + " " + m.condition().code())
                .containsExactly("a loaded", "b loading");
        assertThat(server.asked()).containsExactly("GET /running");
    }

    @Test
    void stranger_withOpenAisForm_tellsItsModels() {
        server.on(
                "GET /v1/models",
                LoopbackServer.json(200, "{\"data\":[{\"id\":\"x\",\"max_model_len\":512}]}"));
        ServerState state = read(ServerKind.OPENAI);
        assertThat(state.models().value().getFirst().contextLength())
                .isEqualTo(Reading.known(512L));
        assertThat(state.work().running().isKnown()).isFalse();
    }
}
