package dev.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code --dry-run --json} prints is what the schema in the docs says. */
class PlanJsonTest {

    private static JsonNode valid(BenchRig rig) throws Exception {
        BenchPlan plan = rig.plan();
        String text = Json.pretty(PlanJson.write(plan, Checklist.of(rig.context(), plan)));
        JsonNode json = Json.parse(text).orElseThrow();
        assertThat(
                        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                                .getSchema(
                                        Files.readString(
                                                Path.of("docs/schemas/bench-plan.schema.json")))
                                .validate(json))
                .isEmpty();
        return json;
    }

    @Test
    void json_planOfTwoModels_isValidAndInTheOrderOfTheRun(@TempDir Path results) throws Exception {
        BenchRig rig = new BenchRig(results);
        rig.server.model("big", 45).model("small", 4).alreadyLoaded("small");

        JsonNode json = valid(rig);

        assertThat(json.at("/models/0/name").stringValue()).isEqualTo("small");
        assertThat(json.at("/models/0/restart").isNull()).isTrue();
        assertThat(json.at("/models/1/restart").stringValue()).startsWith("larger than 40");
        assertThat(json.at("/loaded/0").stringValue()).isEqualTo("small");
        assertThat(json.path("needs_consent").booleanValue()).isTrue();
        assertThat(json.path("checklist")).hasSize(7);
    }
}
