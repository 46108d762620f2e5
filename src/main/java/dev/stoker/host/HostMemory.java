package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

/**
 * The memory of a host at one moment, system memory only. On a machine with unified memory (Jetson,
 * GB10, APU) it is the GPU's memory too.
 *
 * @param total all of it
 * @param available what new programs could have without swapping: the figure that decides whether a
 *     model fits
 * @param free not used for anything; on unified memory some drivers take only this for free
 * @param pageCache file contents kept in memory, most of it reclaimable
 * @param swapTotal zero where there is none
 * @param swapUsed zero where there is none
 */
public record HostMemory(
        Reading<Bytes> total,
        Reading<Bytes> available,
        Reading<Bytes> free,
        Reading<Bytes> pageCache,
        Reading<Bytes> swapTotal,
        Reading<Bytes> swapUsed) {}
