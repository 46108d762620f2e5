package dev.stoker.gpu;

import java.util.List;
import java.util.Optional;

/**
 * A figure that a GPU may tell. Each has one unit, one name in JSON, and the names by which {@code
 * nvidia-smi --query-gpu} knows it.
 *
 * <p>Source: NVML API reference; {@code nvidia-smi --help-query-gpu}.
 */
public enum GpuMetric {
    UTILISATION(GpuUnit.PERCENT, "utilization_percent", "utilization.gpu"),
    /** Share of time in which the memory was read or written; not how full it is. */
    MEMORY_UTILISATION(GpuUnit.PERCENT, "memory_utilization_percent", "utilization.memory"),
    ENCODER_UTILISATION(GpuUnit.PERCENT, "encoder_utilization_percent", "utilization.encoder"),
    DECODER_UTILISATION(GpuUnit.PERCENT, "decoder_utilization_percent", "utilization.decoder"),

    /** Without what the driver keeps for itself, where the driver tells that apart. */
    MEMORY_USED(GpuUnit.BYTES, "memory_used_bytes", "memory.used"),
    MEMORY_TOTAL(GpuUnit.BYTES, "memory_total_bytes", "memory.total"),
    MEMORY_FREE(GpuUnit.BYTES, "memory_free_bytes", "memory.free"),
    MEMORY_RESERVED(GpuUnit.BYTES, "memory_reserved_bytes", "memory.reserved"),
    /** Of unified memory: what new programs could have, since files are dropped from memory. */
    MEMORY_AVAILABLE(GpuUnit.BYTES, "memory_available_bytes"),
    /** Of unified memory: files that are kept there; some drivers don't take that for free. */
    MEMORY_PAGE_CACHE(GpuUnit.BYTES, "memory_page_cache_bytes"),

    TEMPERATURE(GpuUnit.CELSIUS, "temperature_celsius", "temperature.gpu"),
    MEMORY_TEMPERATURE(GpuUnit.CELSIUS, "memory_temperature_celsius", "temperature.memory"),
    /** The hottest place of the chip, where it is told apart from the chip as a whole. */
    HOTSPOT_TEMPERATURE(GpuUnit.CELSIUS, "hotspot_temperature_celsius"),
    /** Where the device slows itself down by its own mark. */
    SLOWDOWN_TEMPERATURE(GpuUnit.CELSIUS, "slowdown_temperature_celsius"),
    SHUTDOWN_TEMPERATURE(GpuUnit.CELSIUS, "shutdown_temperature_celsius"),

    POWER(GpuUnit.WATTS, "power_watts", "power.draw"),
    POWER_LIMIT(GpuUnit.WATTS, "power_limit_watts", "power.limit", "enforced.power.limit"),
    /** What the whole board draws, where that is told apart from the GPU (Jetson). */
    BOARD_POWER(GpuUnit.WATTS, "board_power_watts"),
    /** Since the driver was loaded; only grows. */
    ENERGY(GpuUnit.JOULES, "energy_joules"),

    /** The clock of the shaders: the one that limits computing. */
    CLOCK(GpuUnit.HERTZ, "clock_mhz", "clocks.current.sm", "clocks.sm"),
    CLOCK_MAX(GpuUnit.HERTZ, "clock_max_mhz", "clocks.max.sm"),
    GRAPHICS_CLOCK(GpuUnit.HERTZ, "graphics_clock_mhz", "clocks.current.graphics", "clocks.gr"),
    GRAPHICS_CLOCK_MAX(
            GpuUnit.HERTZ, "graphics_clock_max_mhz", "clocks.max.graphics", "clocks.max.gr"),
    MEMORY_CLOCK(GpuUnit.HERTZ, "memory_clock_mhz", "clocks.current.memory", "clocks.mem"),
    MEMORY_CLOCK_MAX(GpuUnit.HERTZ, "memory_clock_max_mhz", "clocks.max.memory", "clocks.max.mem"),
    /** 0 is the fastest, 15 the slowest. */
    PERFORMANCE_STATE(GpuUnit.LEVEL, "performance_state", "pstate"),

