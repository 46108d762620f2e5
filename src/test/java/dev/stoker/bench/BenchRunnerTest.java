package dev.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.bench.BenchRequest.Restart;
import dev.stoker.bench.BenchRequest.Unload;
import dev.stoker.bench.BenchRunner.Ending;
import dev.stoker.bench.ModelResult.Cleanup;
import dev.stoker.server.Ability;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerKind;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a run does, step by step, with a server that works and with one that does not. */
class BenchRunnerTest {
    private static final ServerFailure OOM = new ServerFailure.OutOfMemory("a", "cudaMalloc");
    private static final ServerFailure DIED = new ServerFailure.ServerDied("EOF");
    private static final List<String> ONE_MODEL =
            List.of(
                    "load a",
                    "stream a warm-up",
                    "stream a short",
                    "stream a long",
                    "stream a short",
                    "stream a long",
                    "unload a");

    private BenchRig rig;

    @BeforeEach
    void rig(@TempDir Path results) {
        rig = new BenchRig(results);
        rig.server.model("a", 4);
    }

    @Test
    void run_healthyServer_loadsWarmsUpMeasuresAndUnloads() throws Exception {
        BenchRig.Ran ran = rig.run();
        assertThat(ran.ending()).isEqualTo(Ending.COMPLETE);
        assertThat(rig.server.calls).isEqualTo(ONE_MODEL);
        ModelResult a = ran.model("a");
        assertThat(a.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(a.requestsOk()).isEqualTo(4);
        assertThat(a.loadSeconds().value().mean()).isEqualTo(2.0);
        assertThat(a.serverLoadSeconds().value().mean()).isEqualTo(1.9);
        assertThat(a.ttftMillis().value().mean()).isEqualTo(200.0);
        assertThat(a.decodeTokensPerSecond().value().mean()).isEqualTo(50.0);
        assertThat(a.serverDecodeTokensPerSecond().value().mean()).isEqualTo(50.0);
        assertThat(a.promptTokensPerSecond().value().mean()).isEqualTo(500.0);
        assertThat(a.takenBytes().value()).isEqualTo(Bytes.gb(4));
        assertThat(a.cleanup()).isEqualTo(new Cleanup.Clean(Duration.ofMillis(500)));
        assertThat(rig.server.inMemory()).isEmpty();
        assertThat(rig.warnings).isEmpty();
    }

    @Test
    void run_healthyServer_usesANonceOnceAndMarksMemoryAtEveryPhase() throws Exception {
        BenchRig.Ran ran = rig.run();
        assertThat(rig.server.nonces).hasSize(5).doesNotContain("none");
        ModelResult.Memory memory = ran.model("a").memory();
        Bytes base = rig.host.base;
        assertThat(memory.before().value().serverResident().value()).isEqualTo(base);
        assertThat(memory.loaded().value().serverResident().value())
                .isEqualTo(base.plus(Bytes.gb(4)));
        assertThat(memory.peak().value().serverResident().value())
                .isEqualTo(base.plus(Bytes.gb(4)));
        assertThat(memory.after().value().serverResident().value()).isEqualTo(base);
        assertThat(ran.model("a").onGpuBytes().value()).isEqualTo(Bytes.gb(2));
    }

    @Test
    void run_modelsLoadedByOthers_areUnloadedFirst() throws Exception {
        rig.server.model("z", 9).alreadyLoaded("z");
        rig.asked(r -> BenchRig.named(r, "a")).run();
        assertThat(rig.server.calls.getFirst()).isEqualTo("unload z");
    }

    @Test
    void run_unloadNever_leavesEverythingInMemory() throws Exception {
        rig.server.model("z", 9).alreadyLoaded("z");
        BenchRig.Ran ran =
                rig.asked(r -> BenchRig.named(BenchRig.with(r, Unload.NEVER), "a")).run();
        assertThat(rig.server.calls("unload")).isEmpty();
        assertThat(rig.server.inMemory()).containsExactlyInAnyOrder("a", "z");
        assertThat(ran.model("a").cleanup()).isInstanceOf(Cleanup.None.class);
    }

    @Test
    void run_serverWithoutLoadAndUnload_measuresWhatIsThere() throws Exception {
        rig.server.abilities.remove(Ability.LOAD);
        rig.server.abilities.remove(Ability.UNLOAD);
        rig.server.alreadyLoaded("a");
        BenchRig.Ran ran = rig.run();
        assertThat(rig.server.calls).isEqualTo(ONE_MODEL.subList(1, 6));
        ModelResult a = ran.model("a");
        assertThat(a.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(a.loadSeconds().isKnown()).isFalse();
        assertThat(a.takenBytes().isKnown()).isFalse();
    }

    @Test
    void run_restartAlways_restartsBeforeEveryModel() throws Exception {
        rig.server.model("b", 5);
        rig.control.can = true;
        BenchRig.Ran ran = rig.asked(r -> BenchRig.with(r, Restart.ALWAYS)).run();
        assertThat(rig.control.restarts).isEqualTo(2);
        assertThat(ran.model("a").restarts()).isEqualTo(1);
        assertThat(ran.model("b").outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void run_largeModel_getsAFreshServer() throws Exception {
        rig.server.model("big", 41);
        rig.control.can = true;
        rig.run();
        assertThat(rig.control.restarts).isEqualTo(1);
    }

    @Test
    void run_largeModelAndNoMeans_saysSoAndGoesOn() throws Exception {
        rig.server.model("big", 41);
        BenchRig.Ran ran = rig.run();
        assertThat(rig.warnings)
                .singleElement()
                .asString()
                .contains("big")
                .contains("larger than 40.0 GB")
                .contains("There is no means");
        assertThat(ran.model("big").outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void run_withoutConsent_neverRestarts() throws Exception {
        rig.control.can = true;
        rig.mayRestart = false;
        rig.server.failOnce("load a", OOM);
        BenchRig.Ran ran = rig.run();
        assertThat(rig.control.restarts).isZero();
        assertThat(ran.model("a").outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void load_outOfMemoryAndRestartPossible_isTriedOnceMore() throws Exception {
        rig.control.can = true;
        rig.server.failOnce("load a", OOM);
        BenchRig.Ran ran = rig.run();
        assertThat(rig.control.restarts).isEqualTo(1);
        assertThat(rig.server.calls("load a")).hasSize(2);
        assertThat(ran.model("a").outcome()).isEqualTo(Outcome.PASSED);
        assertThat(ran.events(BenchEvent.StepFailed.class).getFirst().code())
                .isEqualTo("out-of-memory");
    }

    @Test
    void load_outOfMemoryWithoutRestart_failsAndTheNextModelIsUnharmed() throws Exception {
        rig.server.model("b", 5).failOnce("load a", OOM);
        BenchRig.Ran ran = rig.run();
        assertThat(ran.ending()).isEqualTo(Ending.COMPLETE);
        assertThat(rig.server.calls("load a")).hasSize(1);
        assertThat(ran.model("a").outcome()).isEqualTo(Outcome.FAILED);
        assertThat(ran.model("a").reason()).contains("Memory ran out", "cudaMalloc");
        assertThat(ran.model("b").outcome()).isEqualTo(Outcome.PASSED);
        assertThat(ran.report().failures()).isEqualTo(1);
    }

    @Test
    void load_failsTwice_failsWithoutACascade() throws Exception {
        rig.control.can = true;
        rig.server.model("b", 5).failOnce("load a", OOM).failOnce("load a", OOM);
        BenchRig.Ran ran = rig.run();
        assertThat(rig.server.calls("load a")).hasSize(2);
        assertThat(rig.control.restarts).isEqualTo(2);
        assertThat(ran.model("a").outcome()).isEqualTo(Outcome.FAILED);
        assertThat(ran.model("b").outcome()).isEqualTo(Outcome.PASSED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stream_runnerDies_isTriedOnceMoreWithoutRepeatingWhatIsDone(boolean canRestart)
            throws Exception {
        rig.control.can = canRestart;
        rig.server.failOnce("stream a long", 3, DIED);
        BenchRig.Ran ran = rig.run();
        assertThat(rig.server.calls("stream a"))
                .containsExactly(
                        "stream a warm-up",
                        "stream a short",
                        "stream a long",
                        "stream a warm-up",
                        "stream a long",
                        "stream a short",
                        "stream a long");
        ModelResult a = ran.model("a");
        assertThat(a.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(a.requestsOk()).isEqualTo(4);
        assertThat(a.requestsFailed()).isEqualTo(1);
        assertThat(a.restarts()).isEqualTo(canRestart ? 1 : 0);
        assertThat(a.loadSeconds().value().n()).isEqualTo(2);
    }

    @Test
    void stream_runnerDiesTwice_failsAndTheNextModelIsUnharmed() throws Exception {
        rig.server
                .model("b", 5)
                .failOnce("stream a long", 3, DIED)
                .failOnce("stream a long", 3, DIED);
        BenchRig.Ran ran = rig.run();
        assertThat(ran.model("a").outcome()).isEqualTo(Outcome.FAILED);
        assertThat(ran.model("a").reason()).contains("died");
        assertThat(ran.model("a").requestsOk()).isEqualTo(1);
        assertThat(ran.model("b").outcome()).isEqualTo(Outcome.PASSED);
        assertThat(rig.server.inMemory()).isEmpty();
    }

    @Test
    void stream_stalled_restartsWherePossible() throws Exception {
        rig.control.can = true;
        rig.server.failOnce(
                "stream a short", 2, new ServerFailure.Stalled(Duration.ofSeconds(120), "here"));
        BenchRig.Ran ran = rig.run();
        assertThat(rig.control.restarts).isEqualTo(1);
        assertThat(ran.model("a").outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void stream_cutAndRestartBroken_isTriedOnceMoreOnTheServerThatLives() throws Exception {
        rig.control.can = true;
        rig.control.works = false;
        rig.server.kind = ServerKind.LLAMA_ROUTER;
        rig.server.failOnce("stream a short", 2, new ServerFailure.StreamCut("no end"));
        BenchRig.Ran ran = rig.run();
        assertThat(ran.model("a").outcome()).isEqualTo(Outcome.PASSED);
        assertThat(ran.model("a").restarts()).isZero();
        assertThat(rig.warnings).anyMatch(w -> w.contains("the unit failed"));
    }

    @Test
    void stream_endedByOllamaWithoutALastWord_isSentAgainWithoutARestart() throws Exception {
        rig.control.can = true;
        rig.server.failOnce("stream a short", 2, new ServerFailure.StreamCut("no end"));
        BenchRig.Ran ran = rig.run();
        assertThat(rig.control.restarts).isZero();
        assertThat(rig.server.calls("load a")).hasSize(1);
        assertThat(ran.model("a").outcome()).isEqualTo(Outcome.PASSED);
        assertThat(ran.model("a").requestsFailed()).isEqualTo(1);
    }

    @Test
    void stream_onePromptIsWrong_failsThatPromptAlone() throws Exception {
        rig.server.failOnce("stream a long", new ServerFailure.BadRequest(400, "too long"));
        BenchRig.Ran ran = rig.run();
        assertThat(rig.server.calls("stream a"))
                .containsExactly(
                        "stream a warm-up", "stream a short", "stream a long", "stream a short");
        ModelResult a = ran.model("a");
        assertThat(a.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(a.reason()).contains("prompt 'long'", "too long");
        assertThat(a.prompts()).extracting(ModelResult.PromptResult::name).containsExactly("short");
        assertThat(a.prompts().getFirst().e2eMillis().value().n()).isEqualTo(2);
    }

    @Test
    void server_goneForGood_endsTheRunAndLeavesTheRestPending() throws Exception {
        rig.server.model("b", 5).fault("stream a long", 3, () -> rig.server.down = true, DIED);
        BenchRig.Ran ran = rig.run();
        assertThat(ran.ending()).isEqualTo(Ending.SERVER_GONE);
        assertThat(ran.report().complete()).isFalse();
        assertThat(ran.report().pending()).containsExactly("a", "b");
        assertThat(ran.model("a").requestsOk()).isEqualTo(1);
        assertThat(rig.server.calls("load b")).isEmpty();
    }

    @Test
    void server_doesNotComeBackFromItsRestart_endsTheRun() throws Exception {
        rig.control.can = true;
        rig.control.comesBack = false;
        rig.server.failOnce("stream a long", 3, DIED);
        BenchRig.Ran ran = rig.run();
        assertThat(ran.ending()).isEqualTo(Ending.SERVER_GONE);
        assertThat(ran.events(BenchEvent.Restarted.class).getFirst().ok()).isFalse();
    }

    @Test
    void server_goneAndBackLater_isResumed() throws Exception {
        rig.server.fault("stream a long", 3, () -> rig.server.down = true, DIED);
        BenchRig.Ran first = rig.run();
        rig.server.restarted();
        BenchRig.Ran second = rig.resume(first.folder());
        assertThat(second.ending()).isEqualTo(Ending.COMPLETE);
        assertThat(second.model("a").requestsOk()).isEqualTo(4);
    }

    @Test
    void stream_cancelled_stopsUnloadsAndCanBeResumed() throws Exception {
        rig.server.model("b", 5).fault("stream a long", 3, rig.cancellation::cancel, DIED);
        BenchRig.Ran first = rig.run();
        assertThat(first.ending()).isEqualTo(Ending.INTERRUPTED);
        assertThat(rig.server.inMemory()).isEmpty();
        assertThat(rig.server.calls.getLast()).isEqualTo("unload a");
        assertThat(first.report().pending()).containsExactly("a", "b");
        assertThat(first.events(BenchEvent.RequestEnded.class)).hasSize(2);

        BenchRig again = new BenchRig(rig.results);
        again.server.model("a", 4).model("b", 5);
        BenchRig.Ran second = again.resume(first.folder());
        assertThat(second.ending()).isEqualTo(Ending.COMPLETE);
        assertThat(second.model("a").requestsOk()).isEqualTo(4);
        assertThat(again.server.calls("stream a short")).hasSize(1);
    }

    @Test
    void run_cancelledBeforeItStarts_touchesNothing() throws Exception {
        rig.cancellation.cancel();
        rig.control.can = true;
        BenchRig.Ran ran = rig.asked(r -> BenchRig.with(r, Restart.ALWAYS)).run();
        assertThat(ran.ending()).isEqualTo(Ending.INTERRUPTED);
        assertThat(rig.server.calls).isEmpty();
        assertThat(rig.control.restarts).isZero();
    }

    @Test
    void journal_failsInMidRun_theModelIsUnloadedAndTheErrorReported() throws Exception {
        BenchPlan plan = rig.plan();
        RunFolder folder =
                RunFolder.create(rig.results, RunHeaders.header(rig.context(), rig.request, plan));
        Journal journal = Journal.open(folder);
        rig.server.fault("stream a long", 3, journal::close, DIED);
        assertThatThrownBy(() -> rig.runner(plan, journal).run())
                .isInstanceOf(UserError.class)
                .hasMessageContaining("can not be written");
        assertThat(rig.server.inMemory()).isEmpty();
        assertThat(folder.read().events())
                .filteredOn(BenchEvent.RequestEnded.class::isInstance)
                .hasSize(2);
    }

    @Test
    void unload_doesNotWork_isNamed() throws Exception {
        rig.server.unloadWorks = false;
        BenchRig.Ran ran = rig.run();
        assertThat(ran.model("a").cleanup()).isEqualTo(new Cleanup.StillLoaded());
    }

    @Test
    void unload_memoryDoesNotComeBack_isNamedWithItsSize() throws Exception {
        rig.server.retains = Bytes.gb(1);
        BenchRig.Ran ran = rig.run();
        assertThat(ran.model("a").cleanup())
                .isEqualTo(new Cleanup.Retained(Duration.ofMillis(500), Bytes.gb(1)));
    }

    @Test
    void unload_fails_isRecordedAndTheRunGoesOn() throws Exception {
        rig.server.model("b", 5).failOnce("unload a", new ServerFailure.Busy(503, "later"));
        BenchRig.Ran ran = rig.run();
        assertThat(ran.events(BenchEvent.StepFailed.class).getFirst().step()).isEqualTo("unload");
        assertThat(ran.model("b").outcome()).isEqualTo(Outcome.PASSED);
    }
}
