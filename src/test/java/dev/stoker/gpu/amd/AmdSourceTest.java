package dev.stoker.gpu.amd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.gpu.sysfs.SysTree;
import dev.stoker.host.HandClock;
import dev.stoker.host.HostMemory;
import dev.stoker.host.RecordedTree;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

class AmdSourceTest {
    private static final String CARD = "sys/class/drm/card1/device/";
    private static final String BOARD =
            """
            == sys/class/drm/card0/device/vendor
            0x8086
            == sys/class/drm/card1-DP-1/device/vendor
            0x1002
            == sys/class/drm/card1/device/vendor
            0x1002
            == sys/class/drm/card1/device/device
            0x744c
            == sys/class/drm/card1/device/revision
            0xc8
            == sys/class/drm/card1/device/uevent
            DRIVER=amdgpu
            PCI_SLOT_NAME=0000:03:00.0
            == sys/class/drm/card1/device/power/runtime_status
            active
            == sys/class/drm/card1/device/unique_id
            f2a1b0c9d8e7f605
            == sys/class/drm/card1/device/product_name

            == usr/share/libdrm/amdgpu.ids
            1.0.0
            744C,	C8,	AMD Radeon RX 7900 XTX
            == sys/class/drm/card1/device/gpu_busy_percent
            97
            == sys/class/drm/card1/device/mem_busy_percent
            41
            == sys/class/drm/card1/device/mem_info_vram_total
            25753026560
            == sys/class/drm/card1/device/mem_info_vram_used
            20000000000
            == sys/class/drm/card1/device/mem_info_gtt_total
            33000000000
            == sys/class/drm/card1/device/mem_info_gtt_used
            1000000
            == sys/class/drm/card1/device/pp_dpm_sclk
            0: 500Mhz
            1: 2304Mhz *
            2: 2526Mhz
            == sys/class/drm/card1/device/pp_dpm_mclk
            0: 96Mhz
            1: 1249Mhz *
            == sys/class/drm/card1/device/current_link_speed
            16.0 GT/s PCIe
            == sys/class/drm/card1/device/current_link_width
            16
            == sys/class/drm/card1/device/max_link_speed
            16.0 GT/s PCIe
            == sys/class/drm/card1/device/max_link_width
            16
            == sys/class/drm/card1/device/ras/umc_err_count
            ue: 0
            ce: 7
            == sys/class/drm/card1/device/pcie_bw
            1 2 256
            == sys/class/drm/card1/device/hwmon/hwmon3/name
            amdgpu
            == sys/class/drm/card1/device/hwmon/hwmon3/power1_average
            303000000
            == sys/class/drm/card1/device/hwmon/hwmon3/power1_cap
            327000000
            == sys/class/drm/card1/device/hwmon/hwmon3/temp1_label
            edge
            == sys/class/drm/card1/device/hwmon/hwmon3/temp1_input
            64000
            == sys/class/drm/card1/device/hwmon/hwmon3/temp1_crit
            100000
            == sys/class/drm/card1/device/hwmon/hwmon3/temp2_label
            junction
            == sys/class/drm/card1/device/hwmon/hwmon3/temp2_input
            88000
            == sys/class/drm/card1/device/hwmon/hwmon3/temp2_crit
            110000
            == sys/class/drm/card1/device/hwmon/hwmon3/temp3_label
            mem
            == sys/class/drm/card1/device/hwmon/hwmon3/temp3_input
            80000
            == sys/class/drm/card1/device/hwmon/hwmon3/freq1_input
            2304000000
            == sys/class/drm/card1/device/hwmon/hwmon3/freq2_input
            1249000000
            == sys/class/drm/card1/device/hwmon/hwmon3/fan1_input
            1850
            == sys/class/drm/card1/device/hwmon/hwmon3/pwm1
            102
            -> proc/900/fd/3 /dev/null
            -> proc/900/fd/5 /dev/dri/renderD128
            -> proc/900/fd/6 /dev/dri/renderD128
            -> proc/901/fd/7 /dev/dri/renderD128
            -> proc/902/fd/1 /dev/null
            == proc/900/fdinfo/5
            pos:	0
            drm-driver:	amdgpu
            drm-client-id:	11
            drm-pdev:	0000:03:00.0
            drm-memory-vram:	1048576 KiB
            drm-memory-gtt: 	2048 KiB
            drm-engine-gfx:	0 ns
            drm-engine-compute:	1000000000 ns
            == proc/900/fdinfo/6
            drm-driver:	amdgpu
            drm-client-id:	11
            drm-pdev:	0000:03:00.0
            drm-memory-vram:	1048576 KiB
            drm-engine-compute:	1000000000 ns
            == proc/901/fdinfo/7
            drm-driver:	amdgpu
            drm-client-id:	11
            drm-pdev:	0000:03:00.0
            drm-memory-vram:	1048576 KiB
            == sys/class/kfd/kfd/topology/nodes/0/gpu_id
            0
            == sys/class/kfd/kfd/topology/nodes/1/gpu_id
            4711
            == sys/class/kfd/kfd/topology/nodes/1/properties
            simd_count 192
            location_id 768
            domain 0
            == sys/class/kfd/kfd/proc/950/vram_4711
            19000000000
            """;
    private static final HostMemory HOST =
            new HostMemory(
                    Reading.known(Bytes.gib(64)),
                    Reading.known(Bytes.gib(30)),
                    Reading.known(Bytes.gib(2)),
                    Reading.known(Bytes.gib(25)),
                    Reading.known(Bytes.ZERO),
                    Reading.known(Bytes.ZERO));

