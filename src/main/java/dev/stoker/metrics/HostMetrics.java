package dev.stoker.metrics;

import dev.stoker.host.CpuUse;
import dev.stoker.host.DiskUse;
import dev.stoker.host.HostLimits;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostSample;
import dev.stoker.host.Pressure;
import dev.stoker.host.StorageUse;

import io.prometheus.metrics.model.snapshots.Labels;

/**
 * The series of the host: what bears on models. Networks and all else are the node exporter's.
 * Stateless.
 */
final class HostMetrics {
    private static final Labels NONE = Labels.EMPTY;

    private HostMetrics() {}

    static void put(Families to, HostSample host) {
        memory(to, host.memory());
        to.bytes(
                "stoker_host_huge_pages_bytes",
                "Memory that was set aside in large pages.",
                NONE,
                host.hugePages().total());
        to.bytes(
                "stoker_host_huge_pages_free_bytes",
                "Large pages that nobody uses.",
                NONE,
                host.hugePages().free());
        cpu(to, host.cpu());
        pressure(to, "cpu", host.cpuPressure());
        pressure(to, "memory", host.memoryPressure());
        pressure(to, "io", host.ioPressure());
        host.disks().forEach(disk -> disk(to, disk));
        host.models().ifPresent(models -> storage(to, models));
        limits(to, host.limits());
    }

    private static void memory(Families to, HostMemory memory) {
        String of = "stoker_host_memory_";
        to.bytes(of + "total_bytes", "All memory of the host.", NONE, memory.total());
        to.bytes(
                of + "available_bytes",
                "What new programs could have without swapping.",
                NONE,
                memory.available());
        to.bytes(of + "free_bytes", "Memory that is used for nothing.", NONE, memory.free());
        to.bytes(
                of + "page_cache_bytes",
                "Files that are kept in memory.",
                NONE,
                memory.pageCache());
        to.bytes("stoker_host_swap_total_bytes", "Swap; 0: none.", NONE, memory.swapTotal());
        to.bytes("stoker_host_swap_used_bytes", "Used swap.", NONE, memory.swapUsed());
    }

    private static void cpu(Families to, CpuUse cpu) {
        String of = "stoker_host_cpu_";
        to.gauge(of + "busy_ratio", "Share of the processors' time at work.", NONE, cpu.busy());
        to.gauge(
                of + "waiting_ratio",
                "Share of the processors' time in which tasks waited for a disk.",
                NONE,
                cpu.waiting());
        to.gauge(
                of + "stolen_ratio",
                "Share of the processors' time that the hypervisor took.",
                NONE,
                cpu.stolen());
        to.gauge("stoker_host_load1", "Tasks that ran or waited, last minute.", NONE, cpu.load1());
        to.gauge(
                "stoker_host_load5",
                "Tasks that ran or waited, last five minutes.",
                NONE,
                cpu.load5());
        to.gauge(
                "stoker_host_load15",
                "Tasks that ran or waited, last fifteen minutes.",
                NONE,
                cpu.load15());
    }

    private static void pressure(Families to, String resource, Pressure pressure) {
        String name = "stoker_host_pressure_ratio";
        String help = "Share of the last 10 seconds in which tasks waited for a resource.";
        to.gauge(name, help, Labels.of("resource", resource, "tasks", "some"), pressure.some());
        to.gauge(name, help, Labels.of("resource", resource, "tasks", "all"), pressure.full());
    }

    private static void disk(Families to, DiskUse disk) {
        Labels labels = Labels.of("disk", disk.name());
        to.gauge(
                "stoker_host_disk_read_bytes_per_second",
                "Bytes read a second between the last two samples.",
                labels,
                disk.read());
        to.gauge(
                "stoker_host_disk_written_bytes_per_second",
                "Bytes written a second between the last two samples.",
                labels,
                disk.written());
        to.gauge(
                "stoker_host_disk_busy_ratio",
                "Share of the time in which a request was under way.",
                labels,
                disk.busy());
    }

    private static void storage(Families to, StorageUse models) {
        to.bytes(
                "stoker_host_models_size_bytes",
                "Size of the file system that the models lie on.",
                NONE,
                models.total());
        to.bytes(
                "stoker_host_models_available_bytes",
                "What may still be written there.",
                NONE,
                models.available());
    }

    private static void limits(Families to, HostLimits limits) {
        String of = "stoker_host_limit_";
        to.bytes(of + "memory_bytes", "Memory that control groups allow.", NONE, limits.memory());
        to.bytes(
                of + "memory_room_bytes",
                "Memory that these limits leave.",
                NONE,
                limits.memoryRoom());
        to.gauge(of + "cpus", "Processors' worth of time allowed.", NONE, limits.cpus());
        to.gauge(of + "allowed_cpus", "Processors allowed.", NONE, limits.allowedCpus());
        to.gauge(
                of + "throttled_ratio",
                "Share of the time in which tasks were held back.",
                NONE,
                limits.throttled());
    }
}
