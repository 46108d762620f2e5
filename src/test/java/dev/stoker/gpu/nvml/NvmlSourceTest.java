package dev.stoker.gpu.nvml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuCollector;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble.Kind;
import dev.stoker.gpu.MigInstance;
import dev.stoker.gpu.ThrottleReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The contract of the NVML source, on a fake library that was built by the C compiler. */
class NvmlSourceTest {
    private static final String[] NEWER_SYMBOLS = {
        "nvmlInit_v2",
        "nvmlInitWithFlags",
        "nvmlDeviceGetCount_v2",
        "nvmlDeviceGetHandleByIndex_v2",
        "nvmlDeviceGetPciInfo_v3",
        "nvmlDeviceGetPciInfo_v2",
        "nvmlDeviceGetMemoryInfo_v2",
        "nvmlDeviceGetTemperatureV",
        "nvmlDeviceGetFanSpeed_v2",
        "nvmlDeviceGetCurrentClocksEventReasons",
        "nvmlDeviceGetComputeRunningProcesses_v3",
        "nvmlDeviceGetComputeRunningProcesses_v2",
        "nvmlDeviceGetGraphicsRunningProcesses_v3",
        "nvmlDeviceGetGraphicsRunningProcesses_v2",
        "nvmlDeviceGetMPSComputeRunningProcesses_v3",
        "nvmlDeviceGetMPSComputeRunningProcesses_v2",
        "nvmlSystemGetCudaDriverVersion_v2",
        "nvmlDeviceGetAttributes_v2",
    };

    @TempDir private Path folder;

    private GpuReport report(FakeNvml fake) {
        try (NvmlSource source = fake.source()) {
            return source.sample();
        }
    }

    private static Double figure(GpuSample gpu, GpuMetric metric) {
        return gpu.value(metric).orElse(null);
    }

    @Test
    void sample_twoUnequalGpus_isWhatTheDriverSays() throws Exception {
        GpuReport report = report(FakeNvml.box(folder, "desktop"));
        assertThat(report.trouble()).isEmpty();
        assertThat(report.driver()).isEqualTo(Reading.known("580.65.06"));
        assertThat(report.cuda()).isEqualTo(Reading.known("13.0"));
        assertThat(report.gpus()).hasSize(2);

        GpuSample first = report.gpus().getFirst();
        assertThat(first.device().name()).isEqualTo(Reading.known("Quadro P4000"));
        assertThat(first.device().pciBusId()).isEqualTo(Reading.known("00000000:03:00.0"));
        assertThat(first.device().unifiedMemory()).isFalse();
        assertThat(first.bytes(GpuMetric.MEMORY_TOTAL)).isEqualTo(Reading.known(Bytes.mib(8192)));
        assertThat(first.bytes(GpuMetric.MEMORY_USED)).isEqualTo(Reading.known(Bytes.mib(5978)));
        assertThat(first.bytes(GpuMetric.MEMORY_RESERVED)).isEqualTo(Reading.known(Bytes.mib(109)));
        assertThat(figure(first, GpuMetric.UTILISATION)).isEqualTo(37);
        assertThat(figure(first, GpuMetric.TEMPERATURE)).isEqualTo(61);
        assertThat(figure(first, GpuMetric.SLOWDOWN_TEMPERATURE)).isEqualTo(99);
        assertThat(figure(first, GpuMetric.POWER)).isCloseTo(71.4, within(1e-6));
        assertThat(figure(first, GpuMetric.POWER_LIMIT)).isCloseTo(105, within(1e-6));
        assertThat(figure(first, GpuMetric.ENERGY)).isCloseTo(912345.678, within(1e-3));
        assertThat(figure(first, GpuMetric.CLOCK)).isEqualTo(1480e6);
        assertThat(figure(first, GpuMetric.MEMORY_CLOCK_MAX)).isEqualTo(3802e6);
        assertThat(figure(first, GpuMetric.FAN)).isEqualTo(52);
        assertThat(figure(first, GpuMetric.PCIE_WIDTH)).isEqualTo(16);
        assertThat(first.throttleReasons().value()).isEmpty();
        assertThat(first.value(GpuMetric.ECC_CORRECTED).isKnown()).isFalse();

        GpuSample second = report.gpus().get(1);
        assertThat(figure(second, GpuMetric.FAN)).isZero();
        assertThat(figure(second, GpuMetric.PERFORMANCE_STATE)).isEqualTo(8);
        assertThat(second.throttleReasons().value()).containsExactly(ThrottleReason.IDLE);
        assertThat(second.isSlowed()).isFalse();
    }

