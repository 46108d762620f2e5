package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code stoker degrade} on real servers, and on simulated boxes whose fault is known. */
final class DegradeE2e {
    private static final Duration LIMIT = Duration.ofMinutes(6);
    private static final Pattern URL = Pattern.compile("http://127\\.0\\.0\\.1:[0-9]+");

    private static JsonNode json(StokerCli.Result result) {
        return Json.parse(result.stdout()).orElseThrow(() -> new AssertionError(result.toString()));
    }

    /** What comes out depends on who else uses the machine; that it is one of three does not. */
    private static void requireSane(StokerCli.Result result, int cycles) {
        JsonNode report = json(result);
        String verdict = report.path("verdict").asString("");
        assertThat(verdict).as(result.toString()).isIn("healthy", "degraded", "cannot_tell");
        assertThat(result.exitCode())
                .as(result.toString())
                .isEqualTo(verdict.equals("degraded") ? 1 : 0);
        assertThat(report.path("schema").asString("")).isEqualTo("stoker.degrade");
        assertThat(report.path("cycles").size()).isEqualTo(cycles);
        assertThat(report.at("/run/complete").asBoolean(false)).isTrue();
        assertThat(report.at("/drop_percent/ci95").size()).isEqualTo(2);
        assertThat(report.path("hypotheses").size()).isEqualTo(8);
        for (JsonNode cycle : report.path("cycles")) {
            assertThat(cycle.at("/after_reload/decode_tokens_per_second").asDouble(0)).isPositive();
            assertThat(cycle.at("/control/decode_tokens_per_second").asDouble(0)).isPositive();
            assertThat(cycle.at("/control/mem_free_bytes").asLong(0)).isPositive();
        }
    }

    @Test
    void degrade_realOllama_reloadsAndKeepsTheRun() {
        try (RealOllama ollama = RealOllama.start();
                StokerCli stoker = new StokerCli()) {
            StokerCli.Result result =
                    stoker.run(
                            LIMIT,
                            "degrade",
                            RealOllama.SMOLLM2,
                            "--cycles",
                            "2",
                            "--tokens",
                            "32",
                            "--json",
                            "--server",
                            ollama.url().toString());
            requireSane(result, 2);
            JsonNode report = json(result);
            Set<Long> processes = new TreeSet<>();
            for (JsonNode cycle : report.path("cycles")) {
                processes.add(cycle.at("/after_reload/runner_pid").asLong(0));
                assertThat(cycle.at("/control/runner_pid").asLong(0))
                        .isEqualTo(cycle.at("/after_reload/runner_pid").asLong(-1));
            }
            assertThat(processes).hasSize(2).doesNotContain(0L);
            assertThat(ollama.runnerPids()).hasSize(1);
            assertThat(stoker.run(LIMIT, "history", "--json").stdout())
                    .contains(report.at("/run/id").asString(""));
            StokerCli.Result again = stoker.run(LIMIT, "degrade", "--report", "latest", "--json");
            assertThat(json(again)).isEqualTo(report);
        }
    }

    @Test
    void degrade_modelLoadedByOthers_needsAYes() {
        try (RealOllama ollama = RealOllama.start();
                StokerCli stoker = new StokerCli()) {
            ollama.http().post("/api/generate", "{\"model\":\"" + RealOllama.SMOLLM2 + "\"}");
            long before = ollama.runnerPids().getFirst();
            StokerCli.Result result =
                    stoker.run(
                            LIMIT,
                            "degrade",
                            RealOllama.SMOLLM2,
                            "--server",
                            ollama.url().toString());
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(4);
            assertThat(ollama.runnerPids()).containsExactly(before);
        }
    }

    @Test
    void degrade_llamaServer_isRestartedByTheUsersCommand() {
        try (RealLlamaServer llama = RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2).start();
                StokerCli stoker = new StokerCli()) {
            String model =
                    Json.parse(llama.http().get("/v1/models").body())
                            .orElseThrow()
                            .at("/data/0/id")
                            .asString("");
            StokerCli.Result result =
                    stoker.run(
                            LIMIT,
                            "degrade",
                            model,
                            "--cycles",
                            "1",
                            "--tokens",
                            "32",
                            "--json",
                            "--yes",
                            "--restart-command",
                            llama.restartScript().toString(),
                            "--server",
                            llama.url().toString());
            requireSane(result, 1);
        }
    }

    @Test
    void degrade_killedAndResumed_repeatsNothing() {
        try (StokerCli box = new StokerCli();
                StokerCli stoker = new StokerCli()) {
            URI server = simulated(box, "clocks", "20");
            StokerCli.Running run =
                    stoker.start(
                            "degrade", "phi4:14b", "--cycles", "3", "--server", server.toString());
            run.awaitOutput("cycle 1", LIMIT);
            run.kill();
            run.await(LIMIT);
            StokerCli.Result result = stoker.run(LIMIT, "degrade", "--resume", "--yes", "--json");
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
            JsonNode report = json(result);
            assertThat(report.path("before").size()).isEqualTo(5);
            assertThat(report.path("cycles").size()).isEqualTo(3);
            assertThat(report.at("/server/simulated").asBoolean(false)).isTrue();
        }
    }

    private static URI simulated(StokerCli box, String cause, String speed) {
        StokerCli.Running sim =
                box.start(
                        "sim", "--box", "thor", "--port", "0", "--speed", speed, "--cause", cause);
        sim.awaitOutput("Ctrl-C ends it", LIMIT);
        Matcher url = URL.matcher(sim.stdout());
        assertThat(url.find()).as(sim.stdout()).isTrue();
        return URI.create(url.group());
    }

    @ParameterizedTest
    @CsvSource({
        "pagecache, page_cache, drop-caches",
        "offload, partial_offload, respawn",
        "vanished, gpu_vanished, recreate",
        "fragmentation, fragmentation, compact",
        "clocks, clocks, restart",
        "lottery, process_lottery, respawn",
        "neighbour, neighbour, ''"
    })
    void degrade_plantedCause_isNamedAndSoIsTheRemedy(String cause, String code, String remedy) {
        try (StokerCli box = new StokerCli();
                StokerCli stoker = new StokerCli()) {
            URI server = simulated(box, cause, "100");
            StokerCli.Result result =
                    stoker.run(
                            LIMIT,
                            "degrade",
                            "phi4:14b",
                            "--cycles",
                            "4",
                            "--tokens",
                            "48",
                            "--remedies",
                            "--yes",
                            "--json",
                            "--server",
                            server.toString());
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
            JsonNode report = json(result);
            assertThat(report.path("verdict").asString("")).isEqualTo("degraded");
            Set<String> fitting = new TreeSet<>();
            report.path("hypotheses")
                    .forEach(h -> {
                        if (h.path("fits").asBoolean(false)) {
                            fitting.add(h.path("code").asString(""));
                        }
                    });
            assertThat(fitting).as(result.stdout()).containsExactly(code);
            assertThat(report.path("restored_by").asString("")).isEqualTo(remedy);
        }
    }

    @Test
    void demoThor_asked_playsTheStoryInUnderAMinute() {
        try (StokerCli stoker = new StokerCli()) {
            assertThat(stoker.run("--version").exitCode()).isZero();
            StokerCli.Result result = stoker.run("demo", "thor");
            assertThat(result.exitCode()).as(result.toString()).isZero();
            assertThat(result.took()).isLessThan(Duration.ofSeconds(60));
            assertThat(result.stdout())
                    .contains("SIMULATED", "degraded by 86 %", "page_cache", "restored");
        }
    }
}
