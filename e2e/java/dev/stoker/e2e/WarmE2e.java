package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** {@code stoker warm} beside a real Ollama: story S3 with two small models. */
final class WarmE2e {
    /** The first start of a checkout builds it. */
    private static final Duration START = Duration.ofMinutes(5);

    private static final Duration STEP = Duration.ofSeconds(90);

    private static RealOllama ollama(int most) {
        return RealOllama.setup()
                .environment("OLLAMA_MAX_LOADED_MODELS", Integer.toString(most))
                .start();
    }

    private static StokerCli.Running warm(StokerCli stoker, RealOllama ollama, String... words) {
        List<String> all = new ArrayList<>(List.of("warm", "--server", ollama.url().toString()));
        all.addAll(List.of(words));
        return stoker.start(all.toArray(String[]::new));
    }

    private static StokerCli.Running watch(StokerCli stoker, RealOllama ollama) {
        StokerCli.Running watch =
                warm(
                        stoker,
                        ollama,
                        "--watch",
                        "--every",
                        "1s",
                        RealOllama.SMOLLM2,
                        RealOllama.GEMMA3);
        return watch.awaitOutput("loaded " + RealOllama.GEMMA3, START);
    }

    private static JsonNode listed(RealOllama ollama) {
        return Json.parse(ollama.http().get("/api/ps").body()).orElseThrow().path("models");
    }

    private static boolean bothThere(RealOllama ollama) {
        return listed(ollama).size() == 2 && ollama.runnerPids().size() == 2;
    }

    private static void generate(RealOllama ollama, String model, String more) {
        ollama.http()
                .post(
                        "/api/generate",
                        "{\"model\":\""
                                + model
                                + "\",\"prompt\":\"Hi\",\"stream\":false,"
                                + more
                                + "}");
    }

    private static long count(String text, String part) {
        return text.lines().filter(line -> line.contains(part)).count();
    }

    @Test
    void warm_ofTwoWhereOneMayStay_saysSoAndDoesNotThrash() {
        try (RealOllama ollama = ollama(1);
                StokerCli stoker = new StokerCli()) {
            StokerCli.Result once =
                    warm(stoker, ollama, RealOllama.SMOLLM2, RealOllama.GEMMA3).await(START);
            assertThat(once.exitCode()).isEqualTo(1);
            assertThat(once.stdout())
                    .contains(RealOllama.SMOLLM2 + " is ready.")
                    .contains("keeps at most 1 model at once")
                    .contains("OLLAMA_MAX_LOADED_MODELS");
            List<Long> runners = ollama.runnerPids();

            StokerCli.Running watch =
                    warm(
                            stoker,
                            ollama,
                            "--watch",
                            "--every",
                            "1s",
                            RealOllama.SMOLLM2,
                            RealOllama.GEMMA3);
            watch.awaitOutput(RealOllama.GEMMA3 + " is not loaded", STEP);
            watch.awaitOutput("critical: " + RealOllama.GEMMA3, STEP);
            Waiting.pause(Duration.ofSeconds(10));
            assertThat(ollama.runnerPids()).isEqualTo(runners);
            watch.signal(Signal.TERM);
            assertThat(watch.await(STEP).exitCode()).isZero();
        }
    }

