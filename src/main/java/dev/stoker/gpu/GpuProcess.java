package dev.stoker.gpu;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.util.Collections;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A process that uses a GPU, as the driver tells it. Immutable.
 *
 * @param pid its number; in a container that may be the host's number, which is not visible there
 * @param kinds what it uses the GPU for; empty where the driver does not say
 * @param memory what it holds of the GPU's memory
 * @param smPercent share of the shaders' time in the last second or so
 * @param memoryPercent share of the memory's time
 * @param encoderPercent share of the encoder's time
 * @param decoderPercent share of the decoder's time
 * @param gpuInstance the MIG instance that it runs on, if any
 * @param computeInstance the compute instance in that, if any
 */
public record GpuProcess(
        long pid,
        Set<Kind> kinds,
        Reading<Bytes> memory,
        Reading<Double> smPercent,
        Reading<Double> memoryPercent,
        Reading<Double> encoderPercent,
        Reading<Double> decoderPercent,
        OptionalInt gpuInstance,
        OptionalInt computeInstance) {

    /** What a process uses a GPU for. */
    public enum Kind {
        COMPUTE,
        GRAPHICS,
        /** Computing through NVIDIA's multi-process service. */
        MPS
    }

    public GpuProcess {
        kinds = kinds.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(kinds));
    }

    /** Returns a process of which only the memory is known, or why it is not. */
    public static GpuProcess of(long pid, Kind kind, Reading<Bytes> memory, String noUtilisation) {
        Reading<Double> none = Reading.unsupported(noUtilisation);
        return new GpuProcess(
                pid,
                Set.of(kind),
                memory,
                none,
                none,
                none,
                none,
                OptionalInt.empty(),
                OptionalInt.empty());
    }
}
