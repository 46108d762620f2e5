package dev.stoker.memory.llama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.memory.DeviceKind;

import org.junit.jupiter.api.Test;

import java.util.List;

class CudaRowsTest {

    @Test
    void quantisedRows_onCuda_areLengthenedTo512Values() {
        // Q8_0: 34 bytes for 32 values; 128 of 512 values are there.
        long bytes = 10 * 4 * 34;
        assertThat(CudaRows.bytes(DeviceKind.CUDA, bytes, List.of(128L, 10L)))
                .isEqualTo(128 * Math.ceilDiv(bytes + 12 * 34, 128L));
        assertThat(CudaRows.bytes(DeviceKind.CUDA, 16 * 34, List.of(512L))).isEqualTo(640);
    }

    @Test
    void plainRows_onCuda_areOnlyAligned() {
        assertThat(CudaRows.bytes(DeviceKind.ROCM, 4 * 100, List.of(100L))).isEqualTo(512);
        assertThat(CudaRows.bytes(DeviceKind.CUDA, 2 * 128, List.of(128L))).isEqualTo(256);
    }

    @Test
    void rows_elsewhereOrUnknown_areAsTheyAre() {
        assertThat(CudaRows.bytes(DeviceKind.VULKAN, 136, List.of(128L))).isEqualTo(136);
        assertThat(CudaRows.bytes(DeviceKind.CUDA, 136, List.of())).isEqualTo(136);
        assertThat(CudaRows.bytes(DeviceKind.CUDA, 0, 0, 100)).isZero();
    }
}
