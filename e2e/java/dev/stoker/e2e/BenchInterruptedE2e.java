package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/** {@code stoker bench} stopped in the middle: nothing is lost, and nothing is done twice. */
final class BenchInterruptedE2e {
    private static final Duration SHORT = Duration.ofSeconds(20);
    private static final List<String> BOTH = List.of(RealOllama.SMOLLM2, RealOllama.GEMMA3);

    /** Two models, two prompts, two iterations. */
    private static final int ALL = 8;

    @Test
    void run_killedInTheMiddle_isResumedWithEveryRequestCountedOnce() throws IOException {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Running run = bench.start("--yes", "--iterations", "2");
            bench.awaitRequests(run, RealOllama.SMOLLM2, 3);
            assertThat(run.kill().await(SHORT).exitCode()).isEqualTo(137);
            List<String> before = bench.finished();
            assertThat(before.size()).isBetween(2, ALL - 1);
            Path file = bench.runs().getFirst().resolve("events.jsonl");
            String written = Files.readString(file);
            // What a crash of the machine may leave at the end of the file.
            Files.writeString(file, "{\"type\":\"request\",\"at\":17", StandardOpenOption.APPEND);

            StokerCli.Result result = bench.earlier("--resume", "latest", "--yes", "--json");
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertThat(Files.readString(file)).startsWith(written);
            assertThat(bench.finished())
                    .hasSize(ALL)
                    .doesNotHaveDuplicates()
                    .startsWith(before.toArray(String[]::new));
            JsonNode report = BenchCli.report(result);
            assertThat(report.at("/run/complete").asBoolean()).isTrue();
            assertThat(report.at("/run/unreadable_lines").asInt()).isEqualTo(1);
            for (String name : BOTH) {
                JsonNode model = BenchCli.model(report, name);
                assertThat(model.path("outcome").asString()).isEqualTo("passed");
                assertThat(model.at("/requests/ok").asInt()).isEqualTo(ALL / 2);
                assertThat(model.at("/decode_tokens_per_second/n").asInt()).isEqualTo(2);
            }
            // The small model may repeat itself until Ollama ends the answer; that is sent again.
            assertThat(bench.events("request"))
                    .filteredOn(e -> !e.at("/trace/ok").asBoolean())
                    .allSatisfy(e ->
                            assertThat(e.at("/trace/failure").asString()).isEqualTo("stream-cut"));
            assertNothingIsLoaded(ollama);

            List<JsonNode> events = bench.events("request");
            StokerCli.Result again = bench.earlier("--resume", "latest", "--yes", "--json");
            assertThat(again.exitCode()).as(again.stderr()).isZero();
            assertThat(bench.events("request")).as("a finished run").isEqualTo(events);
        }
    }

    @Test
    void run_interrupted_unloadsKeepsAndSaysHowToGoOn() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            bench.prompt("short", "Count from one to ten.", 16).longAnswer("longer", 80);
            StokerCli.Running run = bench.start("--yes", "--iterations", "2");
            bench.awaitRequests(run, RealOllama.SMOLLM2, 2);
            StokerCli.Result stopped = run.interrupt().await(Duration.ofSeconds(30));
            assertThat(stopped.exitCode()).as(stopped.stderr()).isEqualTo(130);
            assertNothingIsLoaded(ollama);
            JsonNode partial = BenchCli.report(stopped);
            String id = partial.at("/run/id").asString();
            assertThat(stopped.stderr()).contains("stoker bench --resume " + id);
            assertThat(partial.at("/run/complete").asBoolean()).isFalse();
            assertThat(partial.at("/run/pending").valueStream().map(JsonNode::asString))
                    .containsExactlyElementsOf(BOTH);
            List<String> before = bench.finished();
            assertThat(before).isNotEmpty().hasSizeLessThan(ALL);
            assertThat(BenchCli.model(partial, RealOllama.SMOLLM2).at("/requests/ok").asInt())
                    .isEqualTo(before.size());

            StokerCli.Result result = bench.earlier("--resume", id, "--json");
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertThat(bench.finished())
                    .hasSize(ALL)
                    .doesNotHaveDuplicates()
                    .startsWith(before.toArray(String[]::new));
            JsonNode report = BenchCli.report(result);
            BOTH.forEach(name -> assertThat(BenchCli.outcome(report, name)).isEqualTo("passed"));
            assertNothingIsLoaded(ollama);
        }
    }

    @Test
    void run_interruptedWhileLoading_endsAtOnceWithNothingLoaded() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Running run = bench.start("--yes", RealOllama.GEMMA3);
            Waiting.until(
                    "the runner starts",
                    BenchCli.STEP,
                    () -> !ollama.runnerPids().isEmpty(),
                    run::stderr);
            StokerCli.Result stopped = run.interrupt().await(Duration.ofSeconds(40));
            assertThat(stopped.exitCode()).as(stopped.stderr()).isEqualTo(130);
            assertNothingIsLoaded(ollama);
        }
    }

    private static void assertNothingIsLoaded(RealOllama ollama) {
        assertThat(ollama.http().get("/api/ps").body()).contains("\"models\":[]");
        Waiting.until("every runner ends", SHORT, () -> ollama.runnerPids().isEmpty());
    }
}
