package dev.stoker.gpu.sysfs;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSource;
import dev.stoker.host.HostMemory;

import java.util.List;
import java.util.function.Supplier;

/**
 * The memory of GPUs that work in the host's (Jetson, GB10, APU). The host's is told for them, with
 * three figures apart: what nothing uses, the files that are kept in memory, and what new programs
 * could have. Around a driver that knows no memory of such a GPU it fills in what that leaves open.
 * Used by one thread.
 */
public final class UnifiedMemory implements GpuSource {
    private final GpuSource source;
    private final Supplier<HostMemory> host;

    /**
     * @param source whose GPUs without memory of their own get the host's
     * @param host the host's memory now
     */
    public UnifiedMemory(GpuSource source, Supplier<HostMemory> host) {
        this.source = source;
        this.host = host;
    }

    /** Puts the host's memory into a sample. */
    public static GpuSample.Builder fill(GpuSample.Builder sample, HostMemory host) {
        Reading<Double> available = figure(host.available());
        sample.put(GpuMetric.MEMORY_TOTAL, figure(host.total()));
        sample.put(
                GpuMetric.MEMORY_USED,
                host.total().isKnown()
                        ? available.map(free -> Math.max(0, host.total().value().count() - free))
                        : figure(host.total()));
        sample.put(GpuMetric.MEMORY_FREE, figure(host.free()));
        sample.put(GpuMetric.MEMORY_AVAILABLE, available);
        sample.put(GpuMetric.MEMORY_PAGE_CACHE, figure(host.pageCache()));
        return sample.put(
                GpuMetric.MEMORY_RESERVED,
                Reading.unsupported("this GPU has no memory of its own"));
    }

    private static Reading<Double> figure(Reading<Bytes> bytes) {
        return bytes.map(b -> (double) b.count());
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public GpuReport sample() {
        GpuReport report = source.sample();
        if (report.gpus().stream().noneMatch(UnifiedMemory::lacksMemory)) {
            return report;
        }
        HostMemory memory = host.get();
        List<GpuSample> filled =
                report.gpus().stream()
                        .map(gpu -> lacksMemory(gpu) ? filled(gpu, memory) : gpu)
                        .toList();
        return new GpuReport(
                report.source(),
                report.time(),
                report.nanos(),
                filled,
                report.driver(),
                report.cuda(),
                report.trouble());
    }

    private static boolean lacksMemory(GpuSample gpu) {
        GpuDevice device = gpu.device();
        return device.unifiedMemory() && !gpu.value(GpuMetric.MEMORY_TOTAL).isKnown();
    }

    private static GpuSample filled(GpuSample gpu, HostMemory memory) {
        return fill(gpu.toBuilder(gpu.device()), memory).build();
    }

    @Override
    public void close() {
        source.close();
    }
}