    @Test
    void sample_processOnTwoLists_isThereOnceWithBothKinds() throws Exception {
        List<GpuProcess> processes =
                report(FakeNvml.box(folder, "desktop")).gpus().get(1).processes().value();
        assertThat(processes).extracting(GpuProcess::pid).containsExactly(1200L, 1311L);
        assertThat(processes.get(1).kinds())
                .containsExactlyInAnyOrder(GpuProcess.Kind.COMPUTE, GpuProcess.Kind.GRAPHICS);
        assertThat(processes.get(1).memory()).isEqualTo(Reading.known(Bytes.mib(88)));
    }

    @Test
    void sample_processThatWorks_hasItsShareOfTheGpu() throws Exception {
        GpuProcess process =
                report(FakeNvml.box(folder, "desktop"))
                        .gpus()
                        .getFirst()
                        .processes()
                        .value()
                        .getFirst();
        assertThat(process.smPercent()).isEqualTo(Reading.known(37.0));
        assertThat(process.memoryPercent()).isEqualTo(Reading.known(21.0));
    }

    @Test
    void sample_impossibleShareOfAProcess_isUnknownAndNotZero() throws Exception {
        FakeNvml fake =
                FakeNvml.text(
                        folder,
                        """
                        gpu
                        util 50
                        total 8192
                        process c 7 100
                        process c 8 100
                        process c 9 100
                        activity 7 4294967295 0 0 0
                        activity 8 40 101 0 0
                        activity 9 12 3 0 0
                        """);
        List<GpuProcess> processes = report(fake).gpus().getFirst().processes().value();
        assertThat(processes)
                .extracting(p -> p.smPercent().isKnown())
                .containsExactly(false, false, true);
        assertThat(processes.getFirst().smPercent().reason()).contains("impossible");
    }

    @Test
    void sample_processWithMoreMemoryThanAnyGpu_isNotBelievedWhereTheTotalIsUnknown()
            throws Exception {
        FakeNvml fake =
                FakeNvml.text(folder, "gpu\nutil 50\nprocess c 7 99999999\nprocess c 8 100000\n");
        List<GpuProcess> processes = report(fake).gpus().getFirst().processes().value();
        assertThat(processes.getFirst().memory().isKnown()).isFalse();
        assertThat(processes.getLast().memory().value()).isEqualTo(Bytes.mib(100_000));
    }

    @Test
    void sample_hostileBox_hasNoControlCharacterAndNoImpossibleFigure() throws Exception {
        GpuReport report = report(FakeNvml.box(folder, "hostile"));
        assertThat(report.driver().value()).doesNotContain("\u001b", "\u0007");
        assertThat(report.gpus()).hasSize(2);
        for (GpuSample gpu : report.gpus()) {
            assertThat(gpu.device().name().value() + gpu.device().uuid().value())
                    .doesNotContain("\u001b");
            assertThat(gpu.trouble()).isEmpty();
            for (GpuMetric metric :
                    List.of(GpuMetric.MEMORY_USED, GpuMetric.POWER, GpuMetric.CLOCK)) {
                assertThat(gpu.value(metric).isKnown()).as(metric.name()).isFalse();
            }
        }
        GpuSample first = report.gpus().getFirst();
        assertThat(first.value(GpuMetric.UTILISATION).isKnown()).isFalse();
        assertThat(first.value(GpuMetric.TEMPERATURE).isKnown()).isFalse();
        assertThat(first.processes().value())
                .singleElement()
                .satisfies(p -> {
                    assertThat(p.memory().isKnown()).isFalse();
                    assertThat(p.smPercent().isKnown()).isFalse();
                });
        assertThat(report.gpus().getLast().processes().value()).hasSize(200);
    }

