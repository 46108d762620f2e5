package dev.stoker.metrics;

import dev.stoker.base.Text;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.machine.MachineSample;

import io.prometheus.metrics.model.snapshots.Labels;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The names, units and labels of NVIDIA's dcgm-exporter, for dashboards that were made for it. What
 * only DCGM can measure ({@code DCGM_FI_PROF_…}) is not here. Stateless.
 */
final class DcgmMetrics {
    private static final double MIB = 1 << 20;

    private record Field(String name, GpuMetric metric, double unit, String help) {}

    private static final List<Field> FIELDS =
            List.of(
                    field("SM_CLOCK", GpuMetric.CLOCK, 1e6, "SM clock frequency (in MHz)."),
                    field(
                            "MEM_CLOCK",
                            GpuMetric.MEMORY_CLOCK,
                            1e6,
                            "Memory clock frequency (in MHz)."),
                    field("GPU_TEMP", GpuMetric.TEMPERATURE, 1, "GPU temperature (in C)."),
                    field(
                            "MEMORY_TEMP",
                            GpuMetric.MEMORY_TEMPERATURE,
                            1,
                            "Memory temperature (in C)."),
                    field("POWER_USAGE", GpuMetric.POWER, 1, "Power draw (in W)."),
                    field(
                            "TOTAL_ENERGY_CONSUMPTION",
                            GpuMetric.ENERGY,
                            1e-3,
                            "Energy since the driver was loaded (in mJ)."),
                    field("GPU_UTIL", GpuMetric.UTILISATION, 1, "GPU utilization (in %)."),
                    field(
                            "MEM_COPY_UTIL",
                            GpuMetric.MEMORY_UTILISATION,
                            1,
                            "Memory utilization (in %)."),
                    field(
                            "ENC_UTIL",
                            GpuMetric.ENCODER_UTILISATION,
                            1,
                            "Encoder utilization (in %)."),
                    field(
                            "DEC_UTIL",
                            GpuMetric.DECODER_UTILISATION,
                            1,
                            "Decoder utilization (in %)."),
                    field("FB_FREE", GpuMetric.MEMORY_FREE, MIB, "Free memory (in MiB)."),
                    field("FB_USED", GpuMetric.MEMORY_USED, MIB, "Used memory (in MiB)."),
                    field(
                            "FB_RESERVED",
                            GpuMetric.MEMORY_RESERVED,
                            MIB,
                            "Reserved memory (in MiB)."),
                    field(
                            "CORRECTABLE_REMAPPED_ROWS",
                            GpuMetric.ROWS_REMAPPED_CORRECTABLE,
                            1,
                            "Rows remapped for correctable errors."),
                    field(
                            "UNCORRECTABLE_REMAPPED_ROWS",
                            GpuMetric.ROWS_REMAPPED_UNCORRECTABLE,
                            1,
                            "Rows remapped for uncorrectable errors."),
                    field(
                            "ROW_REMAP_FAILURE",
                            GpuMetric.ROW_REMAP_FAILED,
                            1,
                            "Whether a remapping has failed."));

    private DcgmMetrics() {}

    private static Field field(String name, GpuMetric metric, double unit, String help) {
        return new Field("DCGM_FI_DEV_" + name, metric, unit, help);
    }

    static void put(Families to, MachineSample machine, String hostname) {
        Set<String> silent = new HashSet<>();
        machine.picture().parts().stream()
                .filter(part -> part.silence().isPresent())
                .map(GpuPicture.Part::report)
                .forEach(report -> report.gpus().forEach(gpu -> silent.add(gpu.device().key())));
        for (GpuSample gpu : machine.gpus()) {
            if (gpu.device().vendor() != GpuVendor.NVIDIA || silent.contains(gpu.device().key())) {
                continue;
            }
            Labels labels = labels(gpu.device(), hostname);
            for (Field field : FIELDS) {
                if (gpu.value(field.metric()).isKnown()) {
                    to.untyped(
                            field.name(),
                            field.help(),
                            labels,
                            gpu.value(field.metric()).value() / field.unit());
                }
            }
        }
    }

    private static Labels labels(GpuDevice device, String hostname) {
        String index = Integer.toString(device.index());
        return Labels.of(
                "gpu", index,
                "UUID", Text.plain(device.uuid().orElse(""), Shown.LONGEST),
                "pci_bus_id", Text.plain(device.pciBusId().orElse(""), Shown.LONGEST),
                "device", "nvidia" + index,
                "modelName", Text.plain(device.name().orElse(""), Shown.LONGEST),
                "Hostname", hostname,
                "DCGM_FI_DRIVER_VERSION", Text.plain(device.driver().orElse(""), Shown.LONGEST));
    }
}
