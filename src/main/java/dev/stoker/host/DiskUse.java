package dev.stoker.host;

import dev.stoker.base.Reading;

/**
 * What a block device did between two samples. Immutable.
 *
 * @param name the kernel's, such as {@code nvme0n1}
 * @param read bytes a second
 * @param written bytes a second
 * @param busy share of the time, 0 to 1, in which at least one request was under way
 */
public record DiskUse(
        String name, Reading<Double> read, Reading<Double> written, Reading<Double> busy) {}
