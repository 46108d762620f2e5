package dev.stoker.gpu.tegra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSensor;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.GpuUnit;
import dev.stoker.gpu.StubSource;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.gpu.sysfs.SysTree;
import dev.stoker.host.ProcHost;
import dev.stoker.host.RecordedTree;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

class TegraSourceTest {
    private static final Clock CLOCK = Clock.system();
    private static final String MEMORY =
            """
            == proc/meminfo
            MemTotal: 131072000 kB
            MemFree: 1024000 kB
            MemAvailable: 65536000 kB
            Buffers: 0 kB
            Cached: 60000000 kB
            Shmem: 0 kB
            SwapTotal: 0 kB
            SwapFree: 0 kB
            """;
    private static final String ORIN =
            MEMORY
                    + """
                    == proc/device-tree/model
                    NVIDIA Jetson AGX Orin Developer Kit\\0
                    == proc/device-tree/compatible
                    nvidia,p3737-0000+p3701-0005\\0nvidia,p3701-0005\\0nvidia,tegra234\\0
                    == etc/nv_tegra_release
                    \s# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64
                    == etc/nvpmodel.conf
                    < POWER_MODEL ID=0 NAME=MAXN >
                    < POWER_MODEL ID=2 NAME=MODE_30W >
                    CPU_ONLINE CORE_0 1
                    == var/lib/nvpmodel/status
                    pmode:0002
                    == sys/class/devfreq/15340000.vic/device/of_node/name
                    vic\\0
                    == sys/class/devfreq/17000000.gpu/device/of_node/name
                    gpu\\0
                    == sys/class/devfreq/17000000.gpu/device/load
                    873
                    == sys/class/devfreq/17000000.gpu/device/railgate_enable
                    1
                    == sys/class/devfreq/17000000.gpu/cur_freq
                    612000000
                    == sys/class/devfreq/17000000.gpu/min_freq
                    306000000
                    == sys/class/devfreq/17000000.gpu/max_freq
                    612000000
                    == sys/class/devfreq/17000000.gpu/available_frequencies
                    306000000 612000000 1300500000
                    == sys/class/devfreq/17000000.gpu/governor
                    nvhost_podgov
                    == sys/kernel/debug/bpmp/debug/clk/emc/rate
                    3199000000
                    == sys/kernel/debug/bpmp/debug/clk/emc/max_rate
                    3199000000
                    == sys/kernel/debug/cactmon/mc_all
                    79975000
                    == sys/kernel/debug/nvmap/iovmm/maps
                    CLIENT                        PROCESS      PID        SIZE
                    user                      ollama_llama    3046     8116K
                    user                   gnome-shell     901       16K
                    total                                            8132K
                    == sys/class/hwmon/hwmon1/name
                    ina3221
                    == sys/class/hwmon/hwmon1/in1_label
                    VDD_GPU_SOC
                    == sys/class/hwmon/hwmon1/in1_input
                    20000
                    == sys/class/hwmon/hwmon1/curr1_input
                    1000
                    == sys/class/hwmon/hwmon1/in2_label
                    VDD_CPU_CV
                    == sys/class/hwmon/hwmon1/in2_input
                    20000
                    == sys/class/hwmon/hwmon1/curr2_input
                    -8
                    == sys/class/hwmon/hwmon1/in3_label
                    VIN_SYS_5V0
                    == sys/class/hwmon/hwmon1/in3_input
                    5000
                    == sys/class/hwmon/hwmon1/curr3_input
                    2400
                    == sys/class/hwmon/hwmon1/in7_label
                    sum of shunt voltages
                    == sys/class/hwmon/hwmon1/in7_input
                    99
                    == sys/class/hwmon/hwmon1/curr7_input
                    99
                    == sys/class/hwmon/hwmon2/name
                    ina3221
                    == sys/class/hwmon/hwmon2/in1_label
                    NC
                    == sys/class/hwmon/hwmon2/in1_input
                    4000
                    == sys/class/hwmon/hwmon2/curr1_input
                    4000
                    == sys/class/hwmon/hwmon4/name
                    pwmfan
                    == sys/class/hwmon/hwmon4/pwm1
                    51
                    == sys/class/hwmon/hwmon0/name
                    pwm_tach
                    == sys/class/hwmon/hwmon0/rpm
                    1437
                    == sys/devices/virtual/thermal/thermal_zone0/type
                    cpu-thermal
                    == sys/devices/virtual/thermal/thermal_zone0/temp
                    52968
                    == sys/devices/virtual/thermal/thermal_zone1/type
                    gpu-thermal
                    == sys/devices/virtual/thermal/thermal_zone1/temp
                    47625
                    == sys/devices/virtual/thermal/thermal_zone1/trip_point_0_type
                    critical
                    == sys/devices/virtual/thermal/thermal_zone1/trip_point_0_temp
                    104500
                    == sys/devices/virtual/thermal/thermal_zone1/trip_point_2_type
                    passive
                    == sys/devices/virtual/thermal/thermal_zone1/trip_point_2_temp
                    99000
                    == sys/devices/virtual/thermal/thermal_zone2/type
                    cv0-thermal
                    == sys/devices/virtual/thermal/thermal_zone2/temp
                    -256000
                    == sys/devices/virtual/thermal/thermal_zone10/type
                    tj-thermal
                    == sys/devices/virtual/thermal/thermal_zone10/temp
                    52968
                    == sys/class/thermal/cooling_device3/type
                    gpu-throttle-alert
                    == sys/class/thermal/cooling_device3/cur_state
                    0
                    """;
    private static final String THOR =
            MEMORY
                    + """
                    == proc/device-tree/model
                    NVIDIA Jetson AGX Thor Developer Kit\\0
                    == proc/device-tree/compatible
                    nvidia,p3971-0000+p3834-0008\\0nvidia,tegra264\\0
                    == etc/nv_tegra_release
                    \s# R38 (release), REVISION: 2.0, GCID: 41844464, BOARD: generic
                    == sys/class/devfreq/gpu-gpc-0/cur_freq
                    1574000000
                    == sys/class/devfreq/gpu-gpc-0/min_freq
                    1575000000
                    == sys/class/devfreq/gpu-gpc-0/max_freq
                    1575000000
                    == sys/class/devfreq/gpu-nvd-0/cur_freq
                    1
                    == sys/class/devfreq/bwmgr/cur_freq
                    4266000000
                    == sys/class/devfreq/bwmgr/max_freq
                    4266000000
                    == sys/class/hwmon/hwmon3/name
                    ina3221
                    == sys/class/hwmon/hwmon3/in1_label
                    VDD_GPU
                    == sys/class/hwmon/hwmon3/in1_input
                    20000
                    == sys/class/hwmon/hwmon3/curr1_input
                    1897
                    == sys/class/hwmon/hwmon5/name
                    ina238
                    == sys/class/hwmon/hwmon5/power1_input
                    124486000
                    == sys/devices/virtual/thermal/thermal_zone0/type
                    gpu-thermal
                    == sys/devices/virtual/thermal/thermal_zone0/temp
                    56937
                    == sys/devices/virtual/thermal/thermal_zone1/type
                    tj-thermal
                    == sys/devices/virtual/thermal/thermal_zone1/temp
                    66625
                    """;

