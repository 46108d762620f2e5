package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What {@code load --json} prints is what the schema in the docs says. */
class LoadJsonTest {
    @TempDir private Path results;

    private static JsonNode valid(LoadSummary summary) throws IOException {
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(Files.readString(Path.of("docs/schemas/load.schema.json")));
        JsonNode json = Json.parse(Json.pretty(LoadJson.write(summary))).orElseThrow();
        assertThat(schema.validate(json)).isEmpty();
        return json;
    }

    private LoadRig rig() {
        return new LoadRig(results)
                .answers(out ->
                        out.write(
                                (LoadRig.HEAD
                                                + LoadRig.chunk(LoadRig.token("a") + LoadRig.end(2))
                                                + LoadRig.LAST_CHUNK)
                                        .getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void json_oneStep_isValidAndHasItsFiguresAtTheTop() throws IOException {
        LoadRig rig = rig();
        LoadSummary summary =
                LoadReader.summary(rig.folder(rig.openAi(), LoadRig.requests(2, 6)), List.of());

        JsonNode json = valid(summary);

        assertThat(json.at("/requests/ok").intValue()).isEqualTo(6);
        assertThat(json.path("output_tokens").intValue()).isEqualTo(12);
        assertThat(json.at("/ttft_ms/n").intValue()).isEqualTo(6);
        assertThat(json.at("/ttft_ms/p99").isNull()).isTrue();
        assertThat(json.at("/steps/0/concurrency").intValue()).isEqualTo(2);
    }

    @Test
    void json_severalSteps_isValidAndHasSumsButNoLatencyAtTheTop() throws IOException {
        LoadRig rig = rig();
        LoadSummary summary =
                LoadReader.summary(
                        rig.folder(rig.openAi(), LoadRig.requests(1, 3), LoadRig.requests(2, 4)),
                        List.of());

        JsonNode json = valid(summary);

        assertThat(json.at("/requests/sent").intValue()).isEqualTo(7);
        assertThat(json.path("output_tokens").intValue()).isEqualTo(14);
        assertThat(json.has("ttft_ms")).isFalse();
        assertThat(json.path("steps")).hasSize(2);
    }
}
