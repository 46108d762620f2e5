package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.plan.device.Box;
import dev.stoker.plan.device.Boxes;
import dev.stoker.plan.device.ComputeDevice;
import dev.stoker.plan.device.GpuTable;
import dev.stoker.plan.exact.LlamaBinary;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class PlanHardwareTest {
    private static final Path PROGRAM = Path.of("/opt/llama-server");

    private static ComputeDevice seen(
            PlanHardware hardware, String name, DeviceKind kind, String title, double mib) {
        Box here = Boxes.told(Bytes.gib(8), 100, 1);
        MemoryDevice device =
                new MemoryDevice(name, kind, Bytes.mib(mib), Bytes.mib(mib - 500), false);
        return hardware.seen(
                        List.of(new LlamaBinary.Seen(device, title)),
                        PROGRAM,
                        here,
                        GpuTable.standard())
                .gpus()
                .getFirst();
    }

    @Test
    void seenDevice_ofTheTable_hasItsRatesAndItsOwnMemory() {
        ComputeDevice h200 =
                seen(new PlanHardware(), "CUDA0", DeviceKind.CUDA, "NVIDIA H200", 143_155);
        assertThat(h200.memory().name()).isEqualTo("CUDA0");
        assertThat(h200.memory().free()).isEqualTo(Bytes.mib(142_655));
        assertThat(h200.bandwidth()).isGreaterThan(4000);
        assertThat(h200.tflops()).isPositive();
    }

    @Test
    void seenDevice_namedWithItsDriver_isFound() {
        ComputeDevice radeon =
                seen(
                        new PlanHardware(),
                        "Vulkan0",
                        DeviceKind.VULKAN,
                        "AMD Radeon RX 7900 XTX (RADV NAVI31)",
                        24_560);
        assertThat(radeon.bandwidth()).isEqualTo(960);
        assertThat(radeon.memory().kind()).isEqualTo(DeviceKind.VULKAN);
    }

    @Test
    void seenDevice_notInTheTable_saysThatItsBandwidthIsAssumed() {
        ComputeDevice software =
                seen(
                        new PlanHardware(),
                        "Vulkan0",
                        DeviceKind.VULKAN,
                        "llvmpipe (LLVM 15.0.6, 256 bits)",
                        2048);
        assertThat(software.source()).contains("assumed").contains("--bandwidth");
    }

    @Test
    void bandwidthTold_ofAKnownBoard_comesFirst() {
        PlanHardware hardware = new PlanHardware();
        hardware.bandwidth = 1234.0;
        ComputeDevice h200 = seen(hardware, "CUDA0", DeviceKind.CUDA, "NVIDIA H200", 143_155);
        assertThat(h200.bandwidth()).isEqualTo(1234);
        assertThat(h200.source()).contains("told on the command line");
    }

    @Test
    void optionsOfThisHost_withAnotherMachine_areRefused() {
        PlanHardware bandwidth = new PlanHardware();
        bandwidth.box = "a10g";
        bandwidth.bandwidth = 600.0;
        assertThatThrownBy(() -> bandwidth.named(Map.of()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("--bandwidth");
        PlanHardware idle = new PlanHardware();
        idle.gpus.add("RTX 3090");
        idle.idle = true;
        assertThatThrownBy(() -> idle.named(Map.of()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("--idle");
    }
}
