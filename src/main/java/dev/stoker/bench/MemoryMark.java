package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

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
        Reading<Bytes> modelOnGpu) {}
