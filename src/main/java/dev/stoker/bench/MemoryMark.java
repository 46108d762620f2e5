package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.util.function.BinaryOperator;

/**
 * Memory at one moment of a benchmark.
 *
 * @param hostAvailable memory that new programs could have on the server's host; at a peak, the
 *     least that was seen
 * @param serverResident memory of the server's process tree, runners included; at a peak, the most
 *     that was seen
 * @param cgroup what the server's container or unit is charged
 * @param modelTotal bytes of the model by the server's own word
 * @param modelOnGpu bytes of it on GPUs by the server's own word
 */
public record MemoryMark(
        Reading<Bytes> hostAvailable,
        Reading<Bytes> serverResident,
        Reading<Bytes> cgroup,
        Reading<Bytes> modelTotal,
        Reading<Bytes> modelOnGpu) {

    /** Returns the extremes of two peaks, with the server's later word on the model. */
    static MemoryMark extremes(MemoryMark a, MemoryMark b) {
        return new MemoryMark(
                either(a.hostAvailable, b.hostAvailable, Bytes::min),
                either(a.serverResident, b.serverResident, Bytes::max),
                either(a.cgroup, b.cgroup, Bytes::max),
                b.modelTotal.isKnown() ? b.modelTotal : a.modelTotal,
                b.modelOnGpu.isKnown() ? b.modelOnGpu : a.modelOnGpu);
    }

    private static Reading<Bytes> either(
            Reading<Bytes> a, Reading<Bytes> b, BinaryOperator<Bytes> choice) {
        if (a instanceof Reading.Known<Bytes>(Bytes x)) {
            return b instanceof Reading.Known<Bytes>(Bytes y)
                    ? Reading.known(choice.apply(x, y))
                    : a;
        }
        return b;
    }
}
