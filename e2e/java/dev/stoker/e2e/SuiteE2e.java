package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code stoker bench --suite} on real servers: small models fail much of it, and that is a result.
 */
final class SuiteE2e {
    private static final Duration LONG = Duration.ofMinutes(8);
    private static final Duration SHORT = Duration.ofSeconds(20);

    private static final String OWN =
            """
            suite: own
            tests:
              - name: health
                prompt: Say hello in one short sentence.
                max_tokens: 24
                checks: [{server_answers: true}, {model_listed: true}, {answered: true}]
              - name: held
                prompt: Give a JSON object with the key n and a number.
                max_tokens: 60
                answer_schema: true
                checks:
                  - json: {schema: {type: object, required: [n], additionalProperties: false, properties: {n: {type: integer, minimum: 0, maximum: 9}}}}
              - name: talk
                turns: [Name a colour., Name another one., And a third one.]
                max_tokens: 16
                checks: [{answered: true}]
              - name: impossible
                prompt: Name a colour.
                max_tokens: 16
                checks: [{equals: this is never said}]
              - name: see
                pictures: [{draw: pie-chart, slices: {A: 1, B: 2}}]
                prompt: How many slices are there?
                checks: [{number: 2}]
            """;

    private static String[] suite(BenchCli bench, Object server, String suite, String... more) {
        List<String> words = new ArrayList<>(List.of("bench", "--server", server.toString()));
        words.addAll(List.of("--results", bench.results().toString(), "--suite", suite));
        words.addAll(List.of("--json", "--yes"));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private static String own(BenchCli bench) {
        try {
            return Files.writeString(bench.folder("suite").resolve("own.yaml"), OWN).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode test(JsonNode model, String name) {
        return model.at("/suite/tests")
                .valueStream()
                .filter(t -> t.path("name").asString("").equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + model));
    }

    @Test
    void standard_onOllama_isJudgedWholeAndAnswersAreKept() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Result result =
                    bench.bare(
                                    suite(
                                            bench,
                                            ollama.url(),
                                            "standard",
                                            RealOllama.SMOLLM2,
                                            "--iterations",
                                            "1",
                                            "--haystack",
                                            "500",
                                            "--run-code"))
                            .await(LONG);
            assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
            JsonNode report = BenchCli.report(result);
            assertThat(report.at("/request/suite").asString()).isEqualTo("standard");
            JsonNode model = BenchCli.model(report, RealOllama.SMOLLM2);
            assertThat(model.path("outcome").asString()).isEqualTo("passed");
            assertThat(test(model, "health").path("passed").asInt()).isEqualTo(1);
            int tests = model.at("/suite/tests").size();
            assertThat(tests).isGreaterThan(12);
            assertThat(model.at("/suite/judged").asInt()).isEqualTo(tests);
            double rate = model.at("/suite/pass_rate/mean").asDouble();
            assertThat(rate).isBetween(1.0 / tests, 0.95);
            assertThat(model.at("/suite/tests").valueStream())
                    .allSatisfy(t ->
                            assertThat(
                                            t.path("passed").asInt()
                                                    + (t.path("failures").isEmpty() ? 0 : 1))
                                    .as("%s", t)
                                    .isEqualTo(1));
            assertThat(model.at("/spread/n").asInt()).isGreaterThan(8);
            assertThat(bench.page(report.at("/run/id").asString()))
                    .contains("#### Tests", "| health | 1/1 |", "| needle-90 |");
        }
    }

    @Test
    void ownSuite_onLlamaServer_holdsAnswersToItsSchemaAndSkipsPictures() {
        try (RealLlamaServer server =
                        RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2).flags("-np", "1").start();
                BenchCli bench = new BenchCli(server.url())) {
            StokerCli.Result result =
                    bench.bare(suite(bench, server.url(), own(bench), "--iterations", "2"))
                            .await(LONG);
            assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
            JsonNode model = BenchCli.report(result).at("/models/0");
            assertThat(test(model, "health").path("passed").asInt()).isEqualTo(2);
            assertThat(test(model, "held").path("passed").asInt()).isEqualTo(2);
            assertThat(test(model, "talk").path("passed").asInt()).isEqualTo(2);
            assertThat(test(model, "impossible").path("passed").asInt()).isZero();
            assertThat(test(model, "impossible").at("/failures/0/answer").asString()).isNotBlank();
            assertThat(test(model, "see").path("skipped").asString()).contains("see pictures");
            assertThat(model.at("/suite/pass_rate/mean").asDouble()).isEqualTo(0.75);
        }
    }

    @Test
    void ownSuite_killedInTheMiddle_isResumedWithEachAnswerJudgedOnce() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Running run =
                    bench.bare(
                            suite(
                                    bench,
                                    ollama.url(),
                                    own(bench),
                                    RealOllama.GEMMA3,
                                    "--iterations",
                                    "3"));
            bench.awaitRequests(run, RealOllama.GEMMA3, 3);
            assertThat(run.kill().await(SHORT).exitCode()).isEqualTo(137);
            int before = bench.events("answered").size();
            assertThat(before).isPositive();
            StokerCli.Result result = bench.earlier("--resume", "latest", "--yes", "--json");
            assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
            JsonNode model = BenchCli.model(BenchCli.report(result), RealOllama.GEMMA3);
            for (String name : List.of("health", "held", "talk", "impossible")) {
                assertThat(test(model, name).path("judged").asInt()).as(name).isEqualTo(3);
            }
            assertThat(test(model, "health").path("passed").asInt()).isEqualTo(3);
        }
    }

    @Test
    void standard_shown_canBeUsedAsAFile() throws IOException {
        try (BenchCli bench = new BenchCli(URI.create("http://127.0.0.1:9"))) {
            StokerCli.Result shown =
                    bench.bare("bench", "--suite", "standard", "--show").await(SHORT);
            assertThat(shown.exitCode()).isZero();
            Path file = bench.folder("suite").resolve("mine.yaml");
            Files.writeString(file, shown.stdout().replace("name: health", "nam: health"));
            StokerCli.Result wrong =
                    bench.bare("bench", "--suite", file.toString(), "--dry-run").await(SHORT);
            assertThat(wrong.exitCode()).isEqualTo(2);
            assertThat(wrong.stderr()).contains("line 6").contains("Did you mean 'name'?");
        }
    }
}
