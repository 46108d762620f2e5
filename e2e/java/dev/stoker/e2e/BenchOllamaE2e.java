package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** {@code stoker bench} on a real Ollama: what it reports is true, and nothing stays behind. */
final class BenchOllamaE2e {
    private static final Duration SHORT = Duration.ofSeconds(20);
    private static final List<String> BOTH = List.of(RealOllama.SMOLLM2, RealOllama.GEMMA3);

    @Test
    void bench_bothModels_passesWithFiguresThatAgreeWithTheServer() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            bench.longAnswer("answer", 96).prompt("prompt", ledger(), 16);
            StokerCli.Result result = bench.run("--yes", "--iterations", "3");
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            JsonNode report = BenchCli.report(result);
            assertThat(report.at("/run/id").asString()).isNotBlank();
            assertThat(report.at("/run/complete").asBoolean()).isTrue();
            assertThat(report.at("/run/simulated").asBoolean()).isFalse();
            assertThat(report.at("/server/kind").asString()).isEqualTo("ollama");
            assertThat(report.at("/server/version").asString()).isEqualTo("0.33.0");
            assertThat(report.at("/server/url").asString()).isEqualTo(ollama.url().toString());
            assertThat(report.path("models").valueStream().map(m -> m.path("name").asString()))
                    .containsExactlyElementsOf(BOTH);
            for (String name : BOTH) {
                JsonNode model = BenchCli.model(report, name);
                assertThat(model.path("outcome").asString()).isEqualTo("passed");
                assertThat(model.at("/requests/ok").asInt()).isEqualTo(6);
                assertRatesAgree(model);
                assertLoadAndCleanUpAreReal(model);
                assertPromptRateIsOfUncachedTokens(model);
            }
            assertNothingIsLoaded(ollama);
        }
    }

    /**
     * Compares what is shown. On a shared machine a pause between two reads may move one figure of
     * the client; so the middle one of the three iterations counts, never the best.
     */
    private static void assertRatesAgree(JsonNode model) {
        JsonNode answer = prompt(model, "answer");
        assertThat(answer.at("/output_tokens/min").asInt()).isGreaterThanOrEqualTo(64);
        for (JsonNode figures : List.of(answer, model)) {
            double client = median(figures.path("decode_tokens_per_second"));
            double server = median(figures.path("server_decode_tokens_per_second"));
            assertThat(server).isPositive();
            assertThat(client).as("%s", figures).isCloseTo(server, within(server * 0.05));
        }
    }

    /** The middle one of three figures, from their mean and the two others. */
    private static double median(JsonNode spread) {
        assertThat(spread.path("n").asInt()).as("%s", spread).isEqualTo(3);
        return 3 * spread.path("mean").asDouble()
                - spread.path("min").asDouble()
                - spread.path("max").asDouble();
    }

    private static void assertLoadAndCleanUpAreReal(JsonNode model) {
        assertThat(model.at("/load_seconds/mean").asDouble()).isBetween(0.1, 60.0);
        JsonNode memory = model.path("memory");
        long taken = memory.path("taken_bytes").asLong();
        assertThat(taken).isGreaterThan(50L << 20);
        long before = memory.at("/before/server_bytes").asLong();
        long loaded = memory.at("/loaded/server_bytes").asLong();
        long after = memory.at("/after/server_bytes").asLong();
        assertThat(loaded - before).isEqualTo(taken);
        assertThat(memory.at("/peak/server_bytes").asLong()).isGreaterThanOrEqualTo(loaded);
        assertThat(after).isLessThan(before + taken / 2);
        assertModelSizeIsOneOrUnknown(memory, taken);
        assertThat(model.at("/cleanup/verdict").asString()).isEqualTo("clean");
    }

    /**
     * Ollama takes the size from its runner's log, and without a GPU it may have read it by then or
     * not: it answers a size or 0, which is no size.
     */
    private static void assertModelSizeIsOneOrUnknown(JsonNode memory, long taken) {
        JsonNode size = memory.path("model_bytes");
        if (size.isNull()) {
            assertThat(memory.at("/unknown/model_bytes").asString()).contains("0 bytes");
        } else {
            assertThat(size.asLong()).isBetween(taken / 4, taken * 4);
        }
    }

    private static void assertPromptRateIsOfUncachedTokens(JsonNode model) {
        JsonNode prompt = prompt(model, "prompt");
        assertThat(prompt.path("prompt_tokens").asInt()).isGreaterThan(300);
        assertThat(prompt.path("cached_share").isNumber()).as(prompt.toString()).isTrue();
        assertThat(prompt.path("cached_share").asDouble()).isBetween(0.0, 0.1);
        assertThat(prompt.at("/prompt_tokens_per_second/n").asInt()).isEqualTo(3);
        assertThat(model.at("/prompt_tokens_per_second/mean").asDouble())
                .isEqualTo(prompt.at("/prompt_tokens_per_second/mean").asDouble())
                .isPositive();
    }

    @Test
    void report_ofAnOldRun_hasTheSameBytesAsTheRunItself() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Result run = bench.run("--yes", RealOllama.SMOLLM2);
            assertThat(run.exitCode()).as(run.stderr()).isZero();
            String id = BenchCli.report(run).at("/run/id").asString();
            ollama.stop();
            StokerCli.Result byId = bench.earlier("--report", id, "--json");
            StokerCli.Result latest = bench.earlier("--report", "latest", "--json");
            assertThat(byId.exitCode()).as(byId.stderr()).isZero();
            assertThat(byId.stdout()).isEqualTo(run.stdout());
            assertThat(latest.stdout()).isEqualTo(run.stdout());
            StokerCli.Result table = bench.earlier("--report", "latest");
            assertThat(table.stdout()).contains(RealOllama.SMOLLM2, "passed");
        }
    }

    @Test
    void modelsLoadedByOthers_withoutAYes_areLeftAlone() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            load(ollama, RealOllama.GEMMA3);
            List<Long> runners = ollama.runnerPids();
            StokerCli.Result result = bench.run(RealOllama.SMOLLM2);
            assertThat(result.exitCode()).as(result.stderr()).isEqualTo(4);
            assertThat(result.stdout()).isEmpty();
            assertThat(result.stderr()).contains("--yes").contains("gemma3:270m");
            assertThat(ollama.runnerPids()).isEqualTo(runners);
            assertThat(loaded(ollama)).contains(RealOllama.GEMMA3);
            assertThat(bench.runs()).isEmpty();
        }
    }

    @Test
    void modelsLoadedByOthers_withAYes_areUnloadedFirst() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            load(ollama, RealOllama.GEMMA3);
            List<Long> runners = ollama.runnerPids();
            StokerCli.Result result = bench.run("--yes", RealOllama.SMOLLM2);
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertThat(result.stderr()).contains("gemma3:270m will be unloaded first");
            assertThat(ollama.runnerPids()).doesNotContainAnyElementsOf(runners);
            JsonNode model = BenchCli.model(BenchCli.report(result), RealOllama.SMOLLM2);
            assertThat(model.at("/memory/before/server_bytes").asLong()).isLessThan(150L << 20);
            assertThat(model.at("/load_seconds/n").asInt()).isEqualTo(1);
            assertNothingIsLoaded(ollama);
        }
    }

    @Test
    void unloadAndRestartNever_askedFor_leaveTheModelAndOthersInMemory() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            load(ollama, RealOllama.GEMMA3);
            StokerCli.Result result =
                    bench.run("--unload", "never", "--restart", "never", RealOllama.SMOLLM2);
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            JsonNode model = BenchCli.model(BenchCli.report(result), RealOllama.SMOLLM2);
            assertThat(model.at("/cleanup/verdict").asString()).isEqualTo("none");
            assertThat(loaded(ollama)).contains(RealOllama.SMOLLM2, RealOllama.GEMMA3);
        }
    }

    @Test
    void environmentOfTheOldScript_set_isHonoured() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            bench.environment("OLLAMA_HOST", ollama.url().toString())
                    .environment("RESULTS_DIR", bench.folder("elsewhere").toString())
                    .environment("UNLOAD_BETWEEN_MODELS", "false")
                    .environment("RESTART_ON_LARGE_MODELS", "false");
            StokerCli.Result result =
                    bench.bare("bench", RealOllama.SMOLLM2, "--iterations", "1", "--json")
                            .await(BenchCli.LIMIT);
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            JsonNode report = BenchCli.report(result);
            assertThat(report.at("/server/url").asString()).isEqualTo(ollama.url().toString());
            assertThat(report.at("/request/unload").asString()).isEqualTo("never");
            assertThat(report.at("/request/restart").asString()).isEqualTo("never");
            assertThat(bench.folder("elsewhere").resolve(report.at("/run/id").asString()))
                    .isDirectory();
            assertThat(loaded(ollama)).contains(RealOllama.SMOLLM2);
            assertThat(report.at("/models/0/prompts").size()).as("the built-in set").isEqualTo(3);
        }
    }

    @Test
    void parallelSmall_bothFit_areMeasuredAtOnceAndUnloaded() {
        try (RealOllama ollama =
                        RealOllama.setup().environment("OLLAMA_MAX_LOADED_MODELS", "2").start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Result result = bench.run("--yes", "--parallel-small", "2");
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            JsonNode report = BenchCli.report(result);
            for (String name : BOTH) {
                JsonNode model = BenchCli.model(report, name);
                assertThat(model.path("outcome").asString()).isEqualTo("passed");
                assertThat(model.path("alone").asBoolean()).isFalse();
                assertThat(model.at("/requests/ok").asInt()).isEqualTo(2);
            }
            assertNothingIsLoaded(ollama);
        }
    }

    @Test
    void dryRun_asked_showsThePlanAndChangesNothing() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            load(ollama, RealOllama.GEMMA3);
            List<Long> runners = ollama.runnerPids();
            String before = loaded(ollama);
            StokerCli.Result result =
                    bench.bare("bench", "--dry-run", "--server", ollama.url().toString())
                            .await(BenchCli.STEP);
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertThat(result.stdout())
                    .contains(RealOllama.SMOLLM2, RealOllama.GEMMA3, "Checklist")
                    .contains("will be unloaded first");
            assertThat(loaded(ollama)).isEqualTo(before);
            assertThat(ollama.runnerPids()).isEqualTo(runners);
            assertThat(bench.runs()).isEmpty();
        }
    }

    /** A few hundred tokens. */
    private static String ledger() {
        StringBuilder text = new StringBuilder("Here is a ledger.\n");
        IntStream.range(1, 30)
                .forEach(i -> text.append("On day %d %d barges came.\n".formatted(i, i * 37 % 83)));
        return text.append("Summarise it in one sentence.").toString();
    }

    private static JsonNode prompt(JsonNode model, String name) {
        return model.path("prompts")
                .valueStream()
                .filter(p -> p.path("name").asString().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no prompt " + name + " in " + model));
    }

    private static void load(RealOllama ollama, String model) {
        String body = "{\"model\":\"%s\",\"keep_alive\":\"10m\"}".formatted(model);
        assertThat(ollama.http().post("/api/generate", body).status()).isEqualTo(200);
        assertThat(loaded(ollama)).contains(model);
    }

    private static String loaded(RealOllama ollama) {
        return ollama.http().get("/api/ps").body();
    }

    private static void assertNothingIsLoaded(RealOllama ollama) {
        assertThat(loaded(ollama)).contains("\"models\":[]");
        Waiting.until("every runner ends", SHORT, () -> ollama.runnerPids().isEmpty());
    }
}