    @Test
    void watch_throughAllThatUnloads_keepsBothAndSaysEachOnce() {
        try (RealOllama ollama = ollama(2);
                StokerCli stoker = new StokerCli()) {
            StokerCli.Running watch = watch(stoker, ollama);
            Waiting.until("both are there", STEP, () -> bothThere(ollama));

            // Another client's keep-alive runs out between two rounds, or is set back in time.
            generate(
                    ollama,
                    RealOllama.GEMMA3,
                    "\"keep_alive\":\"300ms\",\"options\":{\"num_predict\":2}");
            Waiting.until("both are there again", STEP, () -> bothThere(ollama));

            ollama.http()
                    .post(
                            "/api/generate",
                            "{\"model\":\"" + RealOllama.SMOLLM2 + "\",\"keep_alive\":0}");
            watch.awaitOutput(
                    "reloaded " + RealOllama.SMOLLM2 + ": somebody had it unloaded", STEP);

            Waiting.until("both are there after it", STEP, () -> bothThere(ollama));
            Signal.KILL.sendTo(ollama.runnerPids().getFirst());
            watch.awaitOutput("its runner had ended", STEP);
            Waiting.until("both run again", STEP, () -> bothThere(ollama));

            ollama.restart();
            watch.awaitOutput("the server was restarted", STEP);
            Waiting.until("both are there after a restart", STEP, () -> bothThere(ollama));
            Waiting.pause(Duration.ofSeconds(5));
            watch.signal(Signal.TERM);
            String log = watch.await(STEP).stderr();
            assertThat(count(log, "its runner had ended")).isEqualTo(1);
            assertThat(count(log, "reloaded " + RealOllama.SMOLLM2 + ": somebody")).isEqualTo(1);
            assertThat(count(log, "the server was restarted (")).isEqualTo(2);
            assertThat(listed(ollama))
                    .allMatch(m -> m.path("expires_at").asString("").compareTo("2200") > 0);
        }
    }

    @Test
    void watch_besideAClientWithItsOwnContext_neverLoadsInAHundredRounds() {
        try (RealOllama ollama = ollama(2);
                StokerCli stoker = new StokerCli()) {
            generate(
                    ollama,
                    RealOllama.SMOLLM2,
                    "\"options\":{\"num_ctx\":1024,\"num_thread\":2,\"num_predict\":2}");
            List<Long> runner = ollama.runnerPids();
            long before = count(ollama.log(), "POST     \"/api/chat\"");

            StokerCli.Running watch =
                    warm(stoker, ollama, "--watch", "--every", "200ms", RealOllama.SMOLLM2);
            Waiting.until(
                    "a hundred rounds",
                    START,
                    () -> count(ollama.log(), "POST     \"/api/chat\"") >= before + 100);
            watch.signal(Signal.TERM);
            assertThat(watch.await(STEP).stderr()).doesNotContain("loaded");
            assertThat(ollama.runnerPids()).isEqualTo(runner);
        }
    }

    @Test
    void watch_killedInTheMiddleOfALoad_isRepairedByTheNextStart() {
        try (RealOllama ollama = ollama(2);
                StokerCli stoker = new StokerCli()) {
            StokerCli.Running first = watch(stoker, ollama);
            Waiting.until("both are there", STEP, () -> bothThere(ollama));
            ollama.http()
                    .post(
                            "/api/generate",
                            "{\"model\":\"" + RealOllama.GEMMA3 + "\",\"keep_alive\":0}");
            Waiting.until("it is gone or being loaded", STEP, () -> listed(ollama).size() < 2);
            first.signal(Signal.KILL);
            first.await(STEP);

            StokerCli.Running second =
                    warm(
                            stoker,
                            ollama,
                            "--watch",
                            "--every",
                            "1s",
                            RealOllama.SMOLLM2,
                            RealOllama.GEMMA3);
            Waiting.until("both are there after the kill", START, () -> bothThere(ollama));
            Waiting.pause(Duration.ofSeconds(3));
            second.signal(Signal.TERM);
            String log = second.await(STEP).stderr();
            assertThat(count(log, "loaded " + RealOllama.GEMMA3)).isLessThanOrEqualTo(1);
        }
    }

    /** The alerts that a command wrote into a file, each once however often it was sent. */
    private static Set<String> told(Path file, String state) throws IOException {
        Set<String> ids = new TreeSet<>();
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        for (String line : lines) {
            for (JsonNode alert : Json.parse(line).orElseThrow().path("alerts")) {
                boolean isIt =
                        alert.path("code").asString("").equals("warm-evicted")
                                && alert.path("subject").asString("").equals(RealOllama.GEMMA3)
                                && alert.path("state").asString("").equals(state);
                if (isIt) {
                    ids.add(alert.path("id").asString(""));
                }
            }
        }
        return ids;
    }

