package dev.stoker.plan.exact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.MemoryDevice;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;

class LlamaBinaryTest {

    @Test
    void device_ofTheList_isRead() {
        LlamaBinary.Seen seen =
                LlamaBinary.device(
                                "  Vulkan0: llvmpipe (LLVM 15.0.6, 256 bits) (2048 MiB, 2047 MiB"
                                        + " free)")
                        .orElseThrow();
        MemoryDevice software = seen.device();
        assertThat(seen.title()).isEqualTo("llvmpipe (LLVM 15.0.6, 256 bits)");
        assertThat(software.name()).isEqualTo("Vulkan0");
        assertThat(software.kind()).isEqualTo(DeviceKind.VULKAN);
        assertThat(software.capacity()).isEqualTo(Bytes.gib(2));
        assertThat(software.free()).isEqualTo(Bytes.mib(2047));
        assertThat(software.largestTensor()).isEqualTo(Bytes.mib(128));
        assertThat(
                        LlamaBinary.device(
                                        "  CUDA1: NVIDIA GeForce RTX 3090 (24124 MiB, 23870 MiB"
                                                + " free)")
                                .orElseThrow()
                                .device()
                                .kind())
                .isEqualTo(DeviceKind.CUDA);
        assertThat(LlamaBinary.device("  (none)")).isEmpty();
    }

    @Test
    void row_ofTheBreakdown_isRead() {
        String gpu =
                "0.00.561.716 I common_memory_breakdown_print: |   - Vulkan0 (llvmpipe (LLVM"
                    + " 15.0.6, 256 bits)) |  2048 = 2048 + ( 113 =    65 +      27 +      21) +   "
                    + "     -113 |";
        LlamaBinary.Told told = LlamaBinary.told(gpu).orElseThrow();
        assertThat(told)
                .isEqualTo(
                        new LlamaBinary.Told(
                                "Vulkan0", Bytes.mib(65), Bytes.mib(27), Bytes.mib(21)));
        String host =
                "0.00.561.717 I common_memory_breakdown_print: |   - Host                          "
                    + "             |                  177 =   170 +       0 +       7             "
                    + "   |";
        assertThat(LlamaBinary.told(host).orElseThrow().total()).isEqualTo(Bytes.mib(177));
        assertThat(LlamaBinary.told("anything else")).isEmpty();
    }

    @Test
    void program_thatIsNone_isToldInASentence() {
        LlamaBinary none = new LlamaBinary(Path.of("/nowhere/llama-server"));
        assertThatThrownBy(() -> none.ask(List.of()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("can't be run");
        LlamaBinary silent = new LlamaBinary(Path.of("/bin/true"));
        assertThatThrownBy(() -> silent.ask(List.of()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("did not tell");
    }
}
