package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.json.Json;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.wire.SampleJson;
import dev.stoker.server.state.ModelState;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code stoker serve} beside real servers, read by a real Prometheus. */
final class ServeE2e {
    private static final Duration STEP = Duration.ofSeconds(60);

    /** How long servers come and go; the long form is for a run by hand. */
    private static final Duration LENGTH =
            Duration.ofSeconds(
                    Long.parseLong(System.getenv().getOrDefault("STOKER_E2E_SERVE_SECONDS", "30")));

    private static final String GENERATE =
            """
            {"model":"%s","prompt":"Tell a story.","stream":false,"max_tokens":12,
            "options":{"num_predict":12,"num_ctx":1024}}
            """;

    private static StokerCli.Running serve(StokerCli stoker, int port, URI... servers) {
        String[] words =
                Stream.concat(
                                Stream.of(
                                        "serve",
                                        "--port",
                                        Integer.toString(port),
                                        "--interval",
                                        "1",
                                        "--llama-metrics"),
                                Arrays.stream(servers)
                                        .flatMap(url -> Stream.of("--server", url.toString())))
                        .toArray(String[]::new);
        // The first start of a checkout builds it.
        return stoker.start(words).awaitOutput("serving http://", Duration.ofMinutes(5));
    }

    private static HttpProbe exporter(int port) {
        return new HttpProbe(URI.create("http://127.0.0.1:" + port));
    }

    private static void awaitLine(HttpProbe exporter, String line) {
        String[] page = {""};
        Waiting.until(
                "the exporter says " + line,
                STEP,
                () -> {
                    Optional<HttpProbe.Answer> answer =
                            exporter.tryGet("/metrics", Duration.ofSeconds(5));
                    page[0] = answer.map(HttpProbe.Answer::body).orElse("");
                    return page[0].lines().anyMatch(line::equals);
                },
                () -> "\n" + page[0]);
    }

    private static String up(URI server, int value) {
        return "stoker_server_up{server=\"" + server + "\"} " + value + ".0";
    }

