package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.List;

/**
 * {@code stoker bench} on a real Ollama whose runner or server fails in the middle: the failure is
 * named, one model is repeated or given up, and the rest of the run is unharmed.
 */
final class BenchRecoveryE2e {
    private static final Duration SHORT = Duration.ofSeconds(20);
    private static final List<String> BOTH = List.of(RealOllama.SMOLLM2, RealOllama.GEMMA3);

    @Test
    void runner_killedInMidStream_isNamedAndTheModelTriedAgain() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Running run = startLong(bench, "--yes");
            ollama.runnerPids().forEach(Signal.KILL::sendTo);
            StokerCli.Result result = run.await(BenchCli.LIMIT);
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertOneFailedRequest(bench, "server-died");
            assertThat(bench.events("restarted")).isEmpty();
            assertThat(result.stderr()).contains("Trying smollm2:135m once more", "runner died");
            assertAllPassed(BenchCli.report(result));
            assertNothingIsLoaded(ollama);
        }
    }

    @Test
    void runner_killedWithARestartCommand_restartsTheServerAndGoesOn() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            long before = ollama.pid();
            StokerCli.Running run =
                    startLong(
                            bench, "--yes", "--restart-command", ollama.restartScript().toString());
            ollama.runnerPids().forEach(Signal.KILL::sendTo);
            StokerCli.Result result = run.await(BenchCli.LIMIT);
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertOneFailedRequest(bench, "server-died");
            assertRestartedOnce(bench);
            assertThat(ollama.pid()).isNotEqualTo(before);
            JsonNode report = BenchCli.report(result);
            assertThat(BenchCli.model(report, RealOllama.SMOLLM2).path("restarts").asInt())
                    .isEqualTo(1);
            assertThat(BenchCli.model(report, RealOllama.GEMMA3).path("restarts").asInt()).isZero();
            assertAllPassed(report);
            assertNothingIsLoaded(ollama);
        }
    }

    @Test
    void runner_killedWithoutAYes_isNotRestartedButTriedAgain() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            long before = ollama.pid();
            StokerCli.Running run =
                    startLong(bench, "--restart-command", ollama.restartScript().toString());
            ollama.runnerPids().forEach(Signal.KILL::sendTo);
            StokerCli.Result result = run.await(BenchCli.LIMIT);
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertThat(bench.events("restarted")).isEmpty();
            assertThat(ollama.pid()).isEqualTo(before);
            assertAllPassed(BenchCli.report(result));
        }
    }

    @Test
    void runner_stoppedInMidStream_isStalledAndTheNextModelPasses() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Running run = startLong(bench, "--yes", "--stall", "10s");
            ollama.runnerPids().forEach(Signal.STOP::sendTo);
            StokerCli.Result result = run.await(BenchCli.LIMIT);
            assertOneFailedRequest(bench, "stalled");
            JsonNode report = BenchCli.report(result);
            JsonNode stalled = BenchCli.model(report, RealOllama.SMOLLM2);
            if (result.exitCode() == 1) {
                assertThat(stalled.path("outcome").asString()).isEqualTo("failed");
                assertThat(stalled.path("reason").asString()).contains("Nothing came for");
            } else {
                assertThat(result.exitCode()).as(result.stderr()).isZero();
                assertThat(stalled.path("outcome").asString()).isEqualTo("passed");
            }
            assertThat(BenchCli.outcome(report, RealOllama.GEMMA3)).isEqualTo("passed");
            assertNothingIsLoaded(ollama);
        }
    }

    @Test
    void runner_stoppedWithARestartCommand_isRecoveredFrom() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Running run =
                    startLong(
                            bench,
                            "--yes",
                            "--stall",
                            "10s",
                            "--restart-command",
                            ollama.restartScript().toString());
            ollama.runnerPids().forEach(Signal.STOP::sendTo);
            StokerCli.Result result = run.await(BenchCli.LIMIT);
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertOneFailedRequest(bench, "stalled");
            assertRestartedOnce(bench);
            assertAllPassed(BenchCli.report(result));
        }
    }

    @Test
    void server_killedWithoutARestart_endsTheRunWhichIsResumedLater() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Running run = startLong(bench, "--yes");
            List<Long> orphans = ollama.runnerPids();
            ollama.kill();
            StokerCli.Result result = run.await(BenchCli.LIMIT);
            assertThat(result.exitCode()).as(result.stderr()).isEqualTo(3);
            assertThat(result.stderr())
                    .contains("The server does not answer any more")
                    .contains("stoker bench --resume ")
                    .doesNotContain("\tat ");
            JsonNode partial = BenchCli.report(result);
            assertThat(partial.at("/run/pending").valueStream().map(JsonNode::asString))
                    .as("no model fails for a server that is gone")
                    .containsExactlyElementsOf(BOTH);

            orphans.forEach(Signal.KILL::sendTo);
            ollama.restart();
            StokerCli.Result resumed = bench.earlier("--resume", "latest", "--yes", "--json");
            assertThat(resumed.exitCode()).as(resumed.stderr()).isZero();
            JsonNode report = BenchCli.report(resumed);
            assertThat(report.at("/run/complete").asBoolean()).isTrue();
            BOTH.forEach(name -> assertThat(BenchCli.outcome(report, name)).isEqualTo("passed"));
            assertThat(bench.finished()).hasSize(4).doesNotHaveDuplicates();
            assertNothingIsLoaded(ollama);
        }
    }

    @Test
    void server_killedWithARestartCommand_isRestartedAndGoesOn() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Running run =
                    startLong(
                            bench, "--yes", "--restart-command", ollama.restartScript().toString());
            List<Long> orphans = ollama.runnerPids();
            ollama.kill();
            StokerCli.Result result = run.await(BenchCli.LIMIT);
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertRestartedOnce(bench);
            assertAllPassed(BenchCli.report(result));
            orphans.forEach(Signal.KILL::sendTo);
            assertNothingIsLoaded(ollama);
        }
    }

    @Test
    void brokenModel_amongOthers_failsWithItsCauseAndTheOthersPass() {
        try (RealOllama ollama = RealOllama.setup().brokenModel().start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Result result = bench.run("--yes");
            assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
            JsonNode report = BenchCli.report(result);
            JsonNode broken = BenchCli.model(report, RealOllama.BROKEN);
            assertThat(broken.path("outcome").asString()).isEqualTo("failed");
            assertThat(broken.path("reason").asString())
                    .contains("could not be loaded")
                    .contains("exceeds file size");
            assertThat(broken.path("load_seconds").isNull()).isTrue();
            assertThat(broken.at("/memory/taken_bytes").isNull())
                    .as("what was never loaded took nothing that is known")
                    .isTrue();
            assertThat(bench.events("step-failed", RealOllama.BROKEN))
                    .first()
                    .satisfies(e -> assertThat(e.path("code").asString()).isEqualTo("load-failed"));
            BOTH.forEach(name -> assertThat(BenchCli.outcome(report, name)).isEqualTo("passed"));
            assertNothingIsLoaded(ollama);
        }
    }

    @Test
    void load_thatNeverEnds_isGivenUpByTheServersLimitAndTheOthersPass() {
        try (RealOllama ollama =
                        RealOllama.setup().environment("OLLAMA_LOAD_TIMEOUT", "5s").start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Running run = bench.start("--yes");
            stopFirstRunner(ollama, run);
            StokerCli.Result result = run.await(BenchCli.LIMIT);
            assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
            JsonNode report = BenchCli.report(result);
            JsonNode hung = BenchCli.model(report, RealOllama.SMOLLM2);
            assertThat(hung.path("outcome").asString()).isEqualTo("failed");
            assertThat(hung.path("reason").asString()).contains("timed out waiting for llama");
            assertThat(BenchCli.outcome(report, RealOllama.GEMMA3)).isEqualTo("passed");
            assertNothingIsLoaded(ollama);
        }
    }

    @Test
    void load_thatNeverEnds_isStalledByStokersOwnLimitAndTriedAgain() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Running run = bench.start("--yes", "--stall", "15s");
            stopFirstRunner(ollama, run);
            StokerCli.Result result = run.await(BenchCli.LIMIT);
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertThat(bench.events("step-failed", RealOllama.SMOLLM2))
                    .singleElement()
                    .satisfies(e -> {
                        assertThat(e.path("step").asString()).isEqualTo("load");
                        assertThat(e.path("code").asString()).isEqualTo("stalled");
                    });
            JsonNode report = BenchCli.report(result);
            BOTH.forEach(name -> assertThat(BenchCli.outcome(report, name)).isEqualTo("passed"));
            assertNothingIsLoaded(ollama);
        }
    }

    /**
     * Starts a run of two prompts with long answers and returns in the middle of the second one of
     * the first model.
     */
    private static StokerCli.Running startLong(BenchCli bench, String... options) {
        bench.prompt("short", "Count from one to ten.", 16).longAnswer("longer", 120);
        StokerCli.Running run = bench.start(options);
        bench.awaitRequests(run, RealOllama.SMOLLM2, 2);
        // Prompt and first tokens need about this long; earlier or later tests the same promise.
        Waiting.pause(Duration.ofMillis(600));
        return run;
    }

    /** Stops the first runner that appears, before it can have read its model. */
    private static void stopFirstRunner(RealOllama ollama, StokerCli.Running run) {
        Waiting.until(
                "a runner starts",
                BenchCli.STEP,
                () -> !ollama.runnerPids().isEmpty(),
                run::stderr);
        ollama.runnerPids().forEach(Signal.STOP::sendTo);
    }

    private static void assertOneFailedRequest(BenchCli bench, String code) {
        // A small model may say one token over and over, where Ollama cuts it off; the bench asks
        // again with another nonce. That is no failure of a runner.
        assertThat(bench.events("request"))
                .filteredOn(e -> !e.at("/trace/ok").asBoolean())
                .filteredOn(e -> !isCutWhereItWasSound(e))
                .singleElement()
                .satisfies(e -> {
                    assertThat(e.path("model").asString()).isEqualTo(RealOllama.SMOLLM2);
                    assertThat(e.path("prompt").asString()).isEqualTo("longer");
                    assertThat(e.at("/trace/failure").asString()).isEqualTo(code);
                });
    }

    /** Returns whether the other model, whose runner nobody touched, was cut off. */
    private static boolean isCutWhereItWasSound(JsonNode request) {
        return request.path("model").asString().equals(RealOllama.GEMMA3)
                && request.at("/trace/failure").asString().equals("stream-cut");
    }

    private static void assertRestartedOnce(BenchCli bench) {
        assertThat(bench.events("restarted"))
                .singleElement()
                .satisfies(e -> {
                    assertThat(e.path("ok").asBoolean()).isTrue();
                    assertThat(e.path("model").asString()).isEqualTo(RealOllama.SMOLLM2);
                });
    }

    private static void assertAllPassed(JsonNode report) {
        for (String name : BOTH) {
            JsonNode model = BenchCli.model(report, name);
            assertThat(model.path("outcome").asString()).isEqualTo("passed");
            assertThat(model.at("/requests/ok").asInt()).isEqualTo(2);
        }
    }

    private static void assertNothingIsLoaded(RealOllama ollama) {
        assertThat(ollama.http().get("/api/ps").body()).contains("\"models\":[]");
        Waiting.until("every runner ends", SHORT, () -> ollama.runnerPids().isEmpty());
    }
}
