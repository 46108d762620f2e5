package dev.stoker.gpu;

import dev.stoker.base.Reading;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a source told at one moment. Immutable.
 *
 * @param source the source's name
 * @param time when it began to look, for labels
 * @param nanos when, on the monotonic clock that the source was given
 * @param gpus its GPUs in their order; one that was lost stays in the list
 * @param driver the driver's version
 * @param cuda the newest CUDA version that the driver can run, such as {@code 13.0}
 * @param trouble why the source as a whole tells nothing, or not what it should
 */
public record GpuReport(
        String source,
        Instant time,
        long nanos,
        List<GpuSample> gpus,
        Reading<String> driver,
        Reading<String> cuda,
        Optional<GpuTrouble> trouble) {
    public GpuReport {
        gpus = List.copyOf(gpus);
    }

    /** Returns a report of a source that has no GPU to tell of. */
    public static GpuReport without(String source, Instant time, long nanos, GpuTrouble trouble) {
        return new GpuReport(
                source,
                time,
                nanos,
                List.of(),
                Reading.unsupported(trouble.sentence()),
                Reading.unsupported(trouble.sentence()),
                Optional.of(trouble));
    }
}
