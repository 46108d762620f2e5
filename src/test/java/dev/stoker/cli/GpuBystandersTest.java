package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuVendor;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

class GpuBystandersTest {

    private static GpuProcess process(long pid, double percent) {
        Reading<Double> none = Reading.unsupported("not told");
        return new GpuProcess(
                pid,
                Set.of(GpuProcess.Kind.COMPUTE),
                Reading.known(Bytes.gib(1)),
                percent < 0 ? none : Reading.known(percent),
                none,
                none,
                none,
                OptionalInt.empty(),
                OptionalInt.empty());
    }

    private static GpuSample gpu(GpuProcess... processes) {
        return sample(Reading.known(Arrays.asList(processes)));
    }

    private static GpuSample sample(Reading<List<GpuProcess>> processes) {
        return GpuSample.of(
                        new GpuDevice(
                                0,
                                Reading.known("GPU"),
                                Reading.known("GPU-1"),
                                Reading.known("00000000:01:00.0"),
                                GpuVendor.NVIDIA,
                                false,
                                Reading.known("580")),
                        Instant.EPOCH,
                        0)
                .processes(processes)
                .build();
    }

    private static Reading<Long> permille(GpuSample... gpus) {
        return new GpuBystanders(() -> Arrays.asList(gpus)).permille(Set.of(7L));
    }

    @Test
    void others_besideTheServer_areAddedUpOnEachGpu() {
        assertThat(permille(gpu(process(7, 90)))).isEqualTo(Reading.known(0L));
        assertThat(permille(gpu(process(7, 50), process(8, 20), process(9, 12.5))))
                .isEqualTo(Reading.known(325L));
        assertThat(permille(gpu(process(8, 20)), gpu(process(9, 60))))
                .isEqualTo(Reading.known(600L));
    }

    @Test
    void others_thatTheDriverDoesNotTell_areUnknown() {
        assertThat(permille(gpu(process(7, 10), process(8, -1))).isKnown()).isFalse();
        assertThat(permille(sample(Reading.unsupported("no rights"))).isKnown()).isFalse();
        assertThat(permille().isKnown()).isFalse();
        assertThat(GpuBystanders.of(List.of(), Clock.system()).permille(Set.of()).isKnown())
                .isFalse();
    }
}
