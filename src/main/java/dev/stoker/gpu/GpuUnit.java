package dev.stoker.gpu;

/** The unit of a {@link GpuMetric}. Values are always kept in these, never in MiB, mW or MHz. */
public enum GpuUnit {
    /** 0 to 100; a fan's may be above. */
    PERCENT,
    BYTES,
    CELSIUS,
    WATTS,
    JOULES,
    HERTZ,
    BYTES_PER_SECOND,
    REVOLUTIONS_PER_MINUTE,
    /** A number of things. */
    COUNT,
    /** A place on a scale, such as a performance state or a generation of PCIe. */
    LEVEL
}