    @TempDir Path folder;
    private final HandClock clock = new HandClock();

    private GpuSource source() {
        return AmdSource.of(new SysTree(folder), () -> HOST, clock);
    }

    private static GpuSample only(GpuReport report) {
        assertThat(report.gpus()).hasSize(1);
        return report.gpus().getFirst();
    }

    private static double value(GpuSample gpu, GpuMetric metric) {
        return gpu.value(metric).value();
    }

    @Test
    void sample_board_everyFigureInItsUnit() {
        RecordedTree.parse(BOARD, folder);

        GpuSample gpu = only(source().sample());

        assertThat(gpu.device().name().value()).isEqualTo("AMD Radeon RX 7900 XTX");
        assertThat(gpu.device().pciBusId().value()).isEqualTo("0000:03:00.0");
        assertThat(gpu.device().unifiedMemory()).isFalse();
        assertThat(value(gpu, GpuMetric.UTILISATION)).isEqualTo(97);
        assertThat(value(gpu, GpuMetric.MEMORY_TOTAL)).isEqualTo(25_753_026_560.0);
        assertThat(value(gpu, GpuMetric.MEMORY_USED)).isEqualTo(20e9);
        assertThat(value(gpu, GpuMetric.TEMPERATURE)).isEqualTo(64);
        assertThat(value(gpu, GpuMetric.HOTSPOT_TEMPERATURE)).isEqualTo(88);
        assertThat(value(gpu, GpuMetric.MEMORY_TEMPERATURE)).isEqualTo(80);
        assertThat(value(gpu, GpuMetric.SLOWDOWN_TEMPERATURE)).isEqualTo(110);
        assertThat(value(gpu, GpuMetric.POWER)).isEqualTo(303, within(1e-6));
        assertThat(value(gpu, GpuMetric.POWER_LIMIT)).isEqualTo(327, within(1e-6));
        assertThat(value(gpu, GpuMetric.CLOCK)).isEqualTo(2304e6);
        assertThat(value(gpu, GpuMetric.CLOCK_MAX)).isEqualTo(2526e6);
        assertThat(value(gpu, GpuMetric.MEMORY_CLOCK)).isEqualTo(1249e6);
        assertThat(value(gpu, GpuMetric.FAN)).isEqualTo(40, within(1e-9));
        assertThat(value(gpu, GpuMetric.FAN_SPEED)).isEqualTo(1850);
        assertThat(value(gpu, GpuMetric.PCIE_GENERATION)).isEqualTo(4);
        assertThat(value(gpu, GpuMetric.PCIE_WIDTH)).isEqualTo(16);
        assertThat(value(gpu, GpuMetric.ECC_CORRECTED)).isEqualTo(7);
        assertThat(gpu.value(GpuMetric.MEMORY_PAGE_CACHE).isKnown()).isFalse();
    }

    @Test
    void sample_board_neverReadsTheFileThatHoldsItsReader() {
        RecordedTree.parse(BOARD, folder);
        List<String> read = new ArrayList<>();
        SysTree tree =
                new SysTree(
                        folder,
                        file -> {
                            read.add(file.getFileName().toString());
                            return Files.readAllBytes(file);
                        });

        AmdSource.of(tree, () -> HOST, clock).sample();

        assertThat(read).contains("gpu_busy_percent").doesNotContain("pcie_bw");
    }

