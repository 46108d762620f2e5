package dev.stoker.machine.wire;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.host.CpuUse;
import dev.stoker.host.DiskUse;
import dev.stoker.host.HostLimits;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostSample;
import dev.stoker.host.HugePages;
import dev.stoker.host.NetworkUse;
import dev.stoker.host.Pressure;
import dev.stoker.host.StorageUse;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The form of a host. Pure. */
final class HostForm {
    private HostForm() {}

    static ObjectNode write(HostSample host) {
        ObjectNode o = Json.object();
        o.put("time", host.time().toString()).put("nanos", host.nanos());
        o.set("memory", memory(host.memory(), host.hugePages()));
        o.set("cpu", cpu(host.cpu()));
        ObjectNode pressure = o.putObject("pressure");
        pressure.set("cpu", pressure(host.cpuPressure()));
        pressure.set("memory", pressure(host.memoryPressure()));
        pressure.set("io", pressure(host.ioPressure()));
        o.set("disks", Form.array(host.disks(), HostForm::disk));
        o.set("networks", Form.array(host.networks(), HostForm::network));
        host.models().ifPresent(models -> o.set("models", storage(models)));
        o.set("limits", limits(host.limits()));
        return o;
    }

    static HostSample read(JsonNode o) {
        JsonNode memory = o.path("memory");
        JsonNode pressure = o.path("pressure");
        return new HostSample(
                Form.time(o, "time"),
                Form.whole(o, "nanos"),
                readMemory(memory),
                new HugePages(
                        Form.bytes(memory, "huge_pages_total_bytes"),
                        Form.bytes(memory, "huge_pages_free_bytes")),
                readCpu(o.path("cpu")),
                readPressure(pressure.path("cpu")),
                readPressure(pressure.path("memory")),
                readPressure(pressure.path("io")),
                Form.list(o, "disks", HostForm::readDisk),
                Form.list(o, "networks", HostForm::readNetwork),
                Form.optional(o, "models", HostForm::readStorage),
                readLimits(o.path("limits")));
    }

    private static JsonNode memory(HostMemory memory, HugePages hugePages) {
        ObjectNode o = Json.object();
        Form.putBytes(o, "total_bytes", memory.total());
        Form.putBytes(o, "available_bytes", memory.available());
        Form.putBytes(o, "free_bytes", memory.free());
        Form.putBytes(o, "page_cache_bytes", memory.pageCache());
        Form.putBytes(o, "swap_total_bytes", memory.swapTotal());
        Form.putBytes(o, "swap_used_bytes", memory.swapUsed());
        Form.putBytes(o, "huge_pages_total_bytes", hugePages.total());
        Form.putBytes(o, "huge_pages_free_bytes", hugePages.free());
        return o;
    }

    private static HostMemory readMemory(JsonNode o) {
        return new HostMemory(
                Form.bytes(o, "total_bytes"),
                Form.bytes(o, "available_bytes"),
                Form.bytes(o, "free_bytes"),
                Form.bytes(o, "page_cache_bytes"),
                Form.bytes(o, "swap_total_bytes"),
                Form.bytes(o, "swap_used_bytes"));
    }

    private static JsonNode cpu(CpuUse cpu) {
        ObjectNode o = Json.object();
        Form.putNumber(o, "busy_ratio", cpu.busy());
        Form.putNumber(o, "waiting_ratio", cpu.waiting());
        Form.putNumber(o, "stolen_ratio", cpu.stolen());
        o.set(
                "cores_busy_ratio",
                Form.array(cpu.cores(), n -> JsonNodeFactory.instance.numberNode(finite(n))));
        Form.putNumber(o, "load1", cpu.load1());
        Form.putNumber(o, "load5", cpu.load5());
        Form.putNumber(o, "load15", cpu.load15());
        return o;
    }

    private static double finite(double share) {
        return Double.isFinite(share) ? share : 0;
    }

