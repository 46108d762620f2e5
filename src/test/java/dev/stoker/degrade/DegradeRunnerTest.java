package dev.stoker.degrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.UserError;
import dev.stoker.degrade.DegradeEvent.Outcome;
import dev.stoker.history.Run;
import dev.stoker.history.Subject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;

class DegradeRunnerTest {
    @TempDir private Path results;

    @Test
    void healthyBox_200Runs_raisesNoAlarmInNineteenOfTwenty() throws Exception {
        int degraded = 0;
        int healthy = 0;
        for (int i = 0; i < 200; i++) {
            DegradeRig rig = new DegradeRig(results, "run-" + i, 5, false).unsteady(2);
            assertThat(rig.run(false)).isEqualTo(DegradeRunner.Ending.COMPLETE);
            Verdict verdict = rig.report().judgement().verdict();
            degraded += verdict instanceof Verdict.Degraded ? 1 : 0;
            healthy += verdict instanceof Verdict.Healthy ? 1 : 0;
            rig.context.close();
        }
        assertThat(degraded).isLessThanOrEqualTo(10);
        assertThat(healthy).isGreaterThan(150);
    }

    @ParameterizedTest
    @CsvSource({
        "pagecache, DROP_CACHES",
        "fragmentation, COMPACT",
        "offload, RESPAWN",
        "lottery, RESPAWN",
        "clocks, RESTART"
    })
    void degradedBox_withRemedies_isRestoredByTheOneThatHelps(String cause, Remedy helps)
            throws Exception {
        DegradeRig rig = new DegradeRig(results, "run", 5, true).degrade(cause, 1);
        assertThat(rig.run(true)).isEqualTo(DegradeRunner.Ending.COMPLETE);
        DegradeReport report = rig.report();
        assertThat(report.judgement().verdict()).isInstanceOf(Verdict.Degraded.class);
        assertThat(report.restoredBy()).contains(helps);
        assertThat(rig.applied).last().isEqualTo(helps);
    }

    @Test
    void degradedBox_asInTheStory_losesWhatWasLostThere() throws Exception {
        DegradeRig rig = new DegradeRig(results, "run", 5, false).degrade("fragmentation", 1);
        rig.run(false);
        DegradeReport report = rig.report();
        assertThat(report.before()).isCloseTo(37.0, within(0.8));
        assertThat(report.last()).isCloseTo(5.23, within(0.15));
        assertThat(report.judgement().verdict().drop().orElseThrow().percent())
                .isCloseTo(86, within(1.0));
        assertThat(report.judgement().prompt().value().percent()).isCloseTo(91, within(1.0));
    }

    @Test
    void degradedBox_slowerWithEachReload_isDegraded() throws Exception {
        DegradeRig rig =
                new DegradeRig(results, "run", 5, false).degrade("fragmentation", 5).unsteady(2);
        rig.run(false);
        assertThat(rig.report().judgement().verdict()).isInstanceOf(Verdict.Degraded.class);
        assertThat(rig.report().last()).isCloseTo(5.23, within(0.5));
    }

    @Test
    void remedies_nobodySaysYes_areNotApplied() throws Exception {
        DegradeRig rig = new DegradeRig(results, "run", 3, true).degrade("clocks", 1);
        rig.run(false);
        assertThat(rig.applied).isEmpty();
        assertThat(rig.report().restoredBy()).isEmpty();
        assertThat(rig.report().remedies())
                .extracting(DegradeReport.Tried::outcome)
                .containsExactly(
                        Outcome.DECLINED,
                        Outcome.DECLINED,
                        Outcome.DECLINED,
                        Outcome.DECLINED,
                        Outcome.IMPOSSIBLE);
        assertThat(rig.report().advice()).contains("restart the machine");
    }

    @Test
    void neighbour_noRemedyHelps_noneIsNamed() throws Exception {
        DegradeRig rig = new DegradeRig(results, "run", 3, true).degrade("neighbour", 1);
        rig.run(true);
        assertThat(rig.applied)
                .containsExactly(
                        Remedy.DROP_CACHES, Remedy.COMPACT, Remedy.RESPAWN, Remedy.RESTART);
        assertThat(rig.report().restoredBy()).isEmpty();
    }

    @Test
    void interruptedRun_goesOnWhereItWas() throws Exception {
        DegradeRig rig = new DegradeRig(results, "run", 4, false).degrade("fragmentation", 1);
        AtomicInteger loads = new AtomicInteger();
        rig.server.beforeLoad(() -> {
            if (loads.incrementAndGet() == 3) {
                rig.cancellation.cancel();
            }
        });
        assertThat(rig.run(false)).isEqualTo(DegradeRunner.Ending.INTERRUPTED);
        int measured = rig.report().measured().size();
        assertThat(measured).isBetween(5, 8);
        assertThat(rig.report().complete()).isFalse();

        Files.writeString(
                rig.folder().path().resolve("events.jsonl"),
                "{\"event\":\"measured\",\"torn",
                StandardOpenOption.APPEND);
        DegradeRig again = new DegradeRig(results, "run", 4, false).degrade("fragmentation", 0);
        assertThat(again.run(false)).isEqualTo(DegradeRunner.Ending.COMPLETE);
        DegradeReport report = again.report();
        assertThat(report.measured()).hasSize(Design.steps(4).size());
        assertThat(report.complete()).isTrue();
        assertThat(report.measured().subList(0, 5)).allMatch(m -> m.load() == 0);
        assertThat(report.measured())
                .extracting(Measured::seconds)
                .isSortedAccordingTo(Double::compare);
    }

    @Test
    void journal_openTwice_isRefused() {
        DegradeRig rig = new DegradeRig(results, "run", 4, false);
        try (DegradeJournal _ = DegradeJournal.open(rig.folder())) {
            assertThatThrownBy(() -> DegradeJournal.open(rig.folder()))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("another process");
        }
    }

    @Test
    void run_forTheStore_hasEveryMeasurement() throws Exception {
        DegradeRig rig = new DegradeRig(results, "run", 2, false).degrade("clocks", 1);
        rig.run(false);
        Run run = DegradeRuns.run(rig.folder().read());
        assertThat(run.kind()).isEqualTo("degrade");
        assertThat(run.simulated()).isTrue();
        Subject subject = run.subjects().getFirst();
        assertThat(subject.outcome()).isEqualTo(Subject.Outcome.FAILED);
        assertThat(subject.series().getFirst().samples())
                .hasSize(9)
                .extracting("unit")
                .contains("before 1", "cycle 2 reload", "cycle 2 control");
    }
}