    @TempDir Path folder;
    private Optional<GpuSource> open = Optional.empty();

    @AfterEach
    void close() {
        open.ifPresent(GpuSource::close);
    }

    private TegraSource source(RecordedTree tree, SysTree sys, GpuSource nvml) {
        ProcHost host = new ProcHost(tree.proc(), tree.sys());
        TegraSource source = TegraSource.detect(sys, () -> nvml, host::memory, CLOCK).orElseThrow();
        open = Optional.of(source);
        return source;
    }

    private TegraSource source(RecordedTree tree, GpuSource nvml) {
        return source(tree, new SysTree(folder), nvml);
    }

    /** What NVML tells on Orin with JetPack 6: success, zeros, and processes that do not exist. */
    private static StubSource liar() {
        return new StubSource(
                CLOCK,
                StubSource.nvidia("Orin (nvgpu)", "00000000:00:00.0", true),
                b -> {
                    for (GpuMetric metric : GpuMetric.values()) {
                        b.put(metric, 0.0);
                    }
                    return b.processes(
                            Reading.known(
                                    List.of(
                                            GpuProcess.of(
                                                    424242,
                                                    GpuProcess.Kind.COMPUTE,
                                                    Reading.known(Bytes.gib(9)),
                                                    ""))));
                });
    }