    @Test
    void sample_staleShareOfAProcess_isUnknownAndNotZero() throws Exception {
        FakeNvml fake =
                FakeNvml.text(
                        folder,
                        "stamp 1700000000000000\n"
                                + "gpu\ntotal 100\nused 1\nprocess c 10 5\nactivity 10 80 3 0 0\n");
        try (NvmlSource source = fake.source()) {
            GpuProcess first = source.sample().gpus().getFirst().processes().value().getFirst();
            GpuProcess again = source.sample().gpus().getFirst().processes().value().getFirst();
            assertThat(first.smPercent()).isEqualTo(Reading.known(80.0));
            assertThat(again.smPercent().isKnown()).isFalse();
        }
    }

    @Test
    void sample_thor_leavesOutWhatTheDriverDoesNotTell() throws Exception {
        GpuSample thor = report(FakeNvml.box(folder, "thor")).gpus().getFirst();
        assertThat(thor.device().unifiedMemory()).isTrue();
        assertThat(figure(thor, GpuMetric.UTILISATION)).isEqualTo(87);
        for (GpuMetric metric :
                List.of(
                        GpuMetric.MEMORY_TOTAL,
                        GpuMetric.MEMORY_USED,
                        GpuMetric.TEMPERATURE,
                        GpuMetric.POWER,
                        GpuMetric.POWER_LIMIT,
                        GpuMetric.CLOCK,
                        GpuMetric.FAN,
                        GpuMetric.PCIE_GENERATION)) {
            assertThat(thor.value(metric))
                    .as(metric.name())
                    .isInstanceOf(Reading.Unsupported.class);
        }
        assertThat(thor.processes().value())
                .singleElement()
                .extracting(GpuProcess::memory)
                .isEqualTo(Reading.known(Bytes.mib(41200)));
        assertThat(thor.trouble()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(GpuMetric.class)
    void sample_orinsZeros_areNeverShown(GpuMetric metric) throws Exception {
        GpuSample orin = report(FakeNvml.box(folder, "orin")).gpus().getFirst();
        assertThat(orin.value(metric)).isInstanceOf(Reading.Unsupported.class);
    }

    @Test
    void sample_orinsProcesses_areNotBelieved() throws Exception {
        GpuSample orin = report(FakeNvml.box(folder, "orin")).gpus().getFirst();
        assertThat(orin.processes()).isInstanceOf(Reading.Unsupported.class);
        assertThat(orin.device().unifiedMemory()).isTrue();
    }

    @Test
    void sample_impossibleProcesses_areDropped() throws Exception {
        FakeNvml fake =
                FakeNvml.text(
                        folder,
                        "gpu\ntotal 1000\nused 1\ntemperature 50\npower 9\nsm 500\n"
                                + "process c 3735928559 5\nprocess c 0 5\nprocess c 33 99999\n"
                                + "process c 34 na\nprocess c 35 7\n");
        List<GpuProcess> processes = report(fake).gpus().getFirst().processes().value();
        assertThat(processes).extracting(GpuProcess::pid).containsExactly(33L, 34L, 35L);
        assertThat(processes.get(0).memory()).isInstanceOf(Reading.Failed.class);
        assertThat(processes.get(1).memory()).isInstanceOf(Reading.Unsupported.class);
        assertThat(processes.get(2).memory()).isEqualTo(Reading.known(Bytes.mib(7)));
    }

    @Test
    void sample_moreProcessesThanRoom_asksAgainAndHasAll() throws Exception {
        StringBuilder text = new StringBuilder("gpu\ntotal 1000\nused 1\n");
        for (int pid = 1; pid <= 250; pid++) {
            text.append("process c ").append(pid).append(" 1\n");
        }
        assertThat(
                        report(FakeNvml.text(folder, text.toString()))
                                .gpus()
                                .getFirst()
                                .processes()
                                .value())
                .hasSize(250);
    }

    @Test
    void sample_eightSplitGpus_hasEccLinksReasonsAndInstances() throws Exception {
        List<GpuSample> gpus = report(FakeNvml.box(folder, "h100x8")).gpus();
        assertThat(gpus).hasSize(8);
        GpuSample hot = gpus.get(2);
        assertThat(hot.throttleReasons().value())
                .containsExactlyInAnyOrder(
                        ThrottleReason.HARDWARE_SLOWDOWN, ThrottleReason.SOFTWARE_THERMAL);
        assertThat(hot.isSlowed()).isTrue();
        assertThat(figure(gpus.get(4), GpuMetric.ROW_REMAP_PENDING)).isEqualTo(1);
        assertThat(figure(gpus.get(4), GpuMetric.ECC_UNCORRECTED_EVER)).isEqualTo(1);
        assertThat(figure(gpus.get(5), GpuMetric.NVLINK_ACTIVE)).isEqualTo(17);
        assertThat(figure(gpus.get(5), GpuMetric.NVLINK_TOTAL)).isEqualTo(18);
        assertThat(figure(gpus.getFirst(), GpuMetric.MEMORY_TEMPERATURE)).isEqualTo(75);

        GpuSample split = gpus.get(7);
        assertThat(split.value(GpuMetric.UTILISATION).reason()).contains("MIG");
        assertThat(split.instances())
                .extracting(MigInstance::name)
                .containsExactly(Reading.known("3g.40gb"), Reading.known("1g.10gb"));
        MigInstance large = split.instances().getFirst();
        assertThat(large.memoryTotal()).isEqualTo(Reading.known(Bytes.mib(40192)));
        assertThat(large.memoryUsed()).isEqualTo(Reading.known(Bytes.mib(21500)));
        assertThat(large.slices()).isEqualTo(Reading.known(3));
        assertThat(split.processes().value())
                .extracting(GpuProcess::gpuInstance)
                .containsExactly(OptionalInt.of(2), OptionalInt.of(9));
        assertThat(gpus.getFirst().instances()).isEmpty();
    }

    @Test
    void sample_splitGpuWhoseWholeListIsForRoot_asksItsParts() throws Exception {
        // The fake's parts answer by the same rules, so the whole is told apart by its empty list.
        FakeNvml fake =
                FakeNvml.text(
                        folder,
                        "gpu\ntotal 81559\nused 9\nmig 1\nmigmax 7\n"
                                + "return nvmlDeviceGetComputeRunningProcesses_v3 4\n"
                                + "return nvmlDeviceGetGraphicsRunningProcesses_v3 4\n"
                                + "return nvmlDeviceGetMPSComputeRunningProcesses_v3 4\n"
                                + "instance 0 2 0 3 40192 5 MIG-1 3g.40gb\n");
        GpuSample gpu = report(fake).gpus().getFirst();
        assertThat(gpu.processes()).isEqualTo(Reading.unsupported("only root is told"));
        assertThat(gpu.instances()).hasSize(1);
    }

    @Test
    void sample_gpuIsLostInMidRun_staysAsLostAndTheOtherGoesOn() throws Exception {
        FakeNvml fake = FakeNvml.box(folder, "lost");
        fake.time(0);
        try (NvmlSource source = fake.source()) {
            assertThat(source.sample().gpus().get(1).trouble()).isEmpty();
            fake.time(5);
            GpuReport report = source.sample();
            assertThat(report.gpus()).hasSize(2);
            GpuSample lost = report.gpus().get(1);
            assertThat(lost.trouble().orElseThrow().kind()).isEqualTo(Kind.LOST);
            assertThat(lost.device().name()).isEqualTo(Reading.known("NVIDIA GeForce RTX 3090"));
            assertThat(lost.value(GpuMetric.UTILISATION)).isInstanceOf(Reading.Failed.class);
            assertThat(report.gpus().getFirst().trouble()).isEmpty();
            assertThat(figure(report.gpus().getFirst(), GpuMetric.UTILISATION)).isEqualTo(95);
            assertThat(report.trouble()).isEmpty();
        }
    }

    @Test
    void sample_gpuIsLostFromTheStart_isListedAsLost() throws Exception {
        FakeNvml fake =
                FakeNvml.text(
                        folder,
                        "gpu\nutil 5\ntotal 10\nused 1\n"
                                + "gpu\nreturn nvmlDeviceGetHandleByIndex_v2 15\n");
        List<GpuSample> gpus = report(fake).gpus();
        assertThat(gpus).hasSize(2);
        assertThat(gpus.getFirst().trouble()).isEmpty();
        assertThat(gpus.get(1).trouble().orElseThrow().kind()).isEqualTo(Kind.LOST);
    }

    @Test
    void sample_resetIsRequired_saysWhatToDo() throws Exception {
        GpuSample gpu =
                report(
                                FakeNvml.text(
                                        folder,
                                        "gpu\n"
                                                + "total 10\n"
                                                + "return * 16\n"
                                                + "return nvmlDeviceGetHandleByIndex_v2 0\n"))
                        .gpus()
                        .getFirst();
        assertThat(gpu.trouble().orElseThrow().kind()).isEqualTo(Kind.RESET_REQUIRED);
        assertThat(gpu.trouble().orElseThrow().next()).contains("--gpu-reset");
    }

    @Test
    void sample_driverAndLibraryDiffer_saysReboot() throws Exception {
        GpuReport report = report(FakeNvml.box(folder, "mismatch"));
        assertThat(report.gpus()).isEmpty();
        assertThat(report.trouble().orElseThrow().kind()).isEqualTo(Kind.MISMATCH);
        assertThat(report.trouble().orElseThrow().text()).contains("Reboot");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 9, 15, 17, 999, 12345})
    void sample_libraryDoesNotStart_isTroubleWithASentence(int code) throws Exception {
        GpuReport report =
                report(
                        FakeNvml.text(
                                folder,
                                "return nvmlInit_v2 " + code + "\nreturn nvmlInit " + code + "\n"));
        assertThat(report.gpus()).isEmpty();
        assertThat(report.trouble().orElseThrow().isFault()).isTrue();
        assertThat(report.trouble().orElseThrow().sentence()).endsWith(".");
    }

    @Test
    void sample_containerLosesItsDevices_startsAnewAndShowsThemAgain() throws Exception {
        String box = "gpu\nutil 5\ntotal 10\nused 1\ntemperature 40\n";
        FakeNvml fake = FakeNvml.text(folder, box + "return * 999 3 6\n");
        fake.time(0);
        try (NvmlSource source = fake.source()) {
            assertThat(source.sample().trouble()).isEmpty();
            fake.time(4);
            GpuReport without = source.sample();
            assertThat(without.gpus()).hasSize(1);
            assertThat(without.gpus().getFirst().trouble()).isPresent();
            assertThat(without.trouble().orElseThrow().sentence()).contains("container");
            assertThat(fake.calls("nvmlInit_v2")).isEqualTo(2);
        }
    }

    @Test
    void sample_oneFunctionAnswersNonsense_doesNotCondemnTheGpu() throws Exception {
        FakeNvml fake =
                FakeNvml.text(
                        folder,
                        "gpu\nutil 5\ntotal 10\nused 1\ntemperature 40\n"
                                + "return nvmlDeviceGetPowerUsage 999\n");
        GpuSample gpu = report(fake).gpus().getFirst();
        assertThat(gpu.trouble()).isEmpty();
        assertThat(gpu.value(GpuMetric.POWER)).isInstanceOf(Reading.Failed.class);
        assertThat(figure(gpu, GpuMetric.TEMPERATURE)).isEqualTo(40);
    }

    @Test
    void sample_oldDriver_givesTheSameFigures() throws Exception {
        GpuReport now = report(FakeNvml.box(folder, "desktop"));
        GpuReport old = report(FakeNvml.box(folder, "desktop", NEWER_SYMBOLS));
        assertThat(old.trouble()).isEmpty();
        assertThat(old.cuda()).isEqualTo(now.cuda());
        for (int i = 0; i < now.gpus().size(); i++) {
            GpuSample a = now.gpus().get(i);
            GpuSample b = old.gpus().get(i);
            assertThat(b.throttleReasons()).isEqualTo(a.throttleReasons());
            assertThat(b.processes().value())
                    .extracting(GpuProcess::pid)
                    .isEqualTo(a.processes().value().stream().map(GpuProcess::pid).toList());
            for (GpuMetric metric : GpuMetric.values()) {
                if (metric == GpuMetric.MEMORY_RESERVED || metric == GpuMetric.MEMORY_USED) {
                    continue;
                }
                assertThat(b.value(metric)).as(metric.name()).isEqualTo(a.value(metric));
            }
            assertThat(b.value(GpuMetric.MEMORY_RESERVED)).isInstanceOf(Reading.Unsupported.class);
        }
        assertThat(old.gpus().getFirst().device().pciBusId())
                .isEqualTo(Reading.known("0000:03:00.0"));
        assertThat(old.gpus().getFirst().bytes(GpuMetric.MEMORY_USED))
                .isEqualTo(Reading.known(Bytes.mib(5978 + 109)));
    }

    @ParameterizedTest
    @EnumSource(
            value = NvmlFunction.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"INIT", "COUNT", "HANDLE"})
    void sample_oneFunctionIsMissing_costsItsFiguresAlone(NvmlFunction missing) throws Exception {
        FakeNvml fake = FakeNvml.box(folder, "desktop", missing.symbols().toArray(String[]::new));
        GpuReport report = report(fake);
        assertThat(report.trouble()).isEmpty();
        assertThat(report.gpus()).hasSize(2);
        GpuSample gpu = report.gpus().getFirst();
        assertThat(gpu.trouble()).isEmpty();
        long known = gpu.values().values().stream().filter(Reading::isKnown).count();
        long all =
                report(FakeNvml.box(folder, "desktop")).gpus().getFirst().values().values().stream()
                        .filter(Reading::isKnown)
                        .count();
        assertThat(known).isGreaterThanOrEqualTo(all - 5);
    }

