package dev.stoker.machine.wire;

import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSensor;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuUnit;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.gpu.MigInstance;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The form of GPUs: what each source told, and what each GPU of it told. Pure. */
final class GpuForm {
    private static final Map<String, GpuMetric> METRICS = new HashMap<>();
    private static final Map<GpuMetric, String> NAMES = new HashMap<>();

    static {
        for (GpuMetric metric : GpuMetric.values()) {
            String name = metric.jsonName().replace("_mhz", "_hertz"); // always in base units
            METRICS.put(name, metric);
            NAMES.put(metric, name);
        }
    }

    private GpuForm() {}

    static ObjectNode write(GpuPicture.Part part) {
        GpuReport report = part.report();
        ObjectNode o = Json.object();
        o.put("source", report.source()).put("time", report.time().toString());
        o.put("nanos", report.nanos()).put("age_nanos", part.age().toNanos());
        Form.putText(o, "driver", report.driver());
        Form.putText(o, "cuda", report.cuda());
        report.trouble().ifPresent(t -> o.set("trouble", trouble(t)));
        part.silence().ifPresent(t -> o.set("silence", trouble(t)));
        o.set("gpus", Form.array(report.gpus(), GpuForm::sample));
        return o;
    }

    static GpuPicture.Part read(JsonNode o) {
        return new GpuPicture.Part(
                new GpuReport(
                        Form.text(o, "source"),
                        Form.time(o, "time"),
                        Form.whole(o, "nanos"),
                        Form.list(o, "gpus", GpuForm::readSample),
                        Form.texts(o, "driver"),
                        Form.texts(o, "cuda"),
                        Form.optional(o, "trouble", GpuForm::readTrouble)),
                Form.duration(o, "age_nanos"),
                Form.optional(o, "silence", GpuForm::readTrouble));
    }

    private static JsonNode sample(GpuSample gpu) {
        ObjectNode o = Json.object();
        GpuDevice device = gpu.device();
        o.put("index", device.index());
        Form.putText(o, "name", device.name());
        Form.putText(o, "uuid", device.uuid());
        Form.putText(o, "pci_bus_id", device.pciBusId());
        o.put("vendor", Names.of(device.vendor())).put("unified_memory", device.unifiedMemory());
        Form.putText(o, "driver", device.driver());
        o.put("time", gpu.time().toString()).put("nanos", gpu.nanos());
        Figures.put(o, gpu.values(), metric -> NAMES.getOrDefault(metric, ""));
        Form.put(
                o,
                "throttle_reasons",
                gpu.throttleReasons(),
                set -> Form.array(set, r -> JsonNodeFactory.instance.stringNode(r.code())));
        Form.put(o, "processes", gpu.processes(), all -> Form.array(all, GpuProcessForm::write));
        o.set("instances", Form.array(gpu.instances(), GpuForm::instance));
        o.set("sensors", Form.array(gpu.sensors(), GpuForm::sensor));
        ObjectNode facts = o.putObject("facts");
        gpu.facts().forEach((name, fact) -> Form.putText(facts, name, fact));
        gpu.trouble().ifPresent(t -> o.set("trouble", trouble(t)));
        return o;
    }

    private static GpuSample readSample(JsonNode o) {
        GpuDevice device =
                new GpuDevice(
                        Form.count(o, "index"),
                        Form.texts(o, "name"),
                        Form.texts(o, "uuid"),
                        Form.texts(o, "pci_bus_id"),
                        Names.read(o, "vendor", GpuVendor.values(), Names::of),
                        Form.truth(o, "unified_memory"),
                        Form.texts(o, "driver"));
        GpuSample.Builder gpu =
                GpuSample.of(device, Form.time(o, "time"), Form.whole(o, "nanos"))
                        .throttleReasons(Form.reading(o, "throttle_reasons", GpuForm::readReasons))
                        .processes(
                                Form.reading(
                                        o,
                                        "processes",
                                        at -> Form.asList(at, GpuProcessForm::read)))
                        .instances(Form.list(o, "instances", GpuForm::readInstance));
        Figures.read(
                o,
                (name, reading) -> {
                    GpuMetric metric = METRICS.get(name);
                    if (metric != null) { // else of a newer program
                        gpu.put(metric, reading);
                    }
                });
        Form.list(o, "sensors", GpuForm::readSensor)
                .forEach(s -> gpu.sensor(s.name(), s.unit(), s.value()));
        JsonNode facts = o.path("facts");
        if (!facts.isObject() || facts.size() > Form.MOST) {
            throw Form.bad("facts", "an object with texts");
        }
        facts.propertyNames().forEach(name -> gpu.fact(Form.clean(name), Form.texts(facts, name)));
        Form.optional(o, "trouble", GpuForm::readTrouble).ifPresent(gpu::trouble);
        return gpu.build();
    }

    private static Set<ThrottleReason> readReasons(JsonNode array) {
        Set<ThrottleReason> reasons = EnumSet.noneOf(ThrottleReason.class);
        Form.asList(array, Form::asText)
                .forEach(code ->
                        reasons.add(
                                Names.find(code, ThrottleReason.values(), ThrottleReason::code)
                                        .orElse(ThrottleReason.OTHER)));
        return reasons;
    }

    private static JsonNode trouble(GpuTrouble trouble) {
        return Json.object()
                .put("kind", trouble.kind().code())
                .put("sentence", trouble.sentence())
                .put("next", trouble.next());
    }

    private static GpuTrouble readTrouble(JsonNode o) {
        return new GpuTrouble(
                Names.read(o, "kind", GpuTrouble.Kind.values(), GpuTrouble.Kind::code),
                Form.text(o, "sentence"),
                Form.text(o, "next"));
    }

    private static JsonNode instance(MigInstance part) {
        ObjectNode o = Json.object();
        o.put("index", part.index());
        Form.putText(o, "name", part.name());
        Form.putText(o, "uuid", part.uuid());
        Form.putWhole(o, "gpu_instance", part.gpuInstance().map(Integer::longValue));
        Form.putWhole(o, "compute_instance", part.computeInstance().map(Integer::longValue));
        Form.putWhole(o, "slices", part.slices().map(Integer::longValue));
        Form.putBytes(o, "memory_total_bytes", part.memoryTotal());
        Form.putBytes(o, "memory_used_bytes", part.memoryUsed());
        return o;
    }

    private static MigInstance readInstance(JsonNode o) {
        return new MigInstance(
                Form.count(o, "index"),
                Form.texts(o, "name"),
                Form.texts(o, "uuid"),
                Form.counts(o, "gpu_instance"),
                Form.counts(o, "compute_instance"),
                Form.counts(o, "slices"),
                Form.bytes(o, "memory_total_bytes"),
                Form.bytes(o, "memory_used_bytes"));
    }

    private static JsonNode sensor(GpuSensor sensor) {
        ObjectNode o = Json.object();
        o.put("name", sensor.name()).put("unit", Names.of(sensor.unit()));
        Form.putNumber(o, "value", sensor.value());
        return o;
    }

    private static GpuSensor readSensor(JsonNode o) {
        return new GpuSensor(
                Form.text(o, "name"),
                Names.read(o, "unit", GpuUnit.values(), Names::of),
                Form.numbers(o, "value"));
    }
}
