package dev.stoker.host;

import java.time.Duration;

/**
 * What all CPUs of a host have done so far.
 *
 * @param busy time at work, of all CPUs together; waiting for disks and for nothing left out
 * @param cpus how many there are
 */
public record CpuLoad(Duration busy, int cpus) {}
