package dev.stoker.metrics;

import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuUnit;

import io.prometheus.metrics.model.snapshots.Labels;

import java.util.List;

/**
 * The series of one figure of a GPU, in base units.
 *
 * @param metric which figure
 * @param name the metric's name; of a counter without {@code _total}
 * @param help one sentence
 * @param label a further label's name, where several figures share a metric; else empty
 * @param labelValue that label's value
 * @param isCounter whether it only grows
 */
record GpuSeries(
        GpuMetric metric,
        String name,
        String help,
        String label,
        String labelValue,
        boolean isCounter) {

    static final List<GpuSeries> ALL =
            List.of(
                    of(
                            GpuMetric.UTILISATION,
                            "utilization_ratio",
                            "Share of time in which something ran on the GPU, 0 to 1."),
                    of(
                            GpuMetric.MEMORY_UTILISATION,
                            "memory_busy_ratio",
                            "Share of time in which the GPU's memory was read or written."),
                    of(
                            GpuMetric.ENCODER_UTILISATION,
                            "encoder_utilization_ratio",
                            "Share of time in which the video encoder worked."),
                    of(
                            GpuMetric.DECODER_UTILISATION,
                            "decoder_utilization_ratio",
                            "Share of time in which the video decoder worked."),
                    of(
                            GpuMetric.MEMORY_USED,
                            "memory_used_bytes",
                            "Used memory, without what the driver keeps where that is told apart."),
                    of(GpuMetric.MEMORY_TOTAL, "memory_total_bytes", "All of the GPU's memory."),
                    of(GpuMetric.MEMORY_FREE, "memory_free_bytes", "Free memory."),
                    of(
                            GpuMetric.MEMORY_RESERVED,
                            "memory_reserved_bytes",
                            "Memory that the driver keeps for itself."),
                    of(
                            GpuMetric.MEMORY_AVAILABLE,
                            "memory_available_bytes",
                            "Of unified memory: what new programs could have."),
                    of(
                            GpuMetric.MEMORY_PAGE_CACHE,
                            "memory_page_cache_bytes",
                            "Of unified memory: files that are kept there."),
                    of(GpuMetric.TEMPERATURE, "temperature_celsius", "Temperature of the chip."),
                    of(
                            GpuMetric.MEMORY_TEMPERATURE,
                            "memory_temperature_celsius",
                            "Temperature of the memory."),
                    of(
                            GpuMetric.HOTSPOT_TEMPERATURE,
                            "hotspot_temperature_celsius",
                            "Temperature of the hottest place of the chip."),
                    of(
                            GpuMetric.SLOWDOWN_TEMPERATURE,
                            "slowdown_temperature_celsius",
                            "Where the device slows itself down."),
                    of(
                            GpuMetric.SHUTDOWN_TEMPERATURE,
                            "shutdown_temperature_celsius",
                            "Where the device switches itself off."),
                    of(GpuMetric.POWER, "power_watts", "What the GPU draws."),
                    of(GpuMetric.POWER_LIMIT, "power_limit_watts", "The limit that is enforced."),
                    of(
                            GpuMetric.BOARD_POWER,
                            "board_power_watts",
                            "What the whole board draws, where that is told apart (Jetson)."),
                    counter(
                            GpuMetric.ENERGY,
                            "energy_joules",
                            "Energy since the driver was loaded.",
                            "",
                            ""),
                    clock(GpuMetric.CLOCK, "clock_hertz", "A clock now.", "sm"),
                    clock(GpuMetric.GRAPHICS_CLOCK, "clock_hertz", "A clock now.", "graphics"),
                    clock(GpuMetric.MEMORY_CLOCK, "clock_hertz", "A clock now.", "memory"),
                    clock(GpuMetric.CLOCK_MAX, "clock_max_hertz", "A clock's maximum.", "sm"),
                    clock(
                            GpuMetric.GRAPHICS_CLOCK_MAX,
                            "clock_max_hertz",
                            "A clock's maximum.",
                            "graphics"),
                    clock(
                            GpuMetric.MEMORY_CLOCK_MAX,
                            "clock_max_hertz",
                            "A clock's maximum.",
                            "memory"),
                    of(
                            GpuMetric.PERFORMANCE_STATE,
                            "performance_state",
                            "0 is the fastest, 15 the slowest."),
                    of(GpuMetric.FAN, "fan_ratio", "What the fan is told to do; may be above 1."),
                    of(GpuMetric.FAN_SPEED, "fan_rpm", "Revolutions of the fan a minute."),
                    of(GpuMetric.PCIE_GENERATION, "pcie_generation", "PCIe generation now."),
                    of(
                            GpuMetric.PCIE_GENERATION_MAX,
                            "pcie_generation_max",
                            "The newest PCIe generation that is possible here."),
                    of(GpuMetric.PCIE_WIDTH, "pcie_lanes", "PCIe lanes now."),
                    of(GpuMetric.PCIE_WIDTH_MAX, "pcie_lanes_max", "PCIe lanes at most."),
                    of(GpuMetric.NVLINK_ACTIVE, "nvlinks_active", "NVLinks that are up."),
                    of(GpuMetric.NVLINK_TOTAL, "nvlinks", "NVLinks that the GPU has."),
                    type(
                            GpuMetric.ECC_CORRECTED,
                            "ecc_errors_since_load",
                            "Errors of the memory since the driver was loaded.",
                            "corrected"),
                    type(
                            GpuMetric.ECC_UNCORRECTED,
                            "ecc_errors_since_load",
                            "Errors of the memory since the driver was loaded.",
                            "uncorrected"),
                    counter(
                            GpuMetric.ECC_CORRECTED_EVER,
                            "ecc_errors",
                            "Errors of the memory in the GPU's life.",
                            "type",
                            "corrected"),
                    counter(
                            GpuMetric.ECC_UNCORRECTED_EVER,
                            "ecc_errors",
                            "Errors of the memory in the GPU's life.",
                            "type",
                            "uncorrected"),
                    type(
                            GpuMetric.ROWS_REMAPPED_CORRECTABLE,
                            "remapped_rows",
                            "Rows of the memory that were replaced.",
                            "correctable"),
                    type(
                            GpuMetric.ROWS_REMAPPED_UNCORRECTABLE,
                            "remapped_rows",
                            "Rows of the memory that were replaced.",
                            "uncorrectable"),
                    of(
                            GpuMetric.ROW_REMAP_PENDING,
                            "row_remap_pending",
                            "1: rows wait to be replaced, which the next reset does."),
                    of(
                            GpuMetric.ROW_REMAP_FAILED,
                            "row_remap_failed",
                            "1: a replacement has failed; the board is to be replaced."));

    private static GpuSeries of(GpuMetric metric, String name, String help) {
        return new GpuSeries(metric, "stoker_gpu_" + name, help, "", "", false);
    }

    private static GpuSeries clock(GpuMetric metric, String name, String help, String clock) {
        return new GpuSeries(metric, "stoker_gpu_" + name, help, "clock", clock, false);
    }

    private static GpuSeries type(GpuMetric metric, String name, String help, String type) {
        return new GpuSeries(metric, "stoker_gpu_" + name, help, "type", type, false);
    }

    private static GpuSeries counter(
            GpuMetric metric, String name, String help, String label, String labelValue) {
        return new GpuSeries(metric, "stoker_gpu_" + name, help, label, labelValue, true);
    }

    void put(Families to, Labels gpu, double value) {
        Labels labels = label.isEmpty() ? gpu : gpu.add(label, labelValue);
        double shown = metric.unit() == GpuUnit.PERCENT ? value / 100 : value;
        if (isCounter) {
            to.counter(name, help, labels, shown);
        } else {
            to.gauge(name, help, labels, shown);
        }
    }
}