    private static Set<String> toldNow(Path file, String state) {
        try {
            return told(file, state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StokerCli.Running telling(StokerCli stoker, RealOllama ollama, Path alerts) {
        return warm(
                stoker,
                ollama,
                "--watch",
                "--every",
                "1s",
                "--alert-command",
                "printf '%s\\n' \"$1\" >> '" + alerts + "'",
                RealOllama.SMOLLM2,
                RealOllama.GEMMA3);
    }

    @Test
    void watch_killedBetweenEvictionAndLoad_repairsAndTellsItOnce() {
        try (RealOllama ollama = ollama(2);
                StokerCli stoker = new StokerCli()) {
            Path alerts = stoker.folder("alerts").resolve("alerts.jsonl");
            StokerCli.Running first = telling(stoker, ollama, alerts);
            first.awaitOutput("loaded " + RealOllama.GEMMA3, START);
            Waiting.until("both are there", STEP, () -> bothThere(ollama));
            Waiting.pause(Duration.ofSeconds(3));
            long loads = count(ollama.log(), "starting llama-server");

            ollama.http()
                    .post(
                            "/api/generate",
                            "{\"model\":\"" + RealOllama.GEMMA3 + "\",\"keep_alive\":0}");
            Waiting.until(
                    "it is being loaded again",
                    STEP,
                    () -> count(ollama.log(), "starting llama-server") > loads);
            first.signal(Signal.KILL);
            assertThat(first.await(STEP).exitCode()).isEqualTo(137);
            assertThat(toldNow(alerts, "firing")).as("before it is over").hasSizeLessThan(2);

            StokerCli.Running second = telling(stoker, ollama, alerts);
            Waiting.until("both are there after the kill", START, () -> bothThere(ollama));
            Waiting.until("it is told", STEP, () -> !toldNow(alerts, "firing").isEmpty());
            // What was told is not told again by the next start, and its end is.
            second.signal(Signal.KILL);
            second.await(STEP);
            StokerCli.Running third = telling(stoker, ollama, alerts);
            Waiting.until("its end is told", STEP, () -> !toldNow(alerts, "resolved").isEmpty());
            third.signal(Signal.TERM);
            assertThat(third.await(STEP).exitCode()).isZero();
            assertThat(toldNow(alerts, "firing")).hasSize(1);
            assertThat(toldNow(alerts, "resolved")).hasSize(1);
            assertThat(bothThere(ollama)).isTrue();
        }
    }

    @Test
    void check_beforeAndAfter_tellsByItsExitCode() {
        try (RealOllama ollama = ollama(2);
                StokerCli stoker = new StokerCli()) {
            StokerCli.Result cold =
                    warm(stoker, ollama, "--check", "--json", RealOllama.SMOLLM2).await(START);
            assertThat(cold.exitCode()).isEqualTo(1);
            assertThat(listed(ollama)).isEmpty();

            assertThat(warm(stoker, ollama, RealOllama.SMOLLM2).await(STEP).exitCode()).isZero();
            StokerCli.Result ready =
                    warm(stoker, ollama, "--check", "--json", RealOllama.SMOLLM2).await(STEP);
            assertThat(ready.exitCode()).isZero();
            JsonNode model = Json.parse(ready.stdout()).orElseThrow().path("models").path(0);
            assertThat(model.path("name").asString("")).isEqualTo(RealOllama.SMOLLM2);
            assertThat(model.path("ready").asBoolean(false)).isTrue();
            assertThat(model.path("resident").asBoolean(false)).isTrue();
            assertThat(model.path("ttft_ms").asDouble(0)).isPositive();
        }
    }
}