    private static CpuUse readCpu(JsonNode o) {
        return new CpuUse(
                Form.numbers(o, "busy_ratio"),
                Form.numbers(o, "waiting_ratio"),
                Form.numbers(o, "stolen_ratio"),
                Form.list(o, "cores_busy_ratio", Form::asNumber),
                Form.numbers(o, "load1"),
                Form.numbers(o, "load5"),
                Form.numbers(o, "load15"));
    }

    private static JsonNode pressure(Pressure pressure) {
        ObjectNode o = Json.object();
        Form.putNumber(o, "some_ratio", pressure.some());
        Form.putNumber(o, "full_ratio", pressure.full());
        return o;
    }

    private static Pressure readPressure(JsonNode o) {
        return new Pressure(Form.numbers(o, "some_ratio"), Form.numbers(o, "full_ratio"));
    }

    private static JsonNode disk(DiskUse disk) {
        ObjectNode o = Json.object().put("name", disk.name());
        rates(o, disk.read(), disk.written());
        Form.putNumber(o, "busy_ratio", disk.busy());
        return o;
    }

    private static DiskUse readDisk(JsonNode o) {
        return new DiskUse(
                Form.text(o, "name"), readRate(o), writtenRate(o), Form.numbers(o, "busy_ratio"));
    }

    private static void rates(ObjectNode o, Reading<Double> read, Reading<Double> written) {
        Form.putNumber(o, "read_bytes_per_second", read);
        Form.putNumber(o, "written_bytes_per_second", written);
    }

    private static Reading<Double> readRate(JsonNode o) {
        return Form.numbers(o, "read_bytes_per_second");
    }

    private static Reading<Double> writtenRate(JsonNode o) {
        return Form.numbers(o, "written_bytes_per_second");
    }

    private static JsonNode network(NetworkUse network) {
        ObjectNode o = Json.object().put("name", network.name());
        Form.putNumber(o, "received_bytes_per_second", network.received());
        Form.putNumber(o, "sent_bytes_per_second", network.sent());
        return o;
    }

    private static NetworkUse readNetwork(JsonNode o) {
        return new NetworkUse(
                Form.text(o, "name"),
                Form.numbers(o, "received_bytes_per_second"),
                Form.numbers(o, "sent_bytes_per_second"));
    }

    private static JsonNode storage(StorageUse models) {
        ObjectNode o = Json.object().put("folder", models.folder());
        Form.putText(o, "mount", models.mount());
        Form.putText(o, "type", models.type());
        Form.putText(o, "device", models.device());
        Form.putBytes(o, "total_bytes", models.total());
        Form.putBytes(o, "available_bytes", models.available());
        rates(o, models.read(), models.written());
        return o;
    }

    private static StorageUse readStorage(JsonNode o) {
        return new StorageUse(
                Form.text(o, "folder"),
                Form.texts(o, "mount"),
                Form.texts(o, "type"),
                Form.texts(o, "device"),
                Form.bytes(o, "total_bytes"),
                Form.bytes(o, "available_bytes"),
                readRate(o),
                writtenRate(o));
    }

    private static JsonNode limits(HostLimits limits) {
        ObjectNode o = Json.object();
        Form.putBytes(o, "memory_bytes", limits.memory());
        Form.putBytes(o, "memory_room_bytes", limits.memoryRoom());
        Form.putNumber(o, "cpus", limits.cpus());
        Form.putWhole(o, "allowed_cpus", limits.allowedCpus().map(Integer::longValue));
        Form.putNumber(o, "throttled_ratio", limits.throttled());
        return o;
    }

    private static HostLimits readLimits(JsonNode o) {
        Reading<Bytes> memory = Form.bytes(o, "memory_bytes");
        return new HostLimits(
                memory,
                Form.bytes(o, "memory_room_bytes"),
                Form.numbers(o, "cpus"),
                Form.counts(o, "allowed_cpus"),
                Form.numbers(o, "throttled_ratio"));
    }
}