    @Test
    void sample_driverWithWideRows_readsThemRight() throws Exception {
        String box = "rows wide\ngpu\ntotal 1000\nused 1\nprocess c 11 5\nprocess c 12 6 3 1\n";
        GpuSample gpu = report(FakeNvml.text(folder, "driver 535.54.03\n" + box)).gpus().getFirst();
        assertThat(gpu.processes().value()).extracting(GpuProcess::pid).containsExactly(11L, 12L);
        assertThat(gpu.processes().value().get(1).memory()).isEqualTo(Reading.known(Bytes.mib(6)));
        assertThat(gpu.processes().value().get(1).gpuInstance()).isEqualTo(OptionalInt.of(3));
    }

    @Test
    void sample_driverOfThatSpanWithUsualRows_readsThemRight() throws Exception {
        String box = "driver 535.54.03\ngpu\ntotal 1000\nused 1\nprocess c 11 5\nprocess c 12 6\n";
        GpuSample gpu = report(FakeNvml.text(folder, box)).gpus().getFirst();
        assertThat(gpu.processes().value()).extracting(GpuProcess::pid).containsExactly(11L, 12L);
    }

    @Test
    void sample_again_startsTheLibraryOnceAndAsksForFactsOnce() throws Exception {
        FakeNvml fake = FakeNvml.box(folder, "desktop");
        try (NvmlSource source = fake.source()) {
            for (int i = 0; i < 5; i++) {
                source.sample();
            }
        }
        assertThat(fake.calls("nvmlInit_v2")).isEqualTo(1);
        assertThat(fake.calls("nvmlShutdown")).isEqualTo(1);
        assertThat(fake.calls("nvmlDeviceGetName")).isEqualTo(2);
        assertThat(fake.calls("nvmlDeviceGetPcieThroughput")).isZero();
    }