    private static StubSource thorNvml() {
        return new StubSource(
                CLOCK,
                StubSource.nvidia("NVIDIA Thor", "00000000:01:00.0", true),
                b ->
                        b.put(GpuMetric.UTILISATION, 87)
                                .put(GpuMetric.TEMPERATURE, Reading.unsupported("N/A"))
                                .put(GpuMetric.POWER, Reading.unsupported("N/A"))
                                .put(GpuMetric.CLOCK, 999e6)
                                .put(GpuMetric.MEMORY_TOTAL, Reading.unsupported("N/A"))
                                .processes(
                                        Reading.known(
                                                List.of(
                                                        GpuProcess.of(
                                                                2201,
                                                                GpuProcess.Kind.COMPUTE,
                                                                Reading.known(Bytes.gib(40)),
                                                                "")))));
    }

    private static GpuSample only(GpuReport report) {
        assertThat(report.gpus()).hasSize(1);
        return report.gpus().getFirst();
    }

    private static double value(GpuSample gpu, GpuMetric metric) {
        return gpu.value(metric).value();
    }

    private static GpuSensor sensor(GpuSample gpu, String name, GpuUnit unit) {
        return gpu.sensors().stream()
                .filter(s -> s.name().equals(name) && s.unit() == unit)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void sample_orinWithALyingNvml_filesAlone() {
        GpuSample gpu = only(source(RecordedTree.parse(ORIN, folder), liar()).sample());

        assertThat(gpu.device().name().value()).isEqualTo("NVIDIA Jetson AGX Orin Developer Kit");
        assertThat(gpu.device().unifiedMemory()).isTrue();
        assertThat(value(gpu, GpuMetric.UTILISATION)).isEqualTo(87.3, within(1e-9));
        assertThat(value(gpu, GpuMetric.CLOCK)).isEqualTo(612e6);
        assertThat(value(gpu, GpuMetric.CLOCK_MAX)).isEqualTo(1300.5e6);
        assertThat(value(gpu, GpuMetric.TEMPERATURE)).isEqualTo(47.625, within(1e-9));
        assertThat(value(gpu, GpuMetric.SLOWDOWN_TEMPERATURE)).isEqualTo(99);
        assertThat(value(gpu, GpuMetric.SHUTDOWN_TEMPERATURE)).isEqualTo(104.5);
        assertThat(value(gpu, GpuMetric.POWER)).isEqualTo(20, within(1e-9));
        assertThat(value(gpu, GpuMetric.BOARD_POWER)).isEqualTo(32, within(1e-9));
        assertThat(value(gpu, GpuMetric.FAN)).isEqualTo(20, within(1e-9));
        assertThat(value(gpu, GpuMetric.FAN_SPEED)).isEqualTo(1437);
        assertThat(value(gpu, GpuMetric.MEMORY_CLOCK)).isEqualTo(3199e6);
        assertThat(value(gpu, GpuMetric.MEMORY_UTILISATION)).isEqualTo(25, within(1e-9));
        assertThat(gpu.value(GpuMetric.PERFORMANCE_STATE).isKnown()).isFalse();
        assertThat(gpu.value(GpuMetric.ENERGY).isKnown()).isFalse();
    }

    @Test
    void sample_orin_memoryOfTheHostToldApart() {
        GpuSample gpu = only(source(RecordedTree.parse(ORIN, folder), liar()).sample());

        assertThat(gpu.bytes(GpuMetric.MEMORY_TOTAL).value())
                .isEqualTo(Bytes.of(131_072_000L * 1024));
        assertThat(gpu.bytes(GpuMetric.MEMORY_USED).value())
                .isEqualTo(Bytes.of(65_536_000L * 1024));
        assertThat(gpu.bytes(GpuMetric.MEMORY_FREE).value()).isEqualTo(Bytes.of(1_024_000L * 1024));
        assertThat(gpu.bytes(GpuMetric.MEMORY_AVAILABLE).value())
                .isEqualTo(Bytes.of(65_536_000L * 1024));
        assertThat(gpu.bytes(GpuMetric.MEMORY_PAGE_CACHE).value())
                .isEqualTo(Bytes.of(60_000_000L * 1024));
    }

    @Test
    void sample_orinAsRoot_nvmapsProcessesNotNvmls() {
        GpuSample gpu = only(source(RecordedTree.parse(ORIN, folder), liar()).sample());

        assertThat(gpu.processes().value())
                .extracting(GpuProcess::pid, p -> p.memory().value().count())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(3046L, 8116L * 1024),
                        org.assertj.core.groups.Tuple.tuple(901L, 16L * 1024));
    }

