package dev.stoker.gpu.nvml;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.gpu.MigInstance;
import dev.stoker.gpu.ThrottleReason;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Walks through all that a sample of NVIDIA's GPUs needs, without a driver, and tells of a GPU that
 * does not exist: for the ahead-of-time cache of classes, which is recorded on machines of any
 * kind. Used by one thread.
 */
public final class Rehearsal implements GpuSource {
    private final Clock clock;

    public Rehearsal(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return "rehearsal";
    }

    @Override
    public GpuReport sample() {
        Reading<String> none = Reading.known("0");
        NvmlCalls calls = new NvmlCalls(NvmlLibrary.idle());
        NvmlGpu silent = new NvmlGpu(calls, 0, 0, none, clock.now(), false);
        GpuSample.Builder sample = silent.sample(clock.now(), clock.nanos()).toBuilder(device());
        for (GpuMetric metric : GpuMetric.values()) {
            sample.put(metric, 1);
        }
        sample.throttleReasons(
                Reading.known(NvmlDecoder.throttleReasons(1 | 1 << 5)).map(Set::copyOf));
        Reading<Bytes> bytes = Reading.known(Bytes.gib(1));
        sample.processes(
                Reading.known(
                        List.of(
                                GpuProcess.of(
                                        ProcessHandle.current().pid(),
                                        GpuProcess.Kind.COMPUTE,
                                        bytes,
                                        "not measured"))));
        Reading<Integer> one = Reading.known(1);
        sample.instances(List.of(new MigInstance(0, none, none, one, one, one, bytes, bytes)));
        return new GpuReport(
                name(),
                clock.now(),
                clock.nanos(),
                List.of(sample.build()),
                none,
                none,
                Optional.empty());
    }

    private static GpuDevice device() {
        Reading<String> text = Reading.known(ThrottleReason.IDLE.word());
        return new GpuDevice(0, text, text, text, GpuVendor.NVIDIA, false, text);
    }

    @Override
    public void close() {}
}
