package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.stoker.base.Clock;
import dev.stoker.json.Json;
import dev.stoker.server.ApiKey;
import dev.stoker.server.discovery.Discovery;
import dev.stoker.sim.SimServer;
import dev.stoker.sim.engine.Faults;
import dev.stoker.sim.physics.BoxFile;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** On a simulated machine with one GPU and three models. */
class WarmCommandTest {
    @TempDir private Path folder;
    private SimServer sim;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void start() throws IOException {
        sim = SimServer.start(BoxFile.load("a10g"), 0, 200, new Faults());
    }

    @AfterEach
    void stop() {
        sim.close();
    }

    private int warm(String... words) {
        Map<String, String> env =
                Map.of("XDG_DATA_HOME", folder.toString(), "HOME", folder.toString());
        List<String> all = new ArrayList<>(List.of("warm", "--server", sim.url()));
        all.addAll(List.of(words));
        MachineWatcher machines =
                wanted -> {
                    throw new IllegalStateException("a simulated machine is not looked at");
                };
        return StokerCommand.commandLine(
                        Map.of(
                                "warm",
                                () ->
                                        new WarmCommand(
                                                machines,
                                                (servers, _) ->
                                                        Discovery.find(
                                                                        servers,
                                                                        env,
                                                                        Clock.system(),
                                                                        ApiKey.none())
                                                                .require(),
                                                env,
                                                Clock.system())),
                        all.toArray(String[]::new))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    private JsonNode model(int index) {
        return Json.parse(out.toString()).orElseThrow().path("models").path(index);
    }

    @Test
    void check_ofAColdModel_saysNotReadyAndLoadsNothing() throws IOException {
        int code = warm("--check", "--json", "mistral:7b");

        assertThat(code).isEqualTo(1);
        assertThat(model(0).path("name").asString("")).isEqualTo("mistral:7b");
        assertThat(model(0).path("ready").asBoolean(true)).isFalse();
        assertThat(model(0).path("resident").asBoolean(true)).isFalse();
        assertThat(model(0).path("ttft_ms").isNull()).isTrue();
        assertThat(model(0).path("reason").asString("")).isNotEmpty();
        keepsToItsSchema();
    }

    private void keepsToItsSchema() throws IOException {
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(Files.readString(Path.of("docs/schemas/warm.schema.json")));
        assertThat(schema.validate(Json.parse(out.toString()).orElseThrow())).isEmpty();
    }

    @Test
    void warm_ofThreeThatStay_loadsAllAndACheckIsThenReady() throws IOException {
        assertThat(warm("llama3.1:8b", "mistral:7b", "qwen3:8b")).isZero();
        assertThat(out.toString()).contains("mistral:7b is ready.", "qwen3:8b is ready.");
        assertThat(err.toString()).contains("loaded qwen3:8b");

        out.getBuffer().setLength(0);
        assertThat(warm("--check", "--json", "qwen3:8b")).isZero();
        assertThat(model(0).path("resident").asBoolean(false)).isTrue();
        assertThat(model(0).path("ttft_ms").asDouble(0)).isPositive();
        keepsToItsSchema();
    }

    @Test
    void file_withAnObjectiveOutOfReach_isNotReadyWithTheFigures() throws IOException {
        Path file = folder.resolve("warm.yaml");
        Files.writeString(
                file, "models: [{model: mistral:7b, objective: ttft<1ms, priority: 3}]\n");

        assertThat(warm("--file", file.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("its objective is 1 ms");
    }

    @Test
    void warm_ofAnUnknownModel_saysThatItCanNotBeLoaded() {
        assertThat(warm("nosuch:1b")).isEqualTo(1);
        assertThat(out.toString()).contains("could not be loaded");
    }

    @Test
    void warm_whereNothingAnswers_endsWithThree() {
        sim.close();

        assertThat(warm("--check", "mistral:7b")).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "--check --watch a, exclude each other",
        "--csv a, has no CSV",
        "--quiet, Expected the models",
        "--every 1ms a, Expected a time",
        "--file /nosuch/file.yaml, can't be read",
        "--every 5s a, are for --watch",
        "--alert-least note a, are for --watch",
        "--alert-command true a, are for --watch",
        "--check --even-busy a, loads nothing",
        "--watch --alert-form slack a, none was given",
    })
    void words_thatAreWrong_areRefused(String words, String why) {
        assertThat(warm(words.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).contains(why);
    }
}
