package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.stoker.base.Clock;
import dev.stoker.history.Stores;
import dev.stoker.history.jdbc.JdbcStores;
import dev.stoker.http.Endpoint;
import dev.stoker.json.Json;
import dev.stoker.server.ApiKey;
import dev.stoker.server.ServerException;
import dev.stoker.server.discovery.Discovery;
import dev.stoker.sim.SimServer;
import dev.stoker.sim.engine.Faults;
import dev.stoker.sim.physics.BoxFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** {@code stoker degrade} from its words to its exit codes, on a simulated box. */
class DegradeCommandTest {
    private static final double SPEED = 300;

    @TempDir private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private Stores stores() {
        return new JdbcStores(Map.of("STOKER_STORE", folder.resolve("runs.db").toString()));
    }

    private int run(SimServer sim, String... words) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        DegradeParts parts =
                (_, _, _, _) -> {
                    try {
                        return SimulatedDegrade.of(
                                Discovery.open(
                                        Endpoint.parse(sim.url()), Clock.system(), ApiKey.none()));
                    } catch (ServerException e) {
                        throw new AssertionError(e);
                    }
                };
        List<String> all = new ArrayList<>(List.of("degrade"));
        all.addAll(List.of(words));
        all.addAll(List.of("--results", folder.resolve("runs").toString()));
        return StokerCommand.commandLine(
                        Map.of("degrade", () -> new DegradeCommand(parts, stores(), Map.of())),
                        all.toArray(String[]::new))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
    }

    private static SimServer box(String... faults) throws IOException {
        Faults chosen = new Faults();
        Stream.of(faults).forEach(chosen::parse);
        return SimServer.start(BoxFile.load("thor"), 0, SPEED, chosen);
    }

    private JsonNode valid() throws IOException {
        JsonNode json = Json.parse(out.toString()).orElseThrow();
        String schema = Files.readString(Path.of("docs/schemas/degrade.schema.json"));
        assertThat(
                        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                                .getSchema(schema)
                                .validate(json))
                .isEmpty();
        return json;
    }

    @Test
    void degrade_degradedBox_exitsWithOneAndIsKept() throws IOException {
        try (SimServer sim = box("degrade=cause:clocks")) {
            int code =
                    run(
                            sim,
                            "phi4:14b",
                            "--cycles",
                            "2",
                            "--tokens",
                            "32",
                            "--json",
                            "--remedies",
                            "--yes");
            assertThat(code).as(err.toString()).isEqualTo(1);
            JsonNode json = valid();
            assertThat(json.path("verdict").asString("")).isEqualTo("degraded");
            assertThat(json.path("restored_by").asString("")).isEqualTo("restart");
            assertThat(json.at("/drop_percent/mean").asDouble(0)).isBetween(46.0, 47.0);
            String id = json.at("/run/id").asString("");
            try (var store = stores().open("", Stores.Access.LOOK)) {
                assertThat(store.get(id)).isPresent();
                assertThat(store.get(id).orElseThrow().kind()).isEqualTo("degrade");
            }
            assertThat(run(sim, "--report", "latest")).isEqualTo(1);
            assertThat(out.toString())
                    .contains("SIMULATED", "Degraded by", "fits  clocks", "restart: done");
            assertThat(run(sim, "--resume")).isEqualTo(1);
        }
    }

    @Test
    void degrade_healthyBox_exitsWithZero() throws IOException {
        try (SimServer sim = box()) {
            assertThat(run(sim, "phi4:14b", "--cycles", "1", "--tokens", "16", "--json")).isZero();
            assertThat(valid().path("verdict").asString("")).isEqualTo("healthy");
        }
    }

    @Test
    void degrade_slowFromTheStart_isToldByAnEarlierRun() throws IOException {
        try (SimServer sim = box()) {
            assertThat(run(sim, "phi4:14b", "--cycles", "1", "--tokens", "16", "--json")).isZero();
            assertThat(valid().path("slower_than_earlier").isNull()).isTrue();
            sim.engine()
                    .faults()
                    .set("degrade", true, Map.of("cause", "fragmentation", "cycles", "0"));
            sim.engine().unload(sim.engine().box().model("phi4:14b").orElseThrow());
            assertThat(run(sim, "phi4:14b", "--cycles", "1", "--tokens", "16", "--json", "--yes"))
                    .isZero();
            JsonNode json = valid();
            assertThat(json.path("verdict").asString("")).isEqualTo("healthy");
            assertThat(json.at("/slower_than_earlier/before_tokens_per_second").asDouble(0))
                    .isBetween(19.0, 21.0);
            assertThat(run(sim, "--report", json.at("/run/id").asString(""))).isZero();
            assertThat(out.toString()).contains("slow already");
        }
    }

    @Test
    void degrade_wrongUse_exitsWithTwoAndMeasuresNothing() throws IOException {
        try (SimServer sim = box()) {
            assertThat(run(sim)).isEqualTo(2);
            assertThat(run(sim, "nomodel:1b")).isEqualTo(2);
            assertThat(err.toString()).contains("phi4:14b");
            assertThat(run(sim, "phi4:14b", "--cycles", "0")).isEqualTo(2);
            assertThat(run(sim, "phi4:14b", "--yes-to", "pray")).isEqualTo(2);
            assertThat(run(sim, "--resume", "nothing")).isEqualTo(2);
            assertThat(folder.resolve("runs")).doesNotExist();
        }
    }
}
