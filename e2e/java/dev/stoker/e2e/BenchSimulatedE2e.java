package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.net.URI;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code stoker bench} on a simulated box in a process of its own: it never looks real. */
final class BenchSimulatedE2e {
    private static final Pattern URL = Pattern.compile("http://127\\.0\\.0\\.1:[0-9]+");

    @Test
    void bench_onASimulatedBox_isMarkedInEveryForm() {
        try (StokerCli box = new StokerCli()) {
            StokerCli.Running sim =
                    box.start("sim", "--box", "thor", "--port", "0", "--speed", "200");
            sim.awaitOutput("Ctrl-C ends it", BenchCli.STEP);
            Matcher url = URL.matcher(sim.stdout());
            assertThat(url.find()).as(sim.stdout()).isTrue();
            URI server = URI.create(url.group());
            String model = smallest(server);
            try (BenchCli bench = new BenchCli(server)) {
                StokerCli.Result result = bench.run("--yes", model);
                assertThat(result.exitCode()).as(result.stderr()).isZero();
                assertThat(result.stderr()).contains("SIMULATED");
                JsonNode report = BenchCli.report(result);
                assertThat(report.at("/run/simulated").asBoolean()).isTrue();
                assertThat(report.at("/server/simulated_box").asString()).isEqualTo("thor");
                assertThat(report.at("/server/simulated_speed").asDouble()).isEqualTo(200);
                assertThat(BenchCli.outcome(report, model)).isEqualTo("passed");
                StokerCli.Result table = bench.earlier("--report", "latest");
                assertThat(table.stdout()).contains("SIMULATED", model);
            }
        }
    }

    private static String smallest(URI server) {
        String list = new HttpProbe(server).get("/api/tags").body();
        return Json.parse(list)
                .orElseThrow()
                .path("models")
                .valueStream()
                .min(Comparator.comparingLong(m -> m.path("size").asLong()))
                .map(m -> m.path("name").asString())
                .orElseThrow();
    }
}
