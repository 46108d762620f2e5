package dev.stoker.tui.feed;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostSample;
import dev.stoker.machine.MachineSample;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Samples of a machine of which nothing but the time is known. */
final class Samples {
    private Samples() {}

    static MachineSample at(long second) {
        Reading<Bytes> none = Reading.unsupported("not here");
        Instant time = Instant.ofEpochSecond(second);
        long nanos = second * 1_000_000_000;
        return new MachineSample(
                time,
                nanos,
                new GpuPicture(List.of()),
                HostSample.ofMemory(
                        new HostMemory(none, none, none, none, none, none), time, nanos, "x"),
                Map.of(),
                List.of(),
                Map.of());
    }
}
