package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

/**
 * What control groups (a container, a unit) leave this program, and all that runs in its group.
 * What is not limited is unsupported, with that as its reason. Immutable.
 *
 * @param memory the lowest limit of the group and those above it
 * @param memoryRoom what that leaves, counting file contents that can be dropped as room
 * @param cpus processors' worth of time, such as 2.5
 * @param allowedCpus how many processors the group may run on
 * @param throttled share of the time between two samples, 0 to 1, in which tasks were held because
 *     the group's time was used up
 */
public record HostLimits(
        Reading<Bytes> memory,
        Reading<Bytes> memoryRoom,
        Reading<Double> cpus,
        Reading<Integer> allowedCpus,
        Reading<Double> throttled) {}
