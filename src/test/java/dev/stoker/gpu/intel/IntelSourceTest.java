package dev.stoker.gpu.intel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.gpu.sysfs.SysTree;
import dev.stoker.host.HandClock;
import dev.stoker.host.HostMemory;
import dev.stoker.host.RecordedTree;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class IntelSourceTest {
    private static final String I915 =
            """
            == sys/class/drm/card0/device/vendor
            0x8086
            == sys/class/drm/card0/device/device
            0xa7a0
            == sys/class/drm/card0/device/uevent
            DRIVER=i915
            PCI_SLOT_NAME=0000:00:02.0
            == usr/share/misc/pci.ids
            # list
            1002  Advanced Micro Devices
            	a7a0  Not this one
            8086  Intel Corporation
            	1234  Other
            	a7a0  Raptor Lake-P [Iris Xe Graphics]
            		1028 0b0c  A laptop
            10de  NVIDIA Corporation
            == sys/class/drm/card0/gt_cur_freq_mhz
            850
            == sys/class/drm/card0/gt_RP0_freq_mhz
            1500
            == sys/class/drm/card0/gt/gt0/throttle_reason_status
            1
            == sys/class/drm/card0/gt/gt0/throttle_reason_pl1
            1
            == sys/class/drm/card0/gt/gt0/throttle_reason_thermal
            0
            -> proc/77/fd/4 /dev/dri/renderD128
            == proc/77/fdinfo/4
            drm-driver:	i915
            drm-client-id:	7
            drm-pdev:	0000:00:02.0
            drm-total-system0:	2048 MiB
            drm-resident-system0:	1024 MiB
            drm-engine-render:	1000000000 ns
            drm-engine-video:	0 ns
            drm-engine-capacity-video:	2
            """;
    private static final String XE =
            """
            == sys/class/drm/card1/device/vendor
            0x8086
            == sys/class/drm/card1/device/device
            0xe20b
            == sys/class/drm/card1/device/uevent
            DRIVER=xe
            PCI_SLOT_NAME=0000:04:00.0
            == sys/class/drm/card1/device/tile0/gt0/freq0/cur_freq
            2400
            == sys/class/drm/card1/device/tile0/gt0/freq0/rp0_freq
            2850
            == sys/class/drm/card1/device/tile0/gt0/freq0/throttle/status
            0
            == sys/class/drm/card1/device/tile0/gt0/freq0/throttle/reason_thermal
            0
            == sys/class/drm/card1/device/hwmon/hwmon2/name
            xe
            == sys/class/drm/card1/device/hwmon/hwmon2/temp2_label
            pkg
            == sys/class/drm/card1/device/hwmon/hwmon2/temp2_input
            61000
            == sys/class/drm/card1/device/hwmon/hwmon2/temp3_label
            vram
            == sys/class/drm/card1/device/hwmon/hwmon2/temp3_input
            70000
            == sys/class/drm/card1/device/hwmon/hwmon2/energy1_input
            5000000
            == sys/class/drm/card1/device/hwmon/hwmon2/power1_max
            190000000
            == sys/class/drm/card1/device/hwmon/hwmon2/fan1_input
            1200
            -> proc/88/fd/4 /dev/dri/renderD129
            == proc/88/fdinfo/4
            drm-driver:	xe
            drm-client-id:	9
            drm-pdev:	0000:04:00.0
            drm-resident-vram0:	8192 MiB
            drm-cycles-ccs:	1000
            drm-total-cycles-ccs:	10000
            """;
    private static final HostMemory HOST =
            new HostMemory(
                    Reading.known(Bytes.gib(32)),
                    Reading.known(Bytes.gib(20)),
                    Reading.known(Bytes.gib(5)),
                    Reading.known(Bytes.gib(12)),
                    Reading.known(Bytes.ZERO),
                    Reading.known(Bytes.ZERO));

    @TempDir Path folder;
    private final HandClock clock = new HandClock();

    private GpuSource source() {
        return IntelSource.of(new SysTree(folder), () -> HOST, clock);
    }

    private static GpuSample only(GpuReport report) {
        assertThat(report.gpus()).hasSize(1);
        return report.gpus().getFirst();
    }

    @Test
    void sample_integrated_figuresAndTheHostsMemory() {
        RecordedTree tree = RecordedTree.parse(I915, folder);
        GpuSource source = source();
        source.sample();
        clock.advance(1);
        tree.write(
                "proc/77/fdinfo/4",
                """
                drm-driver: i915
                drm-client-id: 7
                drm-pdev: 0000:00:02.0
                drm-resident-system0: 1024 MiB
                drm-engine-render: 1250000000 ns
                drm-engine-video: 1000000000 ns
                drm-engine-capacity-video: 2
                """);

        GpuSample gpu = only(source.sample());

        assertThat(gpu.device().name().value()).isEqualTo("Raptor Lake-P [Iris Xe Graphics]");
        assertThat(gpu.device().unifiedMemory()).isTrue();
        assertThat(gpu.value(GpuMetric.CLOCK)).isEqualTo(Reading.known(850e6));
        assertThat(gpu.value(GpuMetric.CLOCK_MAX)).isEqualTo(Reading.known(1500e6));
        assertThat(gpu.value(GpuMetric.UTILISATION).value()).isEqualTo(25, within(1e-9));
        assertThat(gpu.value(GpuMetric.DECODER_UTILISATION).value()).isEqualTo(50, within(1e-9));
        assertThat(gpu.bytes(GpuMetric.MEMORY_AVAILABLE).value()).isEqualTo(Bytes.gib(20));
        assertThat(gpu.throttleReasons().value()).containsExactly(ThrottleReason.POWER_CAP);
        GpuProcess process = gpu.processes().value().getFirst();
        assertThat(process.memory().value()).isEqualTo(Bytes.gib(1));
        assertThat(process.smPercent().value()).isEqualTo(25, within(1e-9));
    }

    @Test
    void sample_board_powerFromTheMeterAndCyclesOfXe() {
        RecordedTree tree = RecordedTree.parse(XE, folder);
        GpuSource source = source();
        assertThat(only(source.sample()).value(GpuMetric.POWER).reason()).contains("first look");
        clock.advance(2);
        tree.write("sys/class/drm/card1/device/hwmon/hwmon2/energy1_input", "305000000");
        tree.write(
                "proc/88/fdinfo/4",
                """
                drm-driver: xe
                drm-client-id: 9
                drm-pdev: 0000:04:00.0
                drm-resident-vram0: 8192 MiB
                drm-cycles-ccs: 7000
                drm-total-cycles-ccs: 18000
                """);

        GpuSample gpu = only(source.sample());

        assertThat(gpu.device().unifiedMemory()).isFalse();
        assertThat(gpu.value(GpuMetric.POWER).value()).isEqualTo(150, within(1e-6));
        assertThat(gpu.value(GpuMetric.ENERGY).value()).isEqualTo(305, within(1e-6));
        assertThat(gpu.value(GpuMetric.POWER_LIMIT).value()).isEqualTo(190, within(1e-6));
        assertThat(gpu.value(GpuMetric.TEMPERATURE)).isEqualTo(Reading.known(61.0));
        assertThat(gpu.value(GpuMetric.MEMORY_TEMPERATURE)).isEqualTo(Reading.known(70.0));
        assertThat(gpu.value(GpuMetric.CLOCK)).isEqualTo(Reading.known(2400e6));
        assertThat(gpu.value(GpuMetric.UTILISATION).value()).isEqualTo(75, within(1e-9));
        assertThat(gpu.value(GpuMetric.MEMORY_TOTAL).reason()).contains("privileged");
        assertThat(gpu.bytes(GpuMetric.MEMORY_USED).value()).isEqualTo(Bytes.gib(8));
        assertThat(gpu.throttleReasons().value()).isEmpty();
    }
}