    @Test
    void sample_orinNotRoot_saysThatItNeedsRoot() {
        RecordedTree tree = RecordedTree.parse(ORIN, folder);
        SysTree sys =
                new SysTree(
                        folder,
                        file -> {
                            if (file.toString().contains("/debug/")) {
                                throw new AccessDeniedException(file.toString());
                            }
                            return Files.readAllBytes(file);
                        });

        GpuSample gpu = only(source(tree, sys, liar()).sample());

        assertThat(gpu.processes().reason()).contains("needs root");
        assertThat(gpu.value(GpuMetric.MEMORY_CLOCK).reason()).contains("needs root");
        assertThat(gpu.value(GpuMetric.MEMORY_UTILISATION).reason()).contains("needs root");
        assertThat(value(gpu, GpuMetric.UTILISATION)).isEqualTo(87.3, within(1e-9));
    }

    @Test
    void sample_orin_railsWithoutTheUnconnectedAndTheSumOfShunts() {
        GpuSample gpu = only(source(RecordedTree.parse(ORIN, folder), liar()).sample());

        assertThat(gpu.sensors())
                .filteredOn(s -> s.unit() == GpuUnit.WATTS)
                .extracting(GpuSensor::name)
                .containsExactly("VDD_GPU_SOC", "VDD_CPU_CV", "VIN_SYS_5V0");
        assertThat(sensor(gpu, "VDD_CPU_CV", GpuUnit.WATTS).value()).isEqualTo(Reading.known(0.0));
        assertThat(gpu.facts().get("power_rail")).isEqualTo(Reading.known("VDD_GPU_SOC"));
    }

    @Test
    void sample_orin_facts() {
        GpuSample gpu = only(source(RecordedTree.parse(ORIN, folder), liar()).sample());

        assertThat(gpu.facts())
                .containsEntry("l4t_release", Reading.known("R36.4.3"))
                .containsEntry("power_mode", Reading.known("MODE_30W (mode 2)"))
                .containsEntry("governor", Reading.known("nvhost_podgov"))
                .containsEntry("clocks", Reading.known("free, 306 to 612 MHz"))
                .containsEntry("power_gating", Reading.known("on"));
    }

    @Test
    void throttleReasons_modeLowersTheClock_chosenUntilHeatComes() {
        RecordedTree tree = RecordedTree.parse(ORIN, folder);
        TegraSource source = source(tree, liar());
        assertThat(only(source.sample()).throttleReasons().value())
                .containsExactly(ThrottleReason.APPLICATION_CLOCKS);
        tree.write("sys/class/thermal/cooling_device3/cur_state", "1");

        GpuSample hot = only(source.sample());

        assertThat(hot.throttleReasons().value()).contains(ThrottleReason.SOFTWARE_THERMAL);
        assertThat(hot.isSlowed()).isTrue();
    }

    @Test
    void throttleReasons_overcurrentCounterRises_slowedOnce() {
        RecordedTree tree = RecordedTree.parse(ORIN, folder);
        tree.write("sys/class/hwmon/hwmon7/name", "soctherm_oc");
        tree.write("sys/class/hwmon/hwmon7/oc1_event_cnt", "3");
        TegraSource source = source(tree, liar());
        assertThat(only(source.sample()).isSlowed()).isFalse();
        tree.write("sys/class/hwmon/hwmon7/oc1_event_cnt", "5");

        assertThat(only(source.sample()).throttleReasons().value())
                .contains(ThrottleReason.HARDWARE_SLOWDOWN);
        assertThat(only(source.sample()).isSlowed()).isFalse();
    }

