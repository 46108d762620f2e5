package dev.stoker.metrics;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSensor;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.MigInstance;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.machine.MachineSample;

import io.prometheus.metrics.model.snapshots.Labels;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The series of GPUs. What a driver told before it fell silent is not shown as if it were of now:
 * then only {@code stoker_gpu_up} is left. Stateless.
 */
final class GpuMetrics {
    private static final String SENSOR = "Further sensor of the board, by the maker's own name.";

    private GpuMetrics() {}

    static void put(Families to, MachineSample machine) {
        Set<String> silent = new HashSet<>();
        for (GpuPicture.Part part : machine.picture().parts()) {
            String source = Text.plain(part.report().source(), Shown.LONGEST);
            if (part.silence().isPresent()) {
                part.report().gpus().forEach(gpu -> silent.add(gpu.device().key()));
            }
            boolean faulty =
                    part.silence().isPresent()
                            || part.report().trouble().filter(GpuTrouble::isFault).isPresent();
            to.flag(
                    "stoker_gpu_source_up",
                    "Whether a source of GPUs answers in time (1) or not (0).",
                    Labels.of("source", source),
                    !faulty);
        }
        for (GpuSample gpu : machine.gpus()) {
            Labels labels = labels(gpu.device());
            boolean told = !silent.contains(gpu.device().key());
            boolean fine = gpu.trouble().filter(GpuTrouble::isFault).isEmpty();
            to.flag(
                    "stoker_gpu_up",
                    "Whether the GPU can be read (1), or is lost, silent or to be reset (0).",
                    labels,
                    told && fine);
            info(to, gpu.device());
            if (told) {
                figures(to, gpu, labels);
                throttling(to, gpu, labels);
                processes(to, gpu, labels);
                gpu.instances().forEach(part -> instance(to, gpu.device(), part));
                gpu.sensors().forEach(sensor -> sensor(to, gpu.device(), sensor));
            }
        }
    }

    static Labels labels(GpuDevice device) {
        return Labels.of("gpu", Integer.toString(device.index()), "uuid", uuid(device));
    }

    private static String uuid(GpuDevice device) {
        return Text.plain(device.uuid().orElse(""), Shown.LONGEST);
    }

    private static void info(Families to, GpuDevice device) {
        to.info(
                "stoker_gpu",
                "What the GPU is.",
                Labels.of(
                        "gpu", Integer.toString(device.index()),
                        "uuid", uuid(device),
                        "name", Text.plain(device.name().orElse(""), Shown.LONGEST),
                        "vendor", device.vendor().name().toLowerCase(Locale.ROOT),
                        "pci_bus_id", Text.plain(device.pciBusId().orElse(""), Shown.LONGEST),
                        "driver", Text.plain(device.driver().orElse(""), Shown.LONGEST),
                        "unified_memory", Boolean.toString(device.unifiedMemory())));
    }

    private static void figures(Families to, GpuSample gpu, Labels labels) {
        for (GpuSeries series : GpuSeries.ALL) {
            Reading<Double> value = gpu.value(series.metric());
            if (value.isKnown()) {
                series.put(to, labels, value.value());
            }
        }
    }

    private static void throttling(Families to, GpuSample gpu, Labels labels) {
        if (gpu.throttleReasons().isKnown()) {
            Set<ThrottleReason> now = gpu.throttleReasons().value();
            for (ThrottleReason reason : ThrottleReason.values()) {
                to.flag(
                        "stoker_gpu_throttled",
                        "Whether the GPU's clock is lower than it could be for this reason.",
                        labels.add("reason", reason.code()),
                        now.contains(reason));
            }
        }
    }

    private static void processes(Families to, GpuSample gpu, Labels labels) {
        if (gpu.processes() instanceof Reading.Known<List<GpuProcess>>(List<GpuProcess> all)) {
            to.gauge("stoker_gpu_processes", "Processes that use the GPU.", labels, all.size());
        }
    }

    private static void instance(Families to, GpuDevice device, MigInstance part) {
        Labels labels =
                labels(device)
                        .add("instance_index", Integer.toString(part.index()))
                        .add("profile", Text.plain(part.name().orElse(""), Shown.LONGEST));
        to.bytes(
                "stoker_gpu_instance_memory_used_bytes",
                "Used memory of a part of a GPU (MIG).",
                labels,
                part.memoryUsed());
        to.bytes(
                "stoker_gpu_instance_memory_total_bytes",
                "Memory of a part of a GPU (MIG).",
                labels,
                part.memoryTotal());
    }

    private static void sensor(Families to, GpuDevice device, GpuSensor sensor) {
        Labels labels = labels(device).add("sensor", Text.plain(sensor.name(), Shown.LONGEST));
        switch (sensor.unit()) {
            case WATTS -> to.gauge("stoker_gpu_sensor_watts", SENSOR, labels, sensor.value());
            case CELSIUS -> to.gauge("stoker_gpu_sensor_celsius", SENSOR, labels, sensor.value());
            case HERTZ -> to.gauge("stoker_gpu_sensor_hertz", SENSOR, labels, sensor.value());
            case BYTES -> to.gauge("stoker_gpu_sensor_bytes", SENSOR, labels, sensor.value());
            case PERCENT ->
                    to.gauge(
                            "stoker_gpu_sensor_ratio",
                            SENSOR,
                            labels,
                            sensor.value().map(v -> v / 100));
            case JOULES, BYTES_PER_SECOND, REVOLUTIONS_PER_MINUTE, COUNT, LEVEL -> {
                // No board has such a sensor so far.
            }
        }
    }
}
