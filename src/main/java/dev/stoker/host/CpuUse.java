package dev.stoker.host;

import dev.stoker.base.Reading;

import java.util.List;

/**
 * What the processors did between two samples, as shares of their time from 0 to 1. Immutable.
 *
 * @param busy of all processors together; waiting for a disk counts as idle
 * @param waiting idle while a task waited for a disk
 * @param stolen taken by the hypervisor for other machines
 * @param cores busy, one for each processor that is online, in the kernel's order
 * @param load1 tasks that ran or waited, the mean of the last minute as the kernel has it
 * @param load5 of the last five minutes
 * @param load15 of the last fifteen
 */
public record CpuUse(
        Reading<Double> busy,
        Reading<Double> waiting,
        Reading<Double> stolen,
        List<Double> cores,
        Reading<Double> load1,
        Reading<Double> load5,
        Reading<Double> load15) {
    public CpuUse {
        cores = List.copyOf(cores);
    }
}
