package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.time.Duration;

/** {@code stoker status} on a real Ollama and a real llama-server, and that it changes nothing. */
final class StatusE2e {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static void load(RealOllama ollama) {
        ollama.http().post("/api/generate", "{\"model\":\"" + RealOllama.SMOLLM2 + "\"}");
    }

    private static JsonNode json(StokerCli.Result result) {
        return Json.parse(result.stdout()).orElseThrow(() -> new AssertionError(result.toString()));
    }

    @Test
    void status_ollamaAndLlamaServer_showsBothWithTheirModelsAndSettings() {
        try (RealOllama ollama =
                        RealOllama.setup().environment("OLLAMA_KEEP_ALIVE", "10m").start();
                RealLlamaServer llama =
                        RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2)
                                .flags("-np", "2", "-c", "4096")
                                .start();
                StokerCli stoker = new StokerCli()) {
            load(ollama);
            String[] servers = {
                "--server", ollama.url().toString(), "--server", llama.url().toString()
            };
            StokerCli.Result text =
                    stoker.environment("COLUMNS", "80")
                            .run(LIMIT, "status", servers[0], servers[1], servers[2], servers[3]);
            assertThat(text.exitCode()).as(text.toString()).isZero();
            assertThat(text.stdout())
                    .contains(
                            "Ollama 0.33.0",
                            "llama-server b",
                            RealOllama.SMOLLM2,
                            "OLLAMA_KEEP_ALIVE=10m",
                            "OLLAMA_NUM_PARALLEL (1)",
                            "-np 2",
                            "host memory")
                    .containsPattern("in (10:00|9:[0-9]{2})");
            assertThat(text.stdout().lines())
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
            assertThat(text.stdout().lines().count()).isLessThanOrEqualTo(24);

            JsonNode json =
                    json(
                            stoker.run(
                                    LIMIT,
                                    "status",
                                    "--json",
                                    servers[0],
                                    servers[1],
                                    servers[2],
                                    servers[3]));
            assertThat(json.at("/servers/0/health").stringValue()).isEqualTo("up");
            assertThat(json.at("/models/0/name").stringValue()).isEqualTo(RealOllama.SMOLLM2);
            assertThat(json.at("/models/0/runner_pid").longValue())
                    .isEqualTo(ollama.runnerPids().getFirst());
            assertThat(json.at("/models/0/process_memory_bytes").longValue())
                    .isGreaterThan(100_000_000L);
            assertThat(json.at("/models/1/slots").intValue()).isEqualTo(2);
        }
    }

    @Test
    void status_nothingLoaded_loadsNothing() {
        try (RealOllama ollama = RealOllama.start();
                StokerCli stoker = new StokerCli()) {
            StokerCli.Result result =
                    stoker.run(LIMIT, "status", "--server", ollama.url().toString());
            assertThat(result.exitCode()).as(result.toString()).isZero();
            assertThat(result.stdout()).contains("No model is in memory.");
            assertThat(ollama.runnerPids()).isEmpty();
        }
    }

    @Test
    void status_runnerKilled_saysThatTheModelIsNotThere() {
        try (RealOllama ollama = RealOllama.start();
                StokerCli stoker = new StokerCli()) {
            load(ollama);
            ollama.runnerPids().forEach(Signal.KILL::sendTo);
            Waiting.until(
                    "the runner is gone",
                    Duration.ofSeconds(20),
                    () -> ollama.runnerPids().isEmpty());
            StokerCli.Result result =
                    stoker.run(LIMIT, "status", "--json", "--server", ollama.url().toString());
            JsonNode alert = json(result).at("/alerts/0");
            assertThat(alert.path("rule").asString(""))
                    .as(result.toString())
                    .isEqualTo("model-not-resident");
            assertThat(alert.at("/labels/model").stringValue()).isEqualTo(RealOllama.SMOLLM2);
        }
    }

    @Test
    void status_serverStopped_exitsWithThree() {
        try (RealOllama ollama = RealOllama.start();
                StokerCli stoker = new StokerCli()) {
            ollama.stop();
            StokerCli.Result result =
                    stoker.run(LIMIT, "status", "--server", ollama.url().toString());
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
            assertThat(result.stdout()).contains("down", "could not be reached");
        }
    }
}
