package dev.stoker.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.alert.Severity;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.http.Endpoint;
import dev.stoker.server.ServerKind;
import dev.stoker.server.state.ModelCondition;

import org.junit.jupiter.api.Test;

import java.util.List;

class ModelRulesTest {
    private static final Endpoint ELSEWHERE = new Endpoint(false, "box.example", 11434, "");
    private final Scene scene = new Scene();

    @Test
    void model_runnerGone_isAWarning() {
        scene.model("a").is(new ModelCondition.RunnerGone());
        assertThat(scene.at(0)).containsExactly("warning model-not-resident a");
    }

    @Test
    void model_silent_isCritical() {
        scene.model("a").is(new ModelCondition.Silent("it hangs"));
        assertThat(scene.at(0)).containsExactly("critical model-not-resident a");
    }

    @Test
    void model_failed_hasItsExitCode() {
        scene.model("a").is(new ModelCondition.Failed(Reading.known(1L)));
        assertThat(scene.alerts(0))
                .extracting(Alert::text)
                .containsExactly(
                        "a: it could not be loaded, or its runner ended (exit code 1). The"
                                + " server's log has the reason.");
    }

    @Test
    void model_loadedLoadingOrSleeping_isNoAlert() {
        scene.model("a");
        scene.model("b").is(new ModelCondition.Loading(""));
        scene.model("c").is(new ModelCondition.Sleeping());
        assertThat(scene.at(0)).isEmpty();
    }

    private static Scene wanting(String... models) {
        return new Scene(Thresholds.usual().withResident(List.of(models)));
    }

    @Test
    void resident_notInMemory_isAWarning() {
        Scene wants = wanting("mistral:7b");
        wants.model("a");
        assertThat(wants.at(0)).containsExactly("warning model-not-resident mistral:7b");
    }

    @Test
    void resident_inMemoryUnderAnyOfItsNames_isNoAlert() {
        Scene wants = wanting("a", "b:latest", "c-alias");
        wants.model("a:latest");
        wants.model("b");
        wants.model("c");
        assertThat(wants.at(0)).isEmpty();
    }

    @Test
    void resident_asleep_isAWarning() {
        Scene wants = wanting("a");
        wants.model("a").is(new ModelCondition.Sleeping());
        assertThat(wants.at(0)).containsExactly("warning model-not-resident a");
    }

    @Test
    void resident_noServerTellsItsModels_isNotKnown() {
        Scene wants = wanting("a");
        assertThat(wants.at(0)).isEmpty();
        wants.server(ServerKind.OLLAMA).withoutModels();
        assertThat(wants.at(1)).isEmpty();
    }

    @Test
    void fallback_allOnTheProcessorWithRoomOnTheGpu_isCritical() {
        scene.gpu(0).memory(1, 24);
        scene.model("a").says(0, 6);
        assertThat(scene.alerts(0))
                .singleElement()
                .satisfies(alert -> {
                    assertThat(alert.severity()).isEqualTo(Severity.CRITICAL);
                    assertThat(alert.sentence())
                            .isEqualTo(
                                    "its server computes it on the processor alone (6.0 GiB), while"
                                            + " the GPUs have 23.0 GiB free.");
                    assertThat(alert.labels())
                            .containsEntry("model", "a")
                            .containsEntry("server", "http://127.0.0.1:11434");
                });
    }

    @Test
    void fallback_allOnTheProcessorWithoutRoom_isAWarning() {
        scene.gpu(0).memory(20, 24);
        scene.model("a").says(0, 6);
        assertThat(scene.at(0))
                .contains("warning cpu-fallback a")
                .doesNotContain("critical cpu-fallback a");
    }

    @Test
    void fallback_inPartWithRoom_isAWarning_withoutRoomANote() {
        scene.gpu(0).memory(10, 24);
        scene.model("a").says(4, 6);
        assertThat(scene.at(0)).containsExactly("warning cpu-fallback a");
        scene.gpu(0).memory(18.9, 20);
        assertThat(scene.at(1)).contains("note cpu-fallback a");
    }

