package dev.stoker.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.alert.Severity;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.server.ServerKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class GpuRulesTest {
    private final Scene scene = new Scene();

    @Test
    void everything_unknown_isNoAlert() {
        scene.gpu(0);
        scene.model("a");
        assertThat(scene.from(0, 200)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"18.9, ''", "19.3, warning", "22.7, warning", "22.9, critical"})
    void memory_ofUnknownProcesses_isJudgedByTheMarks(double used, String severity) {
        scene.gpu(0).memory(used, 24);
        assertThat(scene.at(0))
                .containsExactlyElementsOf(
                        severity.isEmpty()
                                ? List.of()
                                : List.of(severity + " gpu-memory-high GPU 0"));
    }

    @ParameterizedTest
    @CsvSource({"20, note", "23.5, warning"})
    void memory_heldByModels_weighsAStepLess(double used, String severity) {
        scene.gpu(0).memory(used, 24).holds(100, used - 1);
        scene.computes(100, "a").model("a");
        assertThat(scene.at(0)).containsExactly(severity + " gpu-memory-high GPU 0");
    }

    @Test
    void memory_takenByVllmAtItsStart_isANote() {
        scene.gpu(0).memory(23.5, 24).holds(100, 21);
        scene.server(ServerKind.VLLM);
        scene.computes(100, "a").model("a");
        assertThat(scene.alerts(0))
                .singleElement()
                .satisfies(alert -> {
                    assertThat(alert.severity()).isEqualTo(Severity.NOTE);
                    assertThat(alert.sentence())
                            .isEqualTo(
                                    "23.5 GiB of 24.0 GiB are in use (98 %), most of it taken by"
                                            + " its server at the start, as it is set.");
                });
    }

    @Test
    void memory_unified_isNotTheGpus() {
        scene.gpu(0).memory(120, 125).unified();
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void memory_tremblingAtTheMark_isOneAlertUntilItHasFallenClearly() {
        scene.gpu(0).memory(19.3, 24);
        assertThat(scene.alerts(0)).extracting(Alert::since).containsExactly(Scene.START);
        for (int second = 1; second < 20; second++) {
            scene.gpu(0).memory(second % 2 == 0 ? 19.3 : 19.1, 24);
            assertThat(scene.alerts(second)).extracting(Alert::since).containsExactly(Scene.START);
        }
        scene.gpu(0).memory(18.6, 24);
        assertThat(scene.at(20)).isEmpty();
        scene.gpu(0).memory(19.1, 24);
        assertThat(scene.at(21)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "79, 95, ''",
        "80, 95, warning",
        "94, 95, warning",
        "95, 95, critical",
        "71, 76, warning",
        "70, 76, ''"
    })
    void temperature_withTheDevicesMark_isJudgedByBoth(double now, double slowdown, String is) {
        scene.gpu(0).put(GpuMetric.TEMPERATURE, now);
        scene.gpu(0).put(GpuMetric.SLOWDOWN_TEMPERATURE, slowdown);
        assertThat(scene.at(0))
                .containsExactlyElementsOf(
                        is.isEmpty() ? List.of() : List.of(is + " gpu-temperature-high GPU 0"));
    }

    @Test
    void temperature_withoutTheDevicesMark_isCriticalFromTheRulesOwnOn() {
        scene.gpu(0).put(GpuMetric.TEMPERATURE, 89);
        assertThat(scene.at(0)).containsExactly("warning gpu-temperature-high GPU 0");
        scene.gpu(0).put(GpuMetric.TEMPERATURE, 90);
        assertThat(scene.at(1)).containsExactly("critical gpu-temperature-high GPU 0");
        scene.gpu(0).put(GpuMetric.TEMPERATURE, 88);
        assertThat(scene.at(2)).containsExactly("critical gpu-temperature-high GPU 0");
        scene.gpu(0).put(GpuMetric.TEMPERATURE, 87);
        assertThat(scene.at(3)).containsExactly("warning gpu-temperature-high GPU 0");
        scene.gpu(0).no(GpuMetric.TEMPERATURE);
        assertThat(scene.at(4)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "IDLE, ''",
        "POWER_CAP, ''",
        "APPLICATION_CLOCKS, ''",
        "SYNC_BOOST, ''",
        "SOFTWARE_THERMAL, warning",
        "HARDWARE_THERMAL, critical",
        "HARDWARE_SLOWDOWN, critical",
        "POWER_BRAKE, critical"
    })
    void throttled_eachReason_countsWhereItHarms(ThrottleReason reason, String is) {
        scene.gpu(0).reasons(reason);
        assertThat(scene.at(0))
                .containsExactlyElementsOf(
                        is.isEmpty() ? List.of() : List.of(is + " gpu-throttled GPU 0"));
    }

    @Test
    void throttled_atRest_isNotCritical() {
        scene.gpu(0).reasons(ThrottleReason.IDLE, ThrottleReason.HARDWARE_SLOWDOWN);
        assertThat(scene.at(0)).containsExactly("warning gpu-throttled GPU 0");
    }

    @Test
    void throttled_sentence_hasClockAndHeat() {
        scene.gpu(0)
                .reasons(ThrottleReason.HARDWARE_THERMAL)
                .put(GpuMetric.CLOCK, 1305e6)
                .put(GpuMetric.CLOCK_MAX, 1980e6)
                .put(GpuMetric.TEMPERATURE, 70);
        assertThat(scene.alerts(0))
                .extracting(Alert::text)
                .containsExactly(
                        "GPU 0: 1305 of 1980 MHz at 70 °C, slowed to half or less by the hardware:"
                                + " it is too hot. Look after its cooling.");
    }

    @Test
    void throttled_briefPause_keepsItsBeginning() {
        scene.gpu(0).reasons(ThrottleReason.SOFTWARE_THERMAL);
        scene.at(0);
        scene.gpu(0).reasons();
        assertThat(scene.at(5)).isEmpty();
        scene.gpu(0).reasons(ThrottleReason.SOFTWARE_THERMAL);
        assertThat(scene.alerts(9)).extracting(Alert::since).containsExactly(Scene.START);
        scene.gpu(0).reasons();
        scene.at(10);
        scene.at(25);
        scene.gpu(0).reasons(ThrottleReason.SOFTWARE_THERMAL);
        assertThat(scene.alerts(26))
                .extracting(Alert::since)
                .containsExactly(Scene.START.plusSeconds(26));
    }

    @Test
    void since_looksAMinuteApart_staysTheFirst() {
        scene.gpu(0).reasons(ThrottleReason.SOFTWARE_THERMAL);
        scene.at(0);
        scene.at(60);
        assertThat(scene.alerts(120)).extracting(Alert::since).containsExactly(Scene.START);
    }

    @Test
    void power_atItsLimitForAWhile_isANote() {
        scene.gpu(0).put(GpuMetric.POWER, 299).put(GpuMetric.POWER_LIMIT, 300);
        assertThat(scene.from(0, 9)).isEmpty();
        assertThat(scene.at(10)).containsExactly("note gpu-power-at-limit GPU 0");
        scene.gpu(0).put(GpuMetric.POWER, 290);
        assertThat(scene.at(11)).containsExactly("note gpu-power-at-limit GPU 0");
        scene.gpu(0).put(GpuMetric.POWER, 250);
        assertThat(scene.at(12)).isEmpty();
        scene.gpu(0).put(GpuMetric.POWER, 299);
        assertThat(scene.at(13)).isEmpty();
    }

    @Test
    void power_cappedByTheDriversWord_needsNoFigures() {
        scene.gpu(0).reasons(ThrottleReason.POWER_CAP);
        assertThat(scene.from(0, 10)).containsExactly("note gpu-power-at-limit GPU 0");
    }

    @ParameterizedTest
    @CsvSource({
        "LOST, critical",
        "RESET_REQUIRED, critical",
        "NO_ANSWER, warning",
        "FAILED, critical",
        "ASLEEP, ''"
    })
    void fault_eachKind_countsWhereSomethingIsWrong(GpuTrouble.Kind kind, String is) {
        scene.gpu(0).trouble(kind);
        assertThat(scene.at(0))
                .containsExactlyElementsOf(
                        is.isEmpty() ? List.of() : List.of(is + " gpu-fault GPU 0"));
    }

    @Test
    void fault_ofTheDriverAsAWhole_namesItsSource() {
        scene.source(GpuTrouble.Kind.MISMATCH);
        assertThat(scene.alerts(0))
                .singleElement()
                .satisfies(alert -> {
                    assertThat(alert.text()).isEqualTo("GPUs: The driver is so.");
                    assertThat(alert.labels()).containsEntry("source", "NVML");
                });
    }

    @Test
    void fault_noDriverAtAll_isNone() {
        scene.source(GpuTrouble.Kind.ABSENT);
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void health_brokenMemoryAndLinks_areToldApart() {
        scene.gpu(0)
                .put(GpuMetric.ECC_UNCORRECTED, 3)
                .put(GpuMetric.ROW_REMAP_PENDING, 1)
                .put(GpuMetric.ROW_REMAP_FAILED, 1)
                .put(GpuMetric.NVLINK_TOTAL, 18)
                .put(GpuMetric.NVLINK_ACTIVE, 16);
        assertThat(scene.alerts(0))
                .extracting(Alert::text)
                .containsExactly(
                        "GPU 0: 3 uncorrected memory errors since the driver was loaded: results"
                                + " may be wrong. Stop what uses it and reset it.",
                        "GPU 0: a faulty memory row could not be replaced. The board is to be"
                                + " exchanged.",
                        "GPU 0: faulty memory rows wait to be replaced, which the next reset of"
                                + " the GPU does. Reset it when nothing uses it.",
                        "GPU 0: 2 of 18 NVLinks are down.");
    }

    @Test
    void health_allWell_isNoAlert() {
        scene.gpu(0)
                .put(GpuMetric.ECC_UNCORRECTED, 0)
                .put(GpuMetric.ROW_REMAP_PENDING, 0)
                .put(GpuMetric.NVLINK_TOTAL, 18)
                .put(GpuMetric.NVLINK_ACTIVE, 18);
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void rule_switchedOff_isSilent() {
        Scene quiet = new Scene(Thresholds.usual().without(Rule.GPU_MEMORY_HIGH));
        quiet.gpu(0).memory(24, 24).vendor(GpuVendor.AMD);
        assertThat(quiet.at(0)).isEmpty();
    }

    @Test
    void mark_changed_counts() {
        Scene strict = new Scene(Thresholds.usual().with(Mark.TEMPERATURE_WARNING, 60));
        strict.gpu(0).put(GpuMetric.TEMPERATURE, 61);
        assertThat(strict.at(0)).containsExactly("warning gpu-temperature-high GPU 0");
    }
}
