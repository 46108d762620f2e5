package dev.stoker.gpu;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A driver that tells what a test wants. */
public final class StubSource implements GpuSource {
    private final Clock clock;
    private final GpuDevice device;
    private UnaryOperator<GpuSample.Builder> figures;
    public boolean closed;

    public StubSource(Clock clock, GpuDevice device, UnaryOperator<GpuSample.Builder> figures) {
        this.clock = clock;
        this.device = device;
        this.figures = figures;
    }

    /** Returns an NVIDIA GPU of that name. */
    public static GpuDevice nvidia(String name, String pciBusId, boolean unified) {
        return new GpuDevice(
                0,
                Reading.known(name),
                Reading.known("GPU-" + name),
                Reading.known(pciBusId),
                GpuVendor.NVIDIA,
                unified,
                Reading.known("580.00"));
    }

    public void figures(UnaryOperator<GpuSample.Builder> next) {
        figures = next;
    }

    @Override
    public String name() {
        return "NVML";
    }

    @Override
    public GpuReport sample() {
        return new GpuReport(
                name(),
                clock.now(),
                clock.nanos(),
                List.of(figures.apply(GpuSample.of(device, clock.now(), clock.nanos())).build()),
                Reading.known("580.00"),
                Reading.known("13.0"),
                Optional.empty());
    }

    @Override
    public void close() {
        closed = true;
    }
}
