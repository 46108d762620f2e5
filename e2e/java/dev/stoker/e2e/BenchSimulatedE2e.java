package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code stoker bench} on a simulated box in a process of its own: it never looks real. */
final class BenchSimulatedE2e {
    private static final Pattern URL = Pattern.compile("http://127\\.0\\.0\\.1:[0-9]+");

    /** A configuration, then the failures of the story and those of the simulation. */
    private static final Pattern ROW =
            Pattern.compile("^(\\S.*?) {2,}([0-9]+) +([0-9]+) +[0-9]+ +[0-9.]+ ");

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

    @Test
    void demo_asked_playsTheStoryInUnderAMinuteAndSaysWhatIsReal() {
        try (StokerCli stoker = new StokerCli()) {
            // A first start builds the program, which is not the demo's time.
            assertThat(stoker.run("--version").exitCode()).isZero();
            StokerCli.Result result = stoker.run("demo");
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertThat(result.took()).isLessThan(Duration.ofSeconds(60));
            assertThat(result.stdout()).contains("SIMULATED", "stoker bench");
            List<List<String>> failed =
                    result.stdout()
                            .lines()
                            .map(ROW::matcher)
                            .filter(Matcher::find)
                            .map(row -> List.of(row.group(1), row.group(2), row.group(3)))
                            .toList();
            assertThat(failed)
                    .as(result.stdout())
                    .containsExactly(
                            List.of("no management", "2", "2"),
                            List.of("unload only", "1", "1"),
                            List.of("restart before large only", "0", "0"),
                            List.of("full (default)", "0", "0"));
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