    @Test
    void sample_callHangs_leavesTheCallerFreeAndRecovers() throws Exception {
        FakeNvml fake =
                FakeNvml.text(
                        folder,
                        "gpu\nutil 5\ntotal 10\nused 1\ntemperature 40\n"
                                + "hang nvmlDeviceGetUtilizationRates 700 1 2\n");
        fake.time(0);
        try (GpuCollector collector = new GpuCollector(List.of(fake.source()), Clock.system())) {
            Duration patience = Duration.ofMillis(150);
            assertThat(collector.collect(Duration.ofSeconds(60)).troubles()).isEmpty();
            fake.time(1);
            GpuPicture during = collector.collect(patience);
            assertThat(during.troubles())
                    .singleElement()
                    .extracting("kind")
                    .isEqualTo(Kind.NO_ANSWER);
            assertThat(during.gpus()).hasSize(1);
            assertThat(figure(during.gpus().getFirst(), GpuMetric.TEMPERATURE)).isEqualTo(40);
            fake.time(3);
            GpuPicture after = collector.collect(Duration.ofSeconds(60));
            while (!after.troubles().isEmpty()) {
                after = collector.collect(Duration.ofSeconds(60));
            }
            assertThat(figure(after.gpus().getFirst(), GpuMetric.UTILISATION)).isEqualTo(5);
        }
    }

