package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.List;

/** {@code stoker bench} on a real llama-server: with one model, and as a router over several. */
final class BenchLlamaServerE2e {
    private static final Duration SHORT = Duration.ofSeconds(20);
    private static final List<String> BOTH =
            List.of(RealLlamaServer.SMOLLM2, RealLlamaServer.GEMMA3);

    @Test
    void oneModel_measured_passesAndSaysThatItCanNotBeUnloaded() {
        try (RealLlamaServer server =
                        RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2).flags("-np", "1").start();
                BenchCli bench = new BenchCli(server.url())) {
            bench.longAnswer("answer", 96);
            StokerCli.Result result = bench.run("--iterations", "3");
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            JsonNode report = BenchCli.report(result);
            assertThat(report.at("/server/kind").asString()).isEqualTo("llama-server");
            assertThat(report.path("models").size()).isEqualTo(1);
            JsonNode model = report.at("/models/0");
            assertThat(model.path("outcome").asString()).isEqualTo("passed");
            assertThat(model.at("/cleanup/verdict").asString()).isEqualTo("none");
            assertThat(model.at("/cleanup/reason").asString()).isNotBlank();
            assertThat(model.path("load_seconds").isNull())
                    .as("it was in memory before: nothing was loaded")
                    .isTrue();
            assertThat(model.at("/unknown/load_seconds").asString()).isNotBlank();
            assertThat(model.at("/memory/loaded/server_bytes").asLong()).isGreaterThan(50L << 20);
            assertThat(model.at("/prompts/0/cached_share").asDouble(1)).isLessThan(0.5);
            assertRatesAgree(model);
            assertThat(server.http().get("/health").status()).isEqualTo(200);
        }
    }

    @Test
    void router_bothModels_areLoadedAndUnloadedThroughIt() {
        try (RealLlamaServer router = RealLlamaServer.router().flags("-np", "1").start();
                BenchCli bench = new BenchCli(router.url())) {
            bench.longAnswer("answer", 96);
            StokerCli.Result result = bench.run("--yes", "--iterations", "3");
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            JsonNode report = BenchCli.report(result);
            assertThat(report.at("/server/kind").asString()).isEqualTo("llama-router");
            for (String name : BOTH) {
                JsonNode model = BenchCli.model(report, name);
                assertThat(model.path("outcome").asString()).isEqualTo("passed");
                assertThat(model.at("/load_seconds/mean").asDouble()).isBetween(0.1, 60.0);
                assertThat(model.at("/memory/taken_bytes").asLong()).isGreaterThan(50L << 20);
                assertThat(model.at("/cleanup/verdict").asString()).isEqualTo("clean");
                assertRatesAgree(model);
            }
            assertNothingIsLoaded(router);
        }
    }

    @Test
    void router_brokenModel_failsWithItsReasonAndTheOthersPass() {
        try (RealLlamaServer router =
                        RealLlamaServer.router().flags("-np", "1").brokenModel().start();
                BenchCli bench = new BenchCli(router.url())) {
            StokerCli.Result result = bench.run("--yes");
            assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
            JsonNode report = BenchCli.report(result);
            JsonNode broken = BenchCli.model(report, RealLlamaServer.BROKEN);
            assertThat(broken.path("outcome").asString()).isEqualTo("failed");
            assertThat(broken.path("reason").asString())
                    .contains("could not be loaded")
                    .contains("exit code 1");
            BOTH.forEach(name -> assertThat(BenchCli.outcome(report, name)).isEqualTo("passed"));
            assertNothingIsLoaded(router);
        }
    }

    @Test
    void router_instanceKilledInMidStream_isTriedAgainAndTheRestUnharmed() {
        try (RealLlamaServer router = RealLlamaServer.router().flags("-np", "1").start();
                BenchCli bench = new BenchCli(router.url())) {
            bench.longAnswer("one", 400);
            StokerCli.Running run = bench.start("--yes");
            bench.awaitRequests(run, RealLlamaServer.SMOLLM2, 1);
            awaitWork(router, "/slots?autoload=false&model=" + RealLlamaServer.SMOLLM2, run);
            router.runnerPids().forEach(Signal.KILL::sendTo);
            StokerCli.Result result = run.await(BenchCli.LIMIT);
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            JsonNode report = BenchCli.report(result);
            assertThat(BenchCli.model(report, RealLlamaServer.SMOLLM2).at("/requests/failed"))
                    .hasToString("1");
            BOTH.forEach(name -> assertThat(BenchCli.outcome(report, name)).isEqualTo("passed"));
            assertThat(bench.events("request", RealLlamaServer.SMOLLM2))
                    .filteredOn(e -> !e.at("/trace/ok").asBoolean())
                    .singleElement()
                    .satisfies(e ->
                            assertThat(e.at("/trace/failure").asString())
                                    .isIn("server-died", "stream-cut"));
            assertNothingIsLoaded(router);
        }
    }

    @Test
    void oneModel_serverKilledWithARestartCommand_isRestartedAndPasses() {
        try (RealLlamaServer server =
                        RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2).flags("-np", "1").start();
                BenchCli bench = new BenchCli(server.url())) {
            bench.longAnswer("one", 400);
            StokerCli.Running run =
                    bench.start("--yes", "--restart-command", server.restartScript().toString());
            String model = RealLlamaServer.SMOLLM2 + ".gguf";
            Waiting.until(
                    "the warm-up is over",
                    BenchCli.STEP,
                    () -> !bench.events("request").isEmpty(),
                    run::stderr);
            awaitWork(server, "/slots", run);
            server.kill();
            StokerCli.Result result = run.await(BenchCli.LIMIT);
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            JsonNode report = BenchCli.report(result);
            assertThat(report.at("/models/0/name").asString()).endsWith(model);
            assertThat(report.at("/models/0/outcome").asString()).isEqualTo("passed");
            assertThat(report.at("/models/0/restarts").asInt()).isEqualTo(1);
        }
    }

    /** Between two requests of a run nothing is computed: what dies then is just loaded again. */
    private static void awaitWork(RealLlamaServer server, String slots, StokerCli.Running run) {
        Waiting.until(
                "the next request is computed",
                SHORT,
                () -> server.http().get(slots).body().contains("\"is_processing\":true"),
                run::stderr);
    }

    /** The middle one of the three iterations: a busy machine may move one. */
    private static void assertRatesAgree(JsonNode model) {
        double client = median(model.path("decode_tokens_per_second"));
        double server = median(model.path("server_decode_tokens_per_second"));
        assertThat(server).isPositive();
        assertThat(client).as("%s", model).isCloseTo(server, within(server * 0.05));
    }

    private static double median(JsonNode spread) {
        assertThat(spread.path("n").asInt()).as("%s", spread).isEqualTo(3);
        return 3 * spread.path("mean").asDouble()
                - spread.path("min").asDouble()
                - spread.path("max").asDouble();
    }

    private static void assertNothingIsLoaded(RealLlamaServer router) {
        assertThat(router.http().get("/models").body()).doesNotContain("\"value\":\"loaded\"");
        Waiting.until("every instance ends", SHORT, () -> router.runnerPids().isEmpty());
    }
}
