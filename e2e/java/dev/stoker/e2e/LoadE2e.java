package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code stoker load} on a real llama-server with four slots. */
final class LoadE2e {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Pattern PREDICTED =
            Pattern.compile("(?m)^llamacpp:tokens_predicted_total (\\d+)");

    private static RealLlamaServer fourSlots(String... more) {
        return RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2)
                .flags("-np", "4", "-c", "4096", "--metrics")
                .flags(more)
                .start();
    }

    private static long predicted(RealLlamaServer server) {
        Matcher m = PREDICTED.matcher(server.http().get("/metrics").body());
        assertThat(m.find()).isTrue();
        return Long.parseLong(m.group(1));
    }

    private static StokerCli.Result load(
            StokerCli stoker, RealLlamaServer server, String... options) {
        return stoker.run(LIMIT, command(server, options));
    }

    private static String[] command(RealLlamaServer server, String... options) {
        List<String> words = new ArrayList<>(List.of("load", "--server", server.url().toString()));
        words.addAll(List.of(options));
        return words.toArray(String[]::new);
    }

    private static JsonNode json(StokerCli.Result result) {
        return Json.parse(result.stdout()).orElseThrow(() -> new AssertionError(result));
    }

    @Test
    void load_moreUsersThanSlots_theyWaitAndTheTokensAreTheServersOwn() {
        try (RealLlamaServer server = fourSlots();
                StokerCli stoker = new StokerCli()) {
            long before = predicted(server);
            StokerCli.Result result =
                    load(
                            stoker,
                            server,
                            "-c",
                            "1,2,4,8",
                            "-n",
                            "10",
                            "--max-tokens",
                            "32",
                            "--ignore-eos",
                            "--json");

            assertThat(result.exitCode()).as(result.stderr()).isZero();
            JsonNode json = json(result);
            assertThat(json.at("/requests/ok").longValue()).isEqualTo(40);
            assertThat(json.path("output_tokens").longValue())
                    .as("by the server's own counter")
                    .isEqualTo(predicted(server) - before);
            JsonNode four = json.path("steps").get(2);
            JsonNode eight = json.path("steps").get(3);
            double decoding = p50(four, "e2e_ms") - p50(four, "ttft_ms");
            assertThat(p50(eight, "ttft_ms"))
                    .as("half of eight users wait for a slot until another's answer is over")
                    .isGreaterThan(p50(four, "ttft_ms") + decoding / 2);

            StokerCli.Result compared = stoker.run("compare", "latest", "latest", "--json");
            assertThat(compared.exitCode()).as(compared.stderr()).isZero();
            assertThat(json(compared).path("models").toString())
                    .contains("at 1 user\"", "at 2 users\"", "at 4 users\"", "at 8 users\"");
            StokerCli.Result other =
                    load(
                            stoker,
                            server,
                            "-c",
                            "2",
                            "-n",
                            "12",
                            "--max-tokens",
                            "32",
                            "--ignore-eos",
                            "--baseline",
                            "latest",
                            "--threshold",
                            "90%");
            // Whether it was slower is the machine's affair; that it is told is the program's.
            assertThat(other.exitCode()).as(other.stderr()).isBetween(0, 1);
            assertThat(other.stdout()).contains("at 2 users", "TTFT ms", "Only in A:");
            assertThat(other.stderr()).contains("stoker compare RUN ");
        }
    }

    private static double p50(JsonNode step, String figure) {
        return step.path(figure).path("p50").doubleValue();
    }

    @Test
    void load_someRequestsFail_endsWithOneAndSaysWhy() throws IOException {
        try (RealLlamaServer server = fourSlots();
                StokerCli stoker = new StokerCli()) {
            Path prompts = stoker.folder("in").resolve("prompts.jsonl");
            Files.writeString(
                    prompts,
                    "{\"prompt\":\"Say yes.\"}\n{\"prompt\":\"" + "word ".repeat(3000) + "\"}\n");

            StokerCli.Result result =
                    load(
                            stoker,
                            server,
                            "-c",
                            "2",
                            "-n",
                            "8",
                            "--max-tokens",
                            "4",
                            "--prompts",
                            prompts.toString(),
                            "--max-error-rate",
                            "100%",
                            "--json");

            assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
            JsonNode json = json(result);
            assertThat(json.at("/requests/ok").longValue()).isEqualTo(4);
            assertThat(json.at("/requests/failed").longValue()).isEqualTo(4);
            JsonNode shown = json(stoker.run("history", "show", "latest", "--json"));
            assertThat(shown.at("/subjects/0/outcome").asString()).isEqualTo("failed");
            assertThat(shown.at("/subjects/0/reason").asString())
                    .startsWith("4 of 8 requests failed: 4 ");
        }
    }

    @Test
    void load_killedOnTheWay_nextCommandHasWhatWasAnsweredASecondBefore() {
        int tokens = 4;
        try (RealLlamaServer server = fourSlots();
                StokerCli stoker = new StokerCli()) {
            long before = predicted(server);
            StokerCli.Running running =
                    stoker.start(
                            command(
                                    server,
                                    "-c",
                                    "2",
                                    "--duration",
                                    "3m",
                                    "--warmup",
                                    "0",
                                    "--max-tokens",
                                    Integer.toString(tokens),
                                    "--ignore-eos"));
            Waiting.until(
                    "the server has answered some requests",
                    LIMIT,
                    () -> predicted(server) - before >= 10L * tokens);
            assertThat(stoker.run("history", "list").stdout()).as("it is running").isEmpty();
            long answered = (predicted(server) - before) / tokens;
            Waiting.pause(Duration.ofSeconds(1));
            running.kill().await(LIMIT);

            StokerCli.Result list = stoker.run("history", "list", "--json");

            assertThat(list.exitCode()).isZero();
            assertThat(list.stderr()).contains("1 run was recovered: ", "(interrupted)");
            JsonNode run = json(list).path("runs").get(0);
            assertThat(run.path("complete").booleanValue()).isFalse();
            assertThat(run.path("requests_ok").longValue()).isGreaterThanOrEqualTo(answered);
            assertThat(stoker.run("history", "list").stderr()).as("told once").isEmpty();
        }
    }
}