    @Test
    void sample_thor_filesWithNvmlWhereTheyTellNothing() {
        GpuSample gpu = only(source(RecordedTree.parse(THOR, folder), thorNvml()).sample());

        assertThat(gpu.device().name().value()).isEqualTo("NVIDIA Thor");
        assertThat(gpu.device().uuid().isKnown()).isTrue();
        assertThat(value(gpu, GpuMetric.UTILISATION)).isEqualTo(87);
        assertThat(value(gpu, GpuMetric.CLOCK)).isEqualTo(1574e6);
        assertThat(value(gpu, GpuMetric.MEMORY_CLOCK)).isEqualTo(4266e6);
        assertThat(value(gpu, GpuMetric.TEMPERATURE)).isEqualTo(56.937, within(1e-9));
        assertThat(value(gpu, GpuMetric.HOTSPOT_TEMPERATURE)).isEqualTo(66.625, within(1e-9));
        assertThat(value(gpu, GpuMetric.POWER)).isEqualTo(37.94, within(1e-9));
        assertThat(value(gpu, GpuMetric.BOARD_POWER)).isEqualTo(124.486, within(1e-9));
        assertThat(gpu.bytes(GpuMetric.MEMORY_TOTAL).isKnown()).isTrue();
        assertThat(gpu.processes().value()).extracting(GpuProcess::pid).containsExactly(2201L);
        assertThat(gpu.facts())
                .containsEntry("l4t_release", Reading.known("R38.2.0"))
                .containsEntry("clocks", Reading.known("locked at 1575 MHz"));
    }