    @Test
    void processes_clientWithSeveralFilesAndHeirs_countedOnce() {
        RecordedTree tree = RecordedTree.parse(BOARD, folder);
        GpuSource source = source();
        List<GpuProcess> first = only(source.sample()).processes().value();
        assertThat(first).extracting(GpuProcess::pid).containsExactly(900L, 950L);
        assertThat(first.getFirst().memory().value()).isEqualTo(Bytes.gib(1));
        assertThat(first.getFirst().smPercent().isKnown()).isFalse();
        assertThat(first.getFirst().kinds()).containsExactly(GpuProcess.Kind.COMPUTE);
        assertThat(first.getLast().memory().value()).isEqualTo(Bytes.of(19_000_000_000L));
        clock.advance(2);
        for (String file : List.of("5", "6")) {
            tree.write(
                    "proc/900/fdinfo/" + file,
                    "drm-driver: amdgpu\ndrm-client-id: 11\ndrm-pdev: 0000:03:00.0\n"
                            + "drm-memory-vram: 1048576 KiB\ndrm-engine-compute: 2500000000 ns");
        }

        GpuProcess busy = only(source.sample()).processes().value().getFirst();

        assertThat(busy.smPercent()).isEqualTo(Reading.known(75.0));
    }

    @Test
    void processes_openedLater_foundAfterAWhile() throws IOException {
        RecordedTree.parse(BOARD, folder);
        GpuSource source = source();
        source.sample();
        Files.createSymbolicLink(folder.resolve("proc/902/fd/9"), Path.of("/dev/dri/renderD128"));
        Files.createDirectories(folder.resolve("proc/902/fdinfo"));
        Files.writeString(
                folder.resolve("proc/902/fdinfo/9"),
                "drm-driver: amdgpu\ndrm-client-id: 77\ndrm-pdev: 0000:03:00.0\n");
        clock.advance(0.5);
        assertThat(only(source.sample()).processes().value())
                .extracting(GpuProcess::pid)
                .doesNotContain(902L);
        clock.advance(1);

        assertThat(only(source.sample()).processes().value())
                .extracting(GpuProcess::pid)
                .contains(902L);
    }

    @Test
    void sample_apu_bothPartsOfItsMemoryAndTheHosts() {
        RecordedTree tree = RecordedTree.parse(BOARD, folder);
        tree.write(CARD + "hwmon/hwmon3/in1_input", "900");
        tree.write(CARD + "hwmon/hwmon3/in1_label", "vddnb");
        tree.delete(CARD + "hwmon/hwmon3/power1_average");
        tree.write(CARD + "hwmon/hwmon3/power1_input", "54000000");

        GpuSample gpu = only(source().sample());

        assertThat(gpu.device().unifiedMemory()).isTrue();
        assertThat(value(gpu, GpuMetric.MEMORY_TOTAL)).isEqualTo(25_753_026_560.0 + 33e9);
        assertThat(value(gpu, GpuMetric.MEMORY_USED)).isEqualTo(20e9 + 1e6);
        assertThat(gpu.bytes(GpuMetric.MEMORY_AVAILABLE).value()).isEqualTo(Bytes.gib(30));
        assertThat(gpu.bytes(GpuMetric.MEMORY_PAGE_CACHE).value()).isEqualTo(Bytes.gib(25));
        assertThat(value(gpu, GpuMetric.POWER)).isEqualTo(54, within(1e-9));
        assertThat(gpu.processes().value().getFirst().memory().value())
                .isEqualTo(Bytes.gib(1).plus(Bytes.mib(2)));
    }

    @Test
    void sample_asleep_saidAndNotTouched() {
        RecordedTree tree = RecordedTree.parse(BOARD, folder);
        tree.write(CARD + "power/runtime_status", "suspended");
        List<String> read = new ArrayList<>();
        SysTree counting =
                new SysTree(
                        folder,
                        file -> {
                            read.add(file.getFileName().toString());
                            return Files.readAllBytes(file);
                        });
        GpuSource source = AmdSource.of(counting, () -> HOST, clock);

        GpuSample gpu = only(source.sample());

        assertThat(gpu.trouble().orElseThrow().kind()).isEqualTo(GpuTrouble.Kind.ASLEEP);
        assertThat(gpu.trouble().orElseThrow().isFault()).isFalse();
        assertThat(gpu.value(GpuMetric.UTILISATION).reason()).contains("asleep");
        assertThat(read)
                .doesNotContain(
                        "gpu_busy_percent",
                        "mem_info_vram_used",
                        "gpu_metrics",
                        "temp1_input",
                        "in1_input",
                        "unique_id",
                        "product_name");
        tree.write(CARD + "power/runtime_status", "active");
        assertThat(value(only(source.sample()), GpuMetric.UTILISATION)).isEqualTo(97);
        tree.write(CARD + "power/runtime_status", "suspended");
        assertThat(value(only(source.sample()), GpuMetric.MEMORY_TOTAL))
                .isEqualTo(25_753_026_560.0);
    }

