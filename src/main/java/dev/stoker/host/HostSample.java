package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a host did and had at one moment. Rates are those since the sample before; the first sample
 * has none. Immutable.
 *
 * @param time when, for labels
 * @param nanos when, on the sampler's monotonic clock
 * @param memory the host's, without the limits of control groups
 * @param hugePages part of what the memory counts as used
 * @param cpu the processors
 * @param cpuPressure who waited for a processor
 * @param memoryPressure who waited for memory
 * @param ioPressure who waited for a disk
 * @param disks whole block devices, by name; those below a RAID or a volume count too
 * @param networks interfaces but for the loopback one, by name
 * @param models the file system of the models' folder, where one was given
 * @param limits what control groups leave this program
 */
public record HostSample(
        Instant time,
        long nanos,
        HostMemory memory,
        HugePages hugePages,
        CpuUse cpu,
        Pressure cpuPressure,
        Pressure memoryPressure,
        Pressure ioPressure,
        List<DiskUse> disks,
        List<NetworkUse> networks,
        Optional<StorageUse> models,
        HostLimits limits) {
    public HostSample {
        disks = List.copyOf(disks);
        networks = List.copyOf(networks);
    }

    /** Returns a sample of a host of which only the memory was looked at, and why. */
    public static HostSample ofMemory(HostMemory memory, Instant time, long nanos, String why) {
        Reading<Double> none = Reading.unsupported(why);
        Reading<Bytes> noBytes = Reading.unsupported(why);
        Pressure noPressure = new Pressure(none, none);
        return new HostSample(
                time,
                nanos,
                memory,
                new HugePages(noBytes, noBytes),
                new CpuUse(none, none, none, List.of(), none, none, none),
                noPressure,
                noPressure,
                noPressure,
                List.of(),
                List.of(),
                Optional.empty(),
                new HostLimits(noBytes, noBytes, none, Reading.unsupported(why), none));
    }
}
