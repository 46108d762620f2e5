package dev.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.server.Ability;
import dev.stoker.server.ModelInfo;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerIdentity;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What {@code --json} prints is what the schema in the docs says, and holds no unknown zero. */
class ReportJsonTest {
    private static final Schema SCHEMA = schema();
    private static final Set<String> MAY_BE_EMPTY = Set.of("reason", "sd", "ci95");

    private BenchRig rig;

    private static Schema schema() {
        try {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(Files.readString(Path.of("docs/schemas/bench.schema.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void rig(@TempDir Path results) {
        rig = new BenchRig(results);
        rig.server.model("a", 4).model("b", 5);
    }

    private static JsonNode valid(BenchRig.Ran ran) {
        JsonNode json = Json.parse(Json.pretty(ReportJson.write(ran.report()))).orElseThrow();
        assertThat(SCHEMA.validate(json)).isEmpty();
        everyNullHasItsReason(json);
        return json;
    }

    private static void everyNullHasItsReason(JsonNode node) {
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                boolean explained = node.path("unknown").has(field.getKey());
                if (!MAY_BE_EMPTY.contains(field.getKey())) {
                    assertThat(explained).as(field.getKey()).isEqualTo(field.getValue().isNull());
                }
            }
        }
        node.forEach(ReportJsonTest::everyNullHasItsReason);
    }

    @Test
    void json_completeRun_isValidAndHoldsWhatScriptsRelyOn() throws Exception {
        JsonNode json = valid(rig.run());
        assertThat(json.at("/run/id").stringValue()).isNotBlank();
        assertThat(json.at("/run/complete").booleanValue()).isTrue();
        assertThat(json.at("/server/kind").stringValue()).isEqualTo("ollama");
        assertThat(json.at("/server/version").stringValue()).isEqualTo("0.33.0");
        assertThat(json.at("/server/url").stringValue()).isEqualTo("http://127.0.0.1:11434");
        assertThat(json.path("models")).hasSize(2);
        for (JsonNode model : json.path("models")) {
            assertThat(model.propertyNames())
                    .contains(
                            "name",
                            "outcome",
                            "reason",
                            "load_seconds",
                            "ttft_ms",
                            "prompt_tokens_per_second",
                            "decode_tokens_per_second",
                            "server_decode_tokens_per_second",
                            "memory",
                            "cleanup");
            assertThat(model.path("outcome").stringValue()).isEqualTo("passed");
            JsonNode decode = model.path("decode_tokens_per_second");
            assertThat(decode.propertyNames())
                    .containsExactlyInAnyOrder("mean", "sd", "min", "max", "n", "ci95");
            assertThat(decode.path("mean").doubleValue()).isEqualTo(50.0);
            assertThat(decode.path("ci95")).hasSize(2);
            assertThat(decode.path("n").intValue()).isEqualTo(2);
        }
    }

    @Test
    void json_oneIteration_hasNoSpread() throws Exception {
        BenchRequest r = rig.request;
        rig.request =
                new BenchRequest(
                        r.models(),
                        r.prompts(),
                        1,
                        OptionalLong.of(8192),
                        r.unload(),
                        r.restart(),
                        r.restartAbove(),
                        r.stall(),
                        r.seed(),
                        1);
        JsonNode json = valid(rig.run());
        JsonNode decode = json.at("/models/0/decode_tokens_per_second");
        assertThat(decode.path("sd").isNull()).isTrue();
        assertThat(decode.path("ci95").isNull()).isTrue();
        assertThat(json.at("/request/context_tokens").longValue()).isEqualTo(8192);
    }

    @Test
    void json_failedAndSkippedModels_isValid() throws Exception {
        rig.server.failOnce("load a", new ServerFailure.OutOfMemory("a", "cudaMalloc"));
        rig.server.model(
                new ModelInfo(
                        "embed",
                        BenchRig.unknown(),
                        Reading.known(Bytes.gb(1)),
                        BenchRig.unknown(),
                        BenchRig.unknown(),
                        BenchRig.unknown(),
                        BenchRig.unknown(),
                        Set.of("embedding"),
                        false));
        JsonNode json = valid(rig.run());
        assertThat(json.at("/models/0/outcome").stringValue()).isEqualTo("skipped");
        assertThat(json.at("/models/1/outcome").stringValue()).isEqualTo("failed");
        assertThat(json.at("/models/1/reason").stringValue()).contains("cudaMalloc");
        assertThat(json.at("/models/1/load_seconds").isNull()).isTrue();
    }

    @Test
    void json_interruptedRun_isValidAndNamesWhatIsPending() throws Exception {
        rig.server.fault(
                "stream a long", 3, rig.cancellation::cancel, new ServerFailure.Cancelled());
        JsonNode json = valid(rig.run());
        assertThat(json.at("/run/complete").booleanValue()).isFalse();
        assertThat(json.at("/run/pending")).hasSize(2);
        assertThat(json.path("models")).hasSize(1);
    }

    @Test
    void json_simulatedRun_saysSo() throws Exception {
        rig.server.simulated = Optional.of(new ServerIdentity.SimulatedBox("thor", 60));
        JsonNode json = valid(rig.run());
        assertThat(json.at("/run/simulated").booleanValue()).isTrue();
        assertThat(json.at("/server/simulated_box").stringValue()).isEqualTo("thor");
    }

    @Test
    void json_everyCleanUp_isValid() throws Exception {
        rig.server.retains = Bytes.gb(2);
        assertThat(valid(rig.run()).at("/models/0/cleanup/verdict").stringValue())
                .isEqualTo("retained");
        rig.server.retains = Bytes.ZERO;
        rig.asked(r -> BenchRig.with(r, BenchRequest.Unload.NEVER));
        assertThat(valid(rig.run()).at("/models/0/cleanup/verdict").stringValue())
                .isEqualTo("none");
    }

    @Test
    void json_serverThatCanNotLoadOrCount_isValid() throws Exception {
        rig.server.abilities.remove(Ability.LOAD);
        rig.server.abilities.remove(Ability.UNLOAD);
        rig.server.cached = Reading.unsupported("not told");
        JsonNode json = valid(rig.run());
        assertThat(json.at("/models/0/prompt_tokens_per_second").isNull()).isTrue();
        assertThat(json.at("/models/0/unknown/prompt_tokens_per_second").stringValue())
                .isEqualTo("the log is not read");
    }

    @Test
    void json_withAFieldThatTheSchemaDoesNotKnow_isInvalid() throws Exception {
        ObjectNode json = ReportJson.write(rig.run().report());
        json.putObject("run").put("sneeze", 1);
        assertThat(SCHEMA.validate(json)).isNotEmpty();
    }
}