    @Test
    void sample_unplugged_lostAndStillListed() throws IOException {
        RecordedTree.parse(BOARD, folder);
        GpuSource source = source();
        source.sample();
        delete(folder.resolve("sys/class/drm/card1"));

        GpuSample gpu = only(source.sample());

        assertThat(gpu.trouble().orElseThrow().kind()).isEqualTo(GpuTrouble.Kind.LOST);
        assertThat(gpu.device().name().value()).isEqualTo("AMD Radeon RX 7900 XTX");
        assertThat(gpu.value(GpuMetric.TEMPERATURE).isKnown()).isFalse();
    }

    @Test
    void sample_noCard_absentAndNoFault() {
        GpuReport report = source().sample();

        assertThat(report.gpus()).isEmpty();
        assertThat(report.trouble().orElseThrow().isFault()).isFalse();
    }

    @Test
    void throttle_bitsOfTheTable_reasons() {
        byte[] table = new byte[120];
        ByteBuffer buffer = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putShort(0, (short) 120).put(2, (byte) 1).put(3, (byte) 3);
        assertThat(AmdThrottle.parse(table).value()).isEmpty();
        buffer.putLong(112, 1L | 1L << 36);
        assertThat(AmdThrottle.parse(table).value())
                .containsExactlyInAnyOrder(
                        ThrottleReason.POWER_CAP, ThrottleReason.SOFTWARE_THERMAL);
        buffer.putLong(112, 1L << 45 | 1L << 57);
        assertThat(AmdThrottle.parse(table).value())
                .containsExactlyInAnyOrder(ThrottleReason.HARDWARE_THERMAL, ThrottleReason.OTHER);
        buffer.put(3, (byte) 9);
        assertThat(AmdThrottle.parse(table)).isInstanceOf(Reading.Unsupported.class);
    }

    @Property
    void throttle_anyTable_neverThrows(@ForAll byte[] table) {
        AmdThrottle.parse(table);
    }

    @Property(tries = 150)
    void sample_anythingInEveryFile_neverThrowsNorTellsTheImpossible(
            @ForAll String text, @ForAll long number, @ForAll boolean asNumber) throws IOException {
        Path root = Files.createTempDirectory("amd");
        try {
            RecordedTree.parse(BOARD, root);
            try (var files = Files.walk(root)) {
                for (Path file :
                        files.filter(p ->
                                        Files.isRegularFile(
                                                p, java.nio.file.LinkOption.NOFOLLOW_LINKS))
                                .toList()) {
                    if (!file.getFileName()
                            .toString()
                            .matches("vendor|uevent|.*_label|runtime_status")) {
                        String hostile = asNumber ? Long.toString(number) : text;
                        boolean info = file.toString().contains("fdinfo");
                        Files.writeString(
                                file,
                                info
                                        ? "drm-pdev: 0000:03:00.0\n"
                                                + "drm-client-id: 1\n"
                                                + "drm-memory-vram: "
                                                + hostile
                                                + "\ndrm-engine-gfx: "
                                                + hostile
                                        : hostile);
                    }
                }
            }
            GpuSource source = AmdSource.of(new SysTree(root), () -> HOST, clock);
            source.sample();
            clock.advance(1);
            GpuSample gpu = only(source.sample());

            assertThat(gpu.value(GpuMetric.UTILISATION).orElse(1.0)).isBetween(0.0, 100.0);
            assertThat(gpu.value(GpuMetric.TEMPERATURE).orElse(1.0)).isBetween(-60.0, 200.0);
            assertThat(gpu.value(GpuMetric.MEMORY_TOTAL).orElse(1.0)).isNotNegative();
            assertThat(gpu.processes().value())
                    .allSatisfy(
                            p -> assertThat(p.memory().orElse(Bytes.ZERO).count()).isNotNegative());
        } finally {
            delete(root);
        }
    }

    private static void delete(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