    @Test
    void sample_thorWhileNvmlHangs_filesGoOnAndOldFiguresAreNotTaken() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        StubSource nvml = thorNvml();
        TegraSource source = source(RecordedTree.parse(THOR, folder), nvml);
        assertThat(value(only(source.sample()), GpuMetric.UTILISATION)).isEqualTo(87);
        nvml.figures(b -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return b;
        });

        GpuReport report = source.sample();
        release.countDown();

        assertThat(report.trouble().orElseThrow().sentence()).contains("has not answered");
        GpuSample gpu = only(report);
        assertThat(gpu.device().name().value()).isEqualTo("NVIDIA Thor");
        assertThat(value(gpu, GpuMetric.TEMPERATURE)).isEqualTo(56.937, within(1e-9));
        assertThat(gpu.value(GpuMetric.UTILISATION).isKnown()).isFalse();
    }

    @Test
    void sample_gatedZone_offAndNotAskedAgainAtOnce() {
        RecordedTree tree = RecordedTree.parse(THOR, folder);
        AtomicInteger asked = new AtomicInteger();
        SysTree sys =
                new SysTree(
                        folder,
                        file -> {
                            if (file.endsWith("thermal_zone0/temp")) {
                                asked.incrementAndGet();
                                throw new IOException("Resource temporarily unavailable");
                            }
                            return Files.readAllBytes(file);
                        });
        TegraSource source = source(tree, sys, thorNvml());

        for (int i = 0; i < 5; i++) {
            GpuSample gpu = only(source.sample());
            assertThat(gpu.value(GpuMetric.TEMPERATURE)).isInstanceOf(Reading.Unsupported.class);
            assertThat(gpu.value(GpuMetric.TEMPERATURE).reason()).startsWith("off");
        }

        assertThat(asked).hasValue(1);
    }

    @Test
    void zones_offForAWhile_askedAgainThen() {
        RecordedTree tree = RecordedTree.parse(ORIN, folder);
        Zones zones = new Zones(new SysTree(folder));
        assertThat(Zones.named(zones.read(0), "cv0").orElseThrow().celsius().reason())
                .startsWith("off");
        tree.write("sys/devices/virtual/thermal/thermal_zone2/temp", "41000");
        assertThat(Zones.named(zones.read(1_000_000_000L), "cv0").orElseThrow().celsius().isKnown())
                .isFalse();

        assertThat(Zones.named(zones.read(11_000_000_000L), "cv0").orElseThrow().celsius())
                .isEqualTo(Reading.known(41.0));
    }

    @Test
    void sample_gpuAppearsAfterTheStart_isFound() {
        RecordedTree tree =
                RecordedTree.parse(ORIN.replace("17000000.gpu/device/of_node/name", "x/y"), folder);
        TegraSource source = source(tree, liar());
        assertThat(only(source.sample()).value(GpuMetric.UTILISATION).reason())
                .contains("not brought up the GPU yet");
        tree.write("sys/class/devfreq/17000000.gpu/device/of_node/name", "ga10b");

        assertThat(value(only(source.sample()), GpuMetric.UTILISATION))
                .isEqualTo(87.3, within(1e-9));
    }

    @Test
    void sample_filesVanishAfterTheList_reasonsInsteadOfExceptions() {
        RecordedTree tree = RecordedTree.parse(ORIN, folder);
        SysTree sys =
                new SysTree(
                        folder,
                        file -> {
                            if (file.toString().contains("hwmon")
                                    || file.toString().contains("thermal")) {
                                throw new NoSuchFileException(file.toString());
                            }
                            return Files.readAllBytes(file);
                        });

        GpuSample gpu = only(source(tree, sys, liar()).sample());

        assertThat(gpu.value(GpuMetric.BOARD_POWER).isKnown()).isFalse();
        assertThat(gpu.value(GpuMetric.TEMPERATURE).isKnown()).isFalse();
        assertThat(gpu.value(GpuMetric.FAN).isKnown()).isFalse();
    }

    @Test
    void detect_machineThatIsNoJetson_nothing() {
        assertThat(TegraChip.detect(new SysTree(folder))).isEmpty();
    }

    @Test
    void board_moduleWithAWholeRail_thatOneAlone() {
        List<Rails.Rail> rails =
                List.of(
                        new Rails.Rail("VDD_IN", Reading.known(9.0)),
                        new Rails.Rail("VDD_CPU_GPU_CV", Reading.known(4.0)),
                        new Rails.Rail("VDD_SOC", Reading.known(2.0)));

        assertThat(Rails.board(rails)).isEqualTo(Reading.known(9.0));
        assertThat(Rails.ofGpu(rails).orElseThrow().name()).isEqualTo("VDD_CPU_GPU_CV");
    }

    @Test
    void board_oneRailUnreadable_noSumOfTheRest() {
        assertThat(
                        Rails.board(
                                        List.of(
                                                new Rails.Rail("VDD_GPU", Reading.known(9.0)),
                                                new Rails.Rail("VDD_CPU", Reading.failed("x"))))
                                .reason())
                .contains("VDD_CPU");
    }

    @Property(tries = 150)
    void sample_anythingInEveryFile_neverThrowsNorTellsTheImpossible(
            @ForAll String text, @ForAll long number, @ForAll boolean asNumber) throws IOException {
        Path root = Files.createTempDirectory("tegra");
        try {
            RecordedTree tree = RecordedTree.parse(ORIN, root);
            try (var files = Files.walk(root)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String name = file.getFileName().toString();
                    if (!name.matches("name|type|.*_label|.*_type|compatible")) {
                        Files.writeString(file, asNumber ? Long.toString(number) : text);
                    }
                }
            }
            ProcHost host = new ProcHost(tree.proc(), tree.sys());
            try (TegraSource source =
                    TegraSource.detect(
                                    new SysTree(root), TegraSourceTest::liar, host::memory, CLOCK)
                            .orElseThrow()) {
                GpuSample gpu = only(source.sample());

                assertThat(gpu.value(GpuMetric.UTILISATION).orElse(1.0)).isBetween(0.0, 100.0);
                assertThat(gpu.value(GpuMetric.TEMPERATURE).orElse(1.0)).isBetween(-60.0, 200.0);
                assertThat(gpu.value(GpuMetric.BOARD_POWER).orElse(1.0)).isBetween(0.0, 1e6);
                assertThat(gpu.value(GpuMetric.FAN).orElse(1.0)).isBetween(0.0, 100.0);
            }
        } finally {
            try (var files = Files.walk(root)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
