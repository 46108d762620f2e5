package dev.stoker.machine.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.json.Json;
import dev.stoker.machine.MachineSample;

import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A sample written and read again is the same sample, and what is none is refused in words. */
class SampleJsonTest {

    private static String line(MachineSample sample) {
        return Json.write(SampleJson.write(sample));
    }

    private static MachineSample read(String line) {
        return SampleJson.read(Json.parse(line).orElseThrow());
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void sample_writtenAndRead_isTheSame(@ForAll long seed) {
        MachineSample sample = new RandomRecords(seed).sample();
        String line = line(sample);
        assertThat(line).doesNotContain("\n").doesNotContain("\r");
        assertThat(read(line)).isEqualTo(sample);
    }

    @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
    void sample_written_fitsItsSchema(@ForAll long seed) throws IOException {
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(Files.readString(Path.of("docs/schemas/sample.schema.json")));
        String line = line(new RandomRecords(seed).sample());
        assertThat(schema.validate(Json.parse(line).orElseThrow())).isEmpty();
    }

    /** What another machine sends is read or refused with a sentence; nothing else happens. */
    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void sample_damagedAnywhere_isReadOrRefusedInWords(@ForAll long seed) {
        ObjectNode tree = SampleJson.write(new RandomRecords(seed).sample());
        Random random = new Random(seed);
        for (int i = random.nextInt(3); i >= 0; i--) {
            damage(tree, random);
        }
        try {
            assertThat(line(SampleJson.read(tree))).startsWith("{\"schema\":\"stoker.sample\"");
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageMatching("(?s)(This is no|Expected a) sample .*\\.");
        }
    }

    private static void damage(ObjectNode tree, Random random) {
        List<JsonNode> inner = new ArrayList<>();
        collect(tree, inner);
        JsonNode chosen = inner.get(random.nextInt(inner.size()));
        JsonNode rubbish = rubbish(random, tree);
        if (chosen instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>(object.propertyNames());
            String name = names.get(random.nextInt(names.size()));
            if (random.nextInt(4) == 0) {
                object.remove(name);
            } else {
                object.set(name, rubbish);
            }
        } else if (chosen instanceof ArrayNode array && !array.isEmpty()) {
            array.set(random.nextInt(array.size()), rubbish);
        }
    }

    private static void collect(JsonNode at, List<JsonNode> inner) {
        if (at.isContainer()) {
            inner.add(at);
            at.values().forEach(child -> collect(child, inner));
        }
    }

    private static JsonNode rubbish(Random random, ObjectNode tree) {
        return switch (random.nextInt(12)) {
            case 0 -> Json.parse("null").orElseThrow();
            case 1 -> Json.parse("-1").orElseThrow();
            case 2 -> Json.parse("1e999").orElseGet(Json::object);
            case 3 -> Json.parse("99999999999999999999999").orElseThrow();
            case 4 -> Json.parse("9223372036854775807").orElseThrow();
            case 5 -> Json.parse("\"+999999999-12-31T23:59:59Z\"").orElseThrow();
            case 6 -> Json.parse("\"\\u001b[2J\\ud800\"").orElseThrow();
            case 7 -> Json.array();
            case 8 -> Json.object();
            case 9 -> Json.object().put("unsupported", 1);
            case 10 -> Json.parse("true").orElseThrow();
            default -> tree.path("host").deepCopy();
        };
    }

    @Test
    void text_thatMovesACursor_isCleanedWhenRead() {
        ObjectNode tree = SampleJson.write(new RandomRecords(1).sample());
        ((ObjectNode) tree.path("process_models"))
                .put("17", "phi\u001b[2J4\n:14b")
                .put("18", "x".repeat(100_000));
        MachineSample sample = SampleJson.read(tree);
        assertThat(sample.models()).containsEntry(17L, "phi[2J4 :14b");
        assertThat(sample.models().get(18L)).hasSize(4096).endsWith("x…");
    }

    @Test
    void figure_ofANewerProgram_isPassedOver() {
        MachineSample sample = withAGpu();
        ObjectNode tree = SampleJson.write(sample);
        ObjectNode gpu = (ObjectNode) tree.path("gpu_sources").path(0).path("gpus").path(0);
        ((ObjectNode) gpu.path("figures")).put("mood_ratio", 0.5);
        gpu.put("colour", "green");
        assertThat(SampleJson.read(tree)).isEqualTo(sample);
    }

    @Test
    void figure_unknown_staysUnknownWithItsReason() {
        MachineSample sample = withAGpu();
        GpuSample gpu = sample.picture().parts().getFirst().report().gpus().getFirst();
        GpuSample asleep =
                gpu.toBuilder(gpu.device())
                        .nothing("it is asleep")
                        .put(GpuMetric.FAN, Double.NaN)
                        .build();
        ObjectNode tree = SampleJson.write(sample);
        ((ArrayNode) tree.path("gpu_sources").path(0).path("gpus")).set(0, gpuTree(sample, asleep));
        GpuSample read = SampleJson.read(tree).picture().parts().getFirst().report().gpus().get(0);
        assertThat(read.value(GpuMetric.POWER)).isEqualTo(Reading.failed("it is asleep"));
        assertThat(read.value(GpuMetric.FAN)).isEqualTo(Reading.failed("the source told NaN"));
        assertThat(line(SampleJson.read(tree)))
                .containsOnlyOnce("\"reason\":{\"failed\":\"it is a");
    }

    private static JsonNode gpuTree(MachineSample sample, GpuSample gpu) {
        var part = sample.picture().parts().getFirst();
        var report = part.report();
        var changed =
                new dev.stoker.gpu.GpuReport(
                        report.source(),
                        report.time(),
                        report.nanos(),
                        List.of(gpu),
                        report.driver(),
                        report.cuda(),
                        report.trouble());
        return GpuForm.write(
                        new dev.stoker.gpu.GpuPicture.Part(changed, part.age(), Optional.empty()))
                .path("gpus")
                .path(0);
    }

    /** Returns the first of the random samples whose first source has a GPU. */
    private static MachineSample withAGpu() {
        for (long seed = 0; ; seed++) {
            MachineSample sample = new RandomRecords(seed).sample();
            if (!sample.picture().parts().isEmpty()
                    && !sample.picture().parts().getFirst().report().gpus().isEmpty()) {
                return sample;
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "[]| its schema is not 'stoker.sample'",
                "{\"schema\":\"stoker.gpu\"}| its schema is not 'stoker.sample'",
                "{\"schema\":\"stoker.sample\"}| 'version' has to be a whole number",
                "{\"schema\":\"stoker.sample\",\"version\":2}| Expected a sample of version 1, but"
                        + " got version 2",
                "{\"schema\":\"stoker.sample\",\"version\":1}| 'processes' has to be a list",
            })
    void rubbish_always_isRefusedWithTheReason(String text, String reason) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason.strip());
    }

    @ParameterizedTest
    @CsvSource({
        "-1, a number of bytes from 0",
        "1125899906842625, a number of bytes from 0",
        "1.5, a whole number",
        "true, a whole number",
    })
    void bytes_thatNoMachineHas_areRefused(String value, String expected) {
        ObjectNode tree = SampleJson.write(new RandomRecords(3).sample());
        ((ObjectNode) tree.path("host").path("memory"))
                .set("total_bytes", Json.parse(value).orElseThrow());
        assertThatThrownBy(() -> SampleJson.read(tree))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'total_bytes' has to be " + expected);
    }
}