    @Test
    void serve_besideRealServers_showsBothWithTheirModelsAndEndsCleanly() throws Exception {
        Path promtool = Parts.require(Parts.PROMTOOL);
        int port = Ports.free();
        HttpProbe exporter = exporter(port);
        try (RealOllama ollama = RealOllama.start();
                RealLlamaServer llama =
                        RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2)
                                .flags("-c", "1024", "--metrics")
                                .start();
                StokerCli stoker = new StokerCli()) {
            ollama.http().post("/api/generate", GENERATE.formatted(RealOllama.SMOLLM2));
            StokerCli.Running serve = serve(stoker, port, ollama.url(), llama.url());
            awaitLine(exporter, up(ollama.url(), 1));
            awaitLine(exporter, up(llama.url(), 1));
            String loaded =
                    "{model=\"" + RealOllama.SMOLLM2 + "\",server=\"" + ollama.url() + "\",";
            awaitLine(exporter, "stoker_model_state" + loaded + "state=\"loaded\"} 1.0");
            String page = exporter.get("/metrics").body();
            assertThat(page)
                    .contains("stoker_model_resident_bytes{device=\"host\",model=\"")
                    .contains("stoker_server_info{kind=\"llama-server\"");
            assertThat(complaints(promtool, page)).isEmpty();

            MachineSample sample =
                    SampleJson.read(Json.parse(exporter.get("/api/sample").body()).orElseThrow());
            assertThat(sample.servers())
                    .flatExtracting(server -> server.models().orElse(List.of()))
                    .extracting(ModelState::name)
                    .contains(RealOllama.SMOLLM2)
                    .hasSize(2);
            assertThat(exporter.get("/healthz").status()).isEqualTo(200);

            serve.signal(Signal.TERM);
            assertThat(serve.await(STEP).exitCode()).isZero();
        }
    }

    private static String complaints(Path promtool, String page)
            throws IOException, InterruptedException {
        Path file = Files.createTempFile("page", ".prom");
        try {
            Files.writeString(file, page);
            Process process =
                    new ProcessBuilder(promtool.toString(), "check", "metrics")
                            .redirectInput(file.toFile())
                            .redirectErrorStream(true)
                            .start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return process.exitValue() == 0 ? said : "exit code " + process.exitValue() + said;
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void serve_whileServersAreStoppedKilledAndStarted_hasNoGapAndNoFallingCounter() {
        int port = Ports.free();
        HttpProbe exporter = exporter(port);
        try (RealOllama ollama = RealOllama.start();
                RealLlamaServer llama =
                        RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2)
                                .flags("-c", "1024", "--metrics")
                                .start();
                StokerCli stoker = new StokerCli()) {
            StokerCli.Running serve = serve(stoker, port, ollama.url(), llama.url());
            awaitLine(exporter, up(llama.url(), 1));
            try (RealPrometheus prometheus =
                    RealPrometheus.scraping(URI.create("http://127.0.0.1:" + port))) {
                Waiting.until("the first scrape", STEP, () -> !prometheus.query("up").isEmpty());
                long begin = System.nanoTime();
                int rounds = 0;
                do {
                    round(exporter, ollama, llama, rounds);
                    rounds++;
                } while (System.nanoTime() - begin < LENGTH.toNanos());
                long seconds = (System.nanoTime() - begin) / 1_000_000_000L;
                System.err.println("serve: " + rounds + " rounds in " + seconds + " s");
                judge(prometheus, seconds, ollama.url(), llama.url());
            }
            assertThat(serve.isRunning()).isTrue();
            assertThat(serve.interrupt().await(STEP).exitCode()).isZero();
            assertThat(serve.stderr()).doesNotContain("broke");
        }
    }

    private static void round(
            HttpProbe exporter, RealOllama ollama, RealLlamaServer llama, int number) {
        double before = tokens(exporter, llama.url());
        llama.http().post("/v1/completions", GENERATE.formatted("smollm2"));
        ollama.http().post("/api/generate", GENERATE.formatted(RealOllama.SMOLLM2));
        awaitLine(exporter, up(ollama.url(), 1));
        // A server that dies before the next look takes its count with it.
        Waiting.until("tokens are seen", STEP, () -> tokens(exporter, llama.url()) > before);
        if (number % 2 == 0) {
            llama.kill();
        } else {
            llama.stop();
        }
        awaitLine(exporter, up(llama.url(), 0));
        llama.restart();
        awaitLine(exporter, up(llama.url(), 1));
        if (number % 2 == 0) {
            ollama.stop();
        } else {
            ollama.kill();
        }
        awaitLine(exporter, up(ollama.url(), 0));
        ollama.restart();
        awaitLine(exporter, up(ollama.url(), 1));
    }

    private static double tokens(HttpProbe exporter, URI server) {
        String series = "stoker_server_generated_tokens_total{server=\"" + server + "\"} ";
        return exporter.tryGet("/metrics", Duration.ofSeconds(5))
                .map(HttpProbe.Answer::body)
                .orElse("")
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElse(0);
    }

    private static void judge(RealPrometheus prometheus, long seconds, URI... servers) {
        String range = "[" + seconds + "s]";
        assertThat(prometheus.number("min_over_time(up{job=\"stoker\"}" + range + ")"))
                .as("each scrape succeeded")
                .isEqualTo(1);
        assertThat(prometheus.number("count_over_time(up{job=\"stoker\"}" + range + ")"))
                .as("scrapes in %d s", seconds)
                .isGreaterThan(seconds * 0.8);
        assertThat(prometheus.number("min_over_time(stoker_sampling_up" + range + ")"))
                .isEqualTo(1);
        for (URI server : servers) {
            String series = "stoker_server_up{server=\"" + server + "\"}";
            assertThat(prometheus.number("min_over_time(" + series + range + ")")).isZero();
            assertThat(prometheus.number("max_over_time(" + series + range + ")")).isEqualTo(1);
            assertThat(prometheus.number("count_over_time(" + series + range + ")"))
                    .as("no gap in " + series)
                    .isGreaterThan(seconds * 0.8);
        }
        List<String> counters =
                prometheus.names().stream()
                        .filter(name -> name.startsWith("stoker_") && name.endsWith("_total"))
                        .toList();
        assertThat(counters).contains("stoker_server_generated_tokens_total");
        for (String counter : counters) {
            assertThat(prometheus.query("resets(" + counter + range + ") > 0"))
                    .as("counters that fell")
                    .isEmpty();
        }
        assertThat(
                        prometheus
                                .query(
                                        "increase(stoker_server_generated_tokens_total"
                                                + range
                                                + ")")
                                .values())
                .as("tokens were counted")
                .anyMatch(tokens -> tokens > 0);
    }
}
