package dev.stoker.gpu.sysfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.StubSource;
import dev.stoker.host.HostMemory;

import org.junit.jupiter.api.Test;

class UnifiedMemoryTest {
    private static final Clock CLOCK = Clock.system();
    private static final HostMemory HOST =
            new HostMemory(
                    Reading.known(Bytes.gib(128)),
                    Reading.known(Bytes.gib(50)),
                    Reading.known(Bytes.gib(3)),
                    Reading.known(Bytes.gib(45)),
                    Reading.known(Bytes.ZERO),
                    Reading.known(Bytes.ZERO));

    private static GpuSample sample(StubSource nvml, HostMemory host) {
        try (UnifiedMemory source = new UnifiedMemory(nvml, () -> host)) {
            return source.sample().gpus().getFirst();
        }
    }

    @Test
    void sample_gb10WhoseDriverKnowsNoMemory_theHostsToldApart() {
        StubSource nvml =
                new StubSource(
                        CLOCK,
                        StubSource.nvidia("NVIDIA GB10", "0000000F:01:00.0", true),
                        b ->
                                b.put(GpuMetric.UTILISATION, 96)
                                        .put(
                                                GpuMetric.MEMORY_TOTAL,
                                                Reading.unsupported("not supported")));

        GpuSample gpu = sample(nvml, HOST);

        assertThat(gpu.device().unifiedMemory()).isTrue();
        assertThat(gpu.value(GpuMetric.UTILISATION)).isEqualTo(Reading.known(96.0));
        assertThat(gpu.bytes(GpuMetric.MEMORY_TOTAL).value()).isEqualTo(Bytes.gib(128));
        assertThat(gpu.bytes(GpuMetric.MEMORY_USED).value()).isEqualTo(Bytes.gib(78));
        assertThat(gpu.bytes(GpuMetric.MEMORY_FREE).value()).isEqualTo(Bytes.gib(3));
        assertThat(gpu.bytes(GpuMetric.MEMORY_AVAILABLE).value()).isEqualTo(Bytes.gib(50));
        assertThat(gpu.bytes(GpuMetric.MEMORY_PAGE_CACHE).value()).isEqualTo(Bytes.gib(45));
        assertThat(nvml.closed).isTrue();
    }

    @Test
    void sample_gpuWithMemoryOfItsOwn_leftAsItIs() {
        StubSource nvml =
                new StubSource(
                        CLOCK,
                        StubSource.nvidia("A10G", "00000000:00:1E.0", false),
                        b -> b.put(GpuMetric.MEMORY_TOTAL, 24e9));

        GpuSample gpu = sample(nvml, HOST);

        assertThat(gpu.value(GpuMetric.MEMORY_TOTAL)).isEqualTo(Reading.known(24e9));
        assertThat(gpu.value(GpuMetric.MEMORY_PAGE_CACHE).isKnown()).isFalse();
    }

    @Test
    void sample_lostGpuWithoutMemory_staysUnknown() {
        StubSource nvml =
                new StubSource(
                        CLOCK,
                        StubSource.nvidia("A10G", "00000000:00:1E.0", false),
                        b -> b.nothing("The GPU is lost."));

        assertThat(sample(nvml, HOST).value(GpuMetric.MEMORY_TOTAL).reason())
                .isEqualTo("The GPU is lost.");
    }

    @Test
    void sample_hostUnreadable_reasonNotZero() {
        StubSource nvml =
                new StubSource(
                        CLOCK,
                        StubSource.nvidia("NVIDIA GB10", "0000000F:01:00.0", true),
                        b -> b.put(GpuMetric.MEMORY_TOTAL, Reading.unsupported("x")));
        Reading<Bytes> none = Reading.unsupported("no meminfo");

        GpuSample gpu = sample(nvml, new HostMemory(none, none, none, none, none, none));

        assertThat(gpu.value(GpuMetric.MEMORY_USED).reason()).isEqualTo("no meminfo");
    }
}
