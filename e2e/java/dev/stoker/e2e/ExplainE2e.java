package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code stoker explain} on a real Ollama whose models push each other out. */
final class ExplainE2e {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final List<String> MODELS = List.of(RealOllama.SMOLLM2, RealOllama.GEMMA3);

    /** What the client saw: seconds in all, and of them those of loads of models seen before. */
    private record Truth(double seconds, double swapping) {
        double share() {
            return swapping / seconds;
        }
    }

    private static Truth askInTurn(RealOllama ollama, int times, Set<String> seen) {
        double all = 0;
        double swapping = 0;
        for (int i = 0; i < times; i++) {
            String model = MODELS.get(i % MODELS.size());
            long start = System.nanoTime();
            String body =
                    ollama.http()
                            .post(
                                    "/api/generate",
                                    "{\"model\":\""
                                            + model
                                            + "\",\"prompt\":\"Hello\",\"stream\":false,"
                                            + "\"options\":{\"num_predict\":16}}")
                            .body();
            all += (System.nanoTime() - start) / 1e9;
            double load = Json.parse(body).orElseThrow().path("load_duration").doubleValue() / 1e9;
            swapping += seen.add(model) ? 0 : load;
        }
        return new Truth(all, swapping);
    }

    private static JsonNode json(StokerCli.Result result) {
        assertThat(result.exitCode()).as(result.toString()).isZero();
        return Json.parse(result.stdout()).orElseThrow(() -> new AssertionError(result.toString()));
    }

    @Test
    void explain_twoModelsInTurnAndOneAllowed_namesTheSwappingByLogWatchAndProbe()
            throws InterruptedException {
        try (RealOllama ollama =
                        RealOllama.setup().environment("OLLAMA_MAX_LOADED_MODELS", "1").start();
                StokerCli stoker = new StokerCli()) {
            String url = ollama.url().toString();
            Set<String> seen = new HashSet<>();
            Truth truth = askInTurn(ollama, 6, seen);

            JsonNode log = json(stoker.run(LIMIT, "explain", "--server", url, "--json"));
            assertThat(log.path("requests").intValue()).isEqualTo(6);
            assertThat(log.path("swap_share").doubleValue()).isCloseTo(truth.share(), within(0.1));
            assertThat(log.path("verdict").stringValue()).contains("swapping among two models");

            Thread asking = Thread.ofVirtual().start(() -> askInTurn(ollama, 4, seen));
            JsonNode watched =
                    json(stoker.run(LIMIT, "explain", "--watch", "25s", "--server", url, "--json"));
            asking.join();
            assertThat(watched.path("based_on").stringValue()).isEqualTo("log");
            assertThat(watched.path("requests").intValue()).isPositive();
            assertThat(watched.path("swap_share").doubleValue()).isGreaterThan(0.3);

            // The last one that was asked is in memory, so that the other one has to be loaded.
            JsonNode probe =
                    json(
                            stoker.run(
                                    LIMIT,
                                    "explain",
                                    "--probe",
                                    RealOllama.SMOLLM2,
                                    "--server",
                                    url,
                                    "--json"));
            assertThat(probe.at("/causes/0/code").stringValue()).isEqualTo("swap.count");
            assertThat(probe.at("/causes/0/share").doubleValue())
                    .isCloseTo(probe.at("/parts/load").doubleValue(), within(0.1));
            assertThat(probe.path("verdict").stringValue()).contains(RealOllama.GEMMA3);
            // The log's lines come while the load goes on: it is told what it was spent on.
            double stages = 0;
            for (String stage : List.of("evict", "read", "initialise")) {
                assertThat(probe.at("/load/" + stage).isNumber()).as(probe.toString()).isTrue();
                stages += probe.at("/load/" + stage).doubleValue();
            }
            assertThat(probe.at("/load/read").doubleValue()).isPositive();
            assertThat(stages).isCloseTo(probe.at("/parts/load").doubleValue(), within(0.05));
        }
    }

    @Test
    void watch_interrupted_printsWhatItSawAndEnds() {
        try (RealOllama ollama = RealOllama.start();
                StokerCli stoker = new StokerCli()) {
            Set<String> seen = new HashSet<>();
            askInTurn(ollama, 1, seen);
            StokerCli.Running watch =
                    stoker.start(
                            "explain",
                            "--watch",
                            "10m",
                            "--server",
                            ollama.url().toString(),
                            "--json");
            Waiting.until(
                    "it looks",
                    LIMIT,
                    () -> ollama.log().lines().filter(l -> l.contains("\"/api/ps\"")).count() > 2);
            askInTurn(ollama, 2, seen);
            StokerCli.Result ended = watch.interrupt().await(Duration.ofSeconds(20));

            JsonNode told = json(ended);
            assertThat(told.path("requests").intValue()).isEqualTo(2);
            assertThat(told.path("watched_seconds").doubleValue()).isBetween(0.5, 300.0);
            assertThat(told.path("based_on").stringValue()).isEqualTo("log");
        }
    }

    @Test
    void explain_llamaServer_readsItsLog() {
        try (RealLlamaServer llama = RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2).start();
                StokerCli stoker = new StokerCli()) {
            llama.http()
                    .post(
                            "/completion",
                            "{\"prompt\":\"Hello\",\"n_predict\":8,\"cache_prompt\":false}");
            JsonNode told =
                    json(
                            stoker.run(
                                    LIMIT,
                                    "explain",
                                    "--server",
                                    llama.url().toString(),
                                    "--json"));
            assertThat(told.path("requests").intValue()).isEqualTo(1);
            assertThat(told.at("/parts/decode").doubleValue()).isPositive();
        }
    }
}