    @Test
    void sample_noLibraryAndNoDriver_isNoFault() {
        try (NvmlSource source = new NvmlSource(Map.of(), folder, Clock.system(), false)) {
            GpuReport report = source.sample();
            assertThat(report.gpus()).isEmpty();
            assertThat(report.trouble().orElseThrow().kind()).isEqualTo(Kind.ABSENT);
        }
    }

    @Test
    void sample_driverWithoutItsLibrary_saysHowAContainerGetsIt() throws Exception {
        Files.createDirectories(folder.resolve("proc/driver/nvidia"));
        Files.writeString(folder.resolve("proc/driver/nvidia/version"), "NVRM version: 1\n");
        try (NvmlSource source = new NvmlSource(Map.of(), folder, Clock.system(), false)) {
            assertThat(source.sample().trouble().orElseThrow().text()).contains("--gpus all");
        }
    }

    @Test
    void sample_namedLibraryIsNone_saysWhichSetting() throws Exception {
        Path text = Files.writeString(folder.resolve("libnvidia-ml.so.1"), "no library");
        try (NvmlSource source =
                new NvmlSource(
                        Map.of("STOKER_NVML", text.toString()), folder, Clock.system(), false)) {
            assertThat(source.sample().trouble().orElseThrow().sentence())
                    .contains("STOKER_NVML", "can not be opened");
        }
    }

    @Test
    void open_stubOfTheToolkit_isRefused() throws Exception {
        FakeNvml fake = FakeNvml.box(folder, "desktop");
        Path stubs = Files.createDirectories(folder.resolve("lib64/stubs"));
        Path stub = Files.copy(fake.path(), stubs.resolve("libnvidia-ml.so.1"));
        try (NvmlSource source =
                new NvmlSource(
                        Map.of("STOKER_NVML", stub.toString()), folder, Clock.system(), false)) {
            assertThat(source.sample().trouble().orElseThrow().isFault()).isTrue();
        }
    }

    @Test
    void candidates_underWsl_tryItsFolderFirst() {
        List<String> names = NvmlLibrary.candidates(Map.of(), Path.of("/"), "amd64");
        assertThat(names.getFirst()).isEqualTo("/usr/lib/wsl/lib/libnvidia-ml.so.1");
        assertThat(names.get(1)).isEqualTo("libnvidia-ml.so.1");
        assertThat(names).contains("/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1");
        assertThat(NvmlLibrary.candidates(Map.of("STOKER_NVML", "/a/b.so"), Path.of("/"), "amd64"))
                .containsExactly("/a/b.so");
    }
}