    @Test
    void fallback_allOnTheGpu_isNone() {
        scene.gpu(0).memory(10, 24);
        scene.model("a").says(6, 6.05);
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void fallback_withoutAnyGpu_isUsual() {
        scene.model("a").says(0, 6);
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void fallback_smallGpuInsideTheProcessor_isNotMeant() {
        scene.gpu(0).unified().vendor(GpuVendor.INTEL);
        scene.host(20, 32).model("a").says(0, 6);
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void fallback_jetson_isJudgedByTheHostsMemory() {
        scene.gpu(0).unified();
        scene.host(100, 125).model("a").says(0, 6);
        assertThat(scene.at(0)).containsExactly("critical cpu-fallback a");
    }

    @Test
    void fallback_gpuIsLost_isToldOfTheGpu() {
        scene.gpu(0).trouble(GpuTrouble.Kind.LOST);
        scene.model("a").says(0, 6);
        assertThat(scene.at(0)).containsExactly("critical gpu-fault GPU 0");
    }

    @Test
    void fallback_serverOnAnotherMachine_isNotJudgedByThisOnesGpus() {
        scene.gpu(0).memory(1, 24);
        scene.modelOf(ELSEWHERE, "a").says(0, 6);
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void fallback_serverReckonsNothing_isJudgedByTheDrivers() {
        scene.gpu(0).memory(1, 24).holds(200, 1);
        scene.sees(200).model("a").says(0, 0).pid(100);
        assertThat(scene.at(0)).containsExactly("warning cpu-fallback a");
        scene.gpu(0).holds(100, 5);
        scene.sees(100);
        assertThat(scene.at(1)).isEmpty();
    }

    @Test
    void fallback_driverTellsProcessesThatAreNotSeen_isNotKnown() {
        scene.gpu(0).memory(1, 24).holds(4_000_000, 5);
        scene.model("a").says(0, 0).pid(100);
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void place_driverSeesNothingOfIt_isAWarning() {
        scene.gpu(0).memory(1, 24).holds(200, 1);
        scene.sees(200).model("a").says(0.5, 0.5).pid(100);
        assertThat(scene.alerts(0))
                .extracting(Alert::text)
                .containsExactly(
                        "a: its server says that 512 MiB of it lie on GPUs, and the driver says"
                                + " 0 B. Trust the driver: the rest is computed elsewhere, or not"
                                + " at all.");
    }

    @Test
    void place_driverSeesMuchLess_isAWarning() {
        scene.gpu(0).memory(5, 24).holds(100, 3);
        scene.sees(100).model("a").says(6, 6).pid(100);
        assertThat(scene.at(0)).containsExactly("warning model-place-disputed a");
    }

    @Test
    void place_driverSeesMuchMore_isANote() {
        scene.gpu(0).memory(5, 24).holds(100, 8.5);
        scene.sees(100).model("a").says(6, 6).pid(100);
        assertThat(scene.at(0)).containsExactly("note model-place-disputed a");
    }

    @Test
    void place_contextsBesideTheModel_areWithinTheMargin() {
        scene.gpu(0).memory(5, 24).holds(100, 6.6);
        scene.sees(100).model("a").says(6, 6).pid(100);
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void place_lessThanSaidAmongProcessesThatAreNotSeen_isNotKnown() {
        scene.gpu(0).memory(7, 24).holds(100, 0.1).holds(4_000_000, 6);
        scene.sees(100).model("a").says(6, 6).pid(100);
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void place_gpuTellsNoProcesses_isNotKnown() {
        scene.gpu(0).memory(7, 24).withoutProcesses();
        scene.model("a").says(6, 6).pid(100);
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void place_gpuThatNoDriverTellsOf_isANoteInWords() {
        scene.model("a").says(1, 1).pid(100);
        assertThat(scene.alerts(0))
                .extracting(Alert::text)
                .containsExactly(
                        "a: its server says that 1.0 GiB of it lie on a GPU, and no driver here"
                                + " tells of one: a GPU in software, or one that can't be looked"
                                + " at.");
    }

    @Test
    void load_gpuIdleWhileRequestsRun_isANoteAfterAWhile() {
        scene.gpu(0).memory(7, 24).holds(100, 6).put(GpuMetric.UTILISATION, 20);
        scene.sees(100).model("a").says(6, 6).pid(100).running(1);
        assertThat(scene.from(0, 29)).isEmpty();
        assertThat(scene.alerts(30))
                .singleElement()
                .satisfies(alert -> {
                    assertThat(alert.severity()).isEqualTo(Severity.NOTE);
                    assertThat(alert.sentence())
                            .isEqualTo("20 % busy on average while requests of a run.");
                    assertThat(alert.labels()).containsEntry("uuid", "GPU-0");
                });
        scene.gpu(0).put(GpuMetric.UTILISATION, 95);
        assertThat(scene.from(31, 60)).isEmpty();
    }

    @Test
    void load_meanAboveTheMark_isNone() {
        scene.gpu(0).holds(100, 6).put(GpuMetric.UTILISATION, 70);
        scene.sees(100).model("a").pid(100).running(2);
        assertThat(scene.from(0, 60)).isEmpty();
    }

    @Test
    void load_nothingRuns_isNone() {
        scene.gpu(0).holds(100, 6).put(GpuMetric.UTILISATION, 0);
        scene.sees(100).model("a").pid(100).running(0);
        assertThat(scene.from(0, 60)).isEmpty();
    }

    @Test
    void load_interrupted_beginsAnew() {
        scene.gpu(0).holds(100, 6).put(GpuMetric.UTILISATION, 0);
        Scene.M model = scene.sees(100).model("a").pid(100).running(1);
        scene.from(0, 25);
        model.running(0);
        scene.at(26);
        model.running(1);
        assertThat(scene.from(27, 50)).isEmpty();
    }

    @Test
    void load_layersOnTwoGpus_countTogether() {
        scene.gpu(0).holds(100, 6).put(GpuMetric.UTILISATION, 45);
        scene.gpu(1).holds(100, 6).put(GpuMetric.UTILISATION, 45);
        scene.sees(100).model("a").pid(100).running(1);
        assertThat(scene.from(0, 60)).isEmpty();
        scene.gpu(0).put(GpuMetric.UTILISATION, 10);
        scene.gpu(1).put(GpuMetric.UTILISATION, 10);
        assertThat(scene.from(61, 120)).containsExactly("note gpu-utilisation-low GPUs 0, 1");
    }

    @Test
    void load_processNotKnown_isJudgedWhereThereIsOneGpuAlone() {
        scene.gpu(0).put(GpuMetric.UTILISATION, 10);
        scene.model("a").running(1);
        assertThat(scene.from(0, 30)).containsExactly("note gpu-utilisation-low GPU 0");
        scene.gpu(1).put(GpuMetric.UTILISATION, 90);
        assertThat(scene.from(31, 70)).isEmpty();
    }
}