    /** What the fan is told to do; the mean over the fans. May be above 100. */
    FAN(GpuUnit.PERCENT, "fan_percent", "fan.speed"),
    /** How fast it really turns. */
    FAN_SPEED(GpuUnit.REVOLUTIONS_PER_MINUTE, "fan_rpm"),

    PCIE_GENERATION(GpuUnit.LEVEL, "pcie_generation", "pcie.link.gen.current"),
    PCIE_GENERATION_MAX(GpuUnit.LEVEL, "pcie_generation_max", "pcie.link.gen.max"),
    PCIE_WIDTH(GpuUnit.COUNT, "pcie_width", "pcie.link.width.current"),
    PCIE_WIDTH_MAX(GpuUnit.COUNT, "pcie_width_max", "pcie.link.width.max"),
    /** Measuring it takes the driver 20 ms each: only where it was asked for. */
    PCIE_SENT(GpuUnit.BYTES_PER_SECOND, "pcie_sent_bytes_per_second"),
    PCIE_RECEIVED(GpuUnit.BYTES_PER_SECOND, "pcie_received_bytes_per_second"),

    NVLINK_ACTIVE(GpuUnit.COUNT, "nvlink_active"),
    NVLINK_TOTAL(GpuUnit.COUNT, "nvlink_total"),

    ECC_CORRECTED(GpuUnit.COUNT, "ecc_corrected_volatile", "ecc.errors.corrected.volatile.total"),
    ECC_UNCORRECTED(
            GpuUnit.COUNT, "ecc_uncorrected_volatile", "ecc.errors.uncorrected.volatile.total"),
    ECC_CORRECTED_EVER(
            GpuUnit.COUNT, "ecc_corrected_aggregate", "ecc.errors.corrected.aggregate.total"),
    ECC_UNCORRECTED_EVER(
            GpuUnit.COUNT, "ecc_uncorrected_aggregate", "ecc.errors.uncorrected.aggregate.total"),
    ROWS_REMAPPED_CORRECTABLE(
            GpuUnit.COUNT, "remapped_rows_correctable", "remapped_rows.correctable"),
    ROWS_REMAPPED_UNCORRECTABLE(
            GpuUnit.COUNT, "remapped_rows_uncorrectable", "remapped_rows.uncorrectable"),
    /** 1 where rows wait to be remapped, which the next reset does; else 0. */
    ROW_REMAP_PENDING(GpuUnit.LEVEL, "row_remap_pending", "remapped_rows.pending"),
    /** 1 where a remapping has failed: the board is to be replaced; else 0. */
    ROW_REMAP_FAILED(GpuUnit.LEVEL, "row_remap_failed", "remapped_rows.failure");

    private final GpuUnit unit;
    private final String jsonName;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> queryNames;

    GpuMetric(GpuUnit unit, String jsonName, String... queryNames) {
        this.unit = unit;
        this.jsonName = jsonName;
        this.queryNames = List.of(queryNames);
    }

    public GpuUnit unit() {
        return unit;
    }

    /**
     * Returns the name in JSON, which ends with the unit there: clocks are shown in MHz, all else
     * in the metric's own unit.
     */
    public String jsonName() {
        return jsonName;
    }

    /** Returns a value as JSON shows it. */
    public double jsonValue(double value) {
        return unit == GpuUnit.HERTZ ? value / 1e6 : value;
    }

    /** Returns the names that {@code nvidia-smi} has for it; empty where it has none. */
    public List<String> queryNames() {
        return queryNames;
    }

    /** Returns the metric that {@code nvidia-smi} knows by that name. */
    public static Optional<GpuMetric> ofQueryName(String name) {
        for (GpuMetric metric : values()) {
            if (metric.queryNames.contains(name)) {
                return Optional.of(metric);
            }
        }
        return Optional.empty();
    }
}
