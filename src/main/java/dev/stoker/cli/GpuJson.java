package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSensor;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.MigInstance;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.host.HostMemory;
import dev.stoker.host.ProcessDetails;
import dev.stoker.json.Json;
import dev.stoker.machine.GpuUser;
import dev.stoker.machine.MachineSample;
import dev.stoker.rules.Alert;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.ServerState;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * The GPUs of a machine as JSON: what is unknown is null, and its reason stands under {@code
 * unavailable}. Stateless.
 */
final class GpuJson {
    private GpuJson() {}

    /**
     * Returns the text of the JSON.
     *
     * @param pretty whether in many lines; else in one
     */
    static String text(
            MachineSample machine,
            List<GpuSample> shown,
            List<Alert> alerts,
            Instant time,
            boolean pretty) {
        ObjectNode json = of(machine, shown, alerts, time);
        return pretty ? Json.pretty(json) : Json.write(json);
    }

    private static ObjectNode of(
            MachineSample machine, List<GpuSample> shown, List<Alert> alerts, Instant time) {
        ObjectNode root = Json.object();
        root.put("schema", "stoker.gpu").put("version", 1).put("time", time.toString());
        ArrayNode gpus = root.putArray("gpus");
        shown.forEach(gpu -> gpus.add(gpu(machine, gpu)));
        ArrayNode troubles = root.putArray("troubles");
        machine.picture().troubles().forEach(t -> troubles.add(trouble(t)));
        root.set("host", host(machine.memory()));
        ArrayNode servers = root.putArray("servers");
        machine.servers().forEach(state -> servers.add(server(state)));
        root.set("alerts", Alerts.json(alerts));
        return root;
    }

    private static ObjectNode gpu(MachineSample machine, GpuSample gpu) {
        ObjectNode node = Json.object();
        ObjectNode unavailable = Json.object();
        GpuDevice device = gpu.device();
        node.put("index", device.index());
        text(node, unavailable, "name", device.name());
        text(node, unavailable, "uuid", device.uuid());
        text(node, unavailable, "pci_bus_id", device.pciBusId());
        node.put("vendor", device.vendor().name().toLowerCase(Locale.ROOT));
        node.put("unified_memory", device.unifiedMemory());
        text(node, unavailable, "driver", device.driver());
        for (GpuMetric metric : GpuMetric.values()) {
            number(node, unavailable, metric.jsonName(), gpu.value(metric).map(metric::jsonValue));
        }
        if (gpu.throttleReasons().isKnown()) {
            ArrayNode reasons = node.putArray("throttle_reasons");
            gpu.throttleReasons().value().stream().map(ThrottleReason::code).forEach(reasons::add);
            node.put("slowed", gpu.isSlowed());
        } else {
            node.putNull("throttle_reasons").putNull("slowed");
            unavailable.put("throttle_reasons", gpu.throttleReasons().reason());
            unavailable.put("slowed", gpu.throttleReasons().reason());
        }
        if (gpu.processes().isKnown()) {
            ArrayNode processes = node.putArray("processes");
            machine.users(gpu).forEach(user -> processes.add(process(user)));
        } else {
            node.putNull("processes");
            unavailable.put("processes", gpu.processes().reason());
        }
        ArrayNode instances = node.putArray("mig_instances");
        gpu.instances().forEach(part -> instances.add(instance(part)));
        ArrayNode sensors = node.putArray("sensors");
        gpu.sensors().forEach(sensor -> sensors.add(sensor(sensor)));
        ObjectNode facts = node.putObject("facts");
        gpu.facts().forEach((name, fact) -> text(facts, unavailable, name, fact));
        if (gpu.trouble().isPresent()) {
            node.set("trouble", trouble(gpu.trouble().get()));
        } else {
            node.putNull("trouble");
        }
        node.set("unavailable", unavailable);
        return node;
    }

    private static ObjectNode process(GpuUser user) {
        GpuProcess use = user.use();
        ObjectNode node = Json.object();
        ObjectNode unavailable = Json.object();
        node.put("pid", use.pid());
        Reading<ProcessDetails> details = user.details();
        text(node, unavailable, "user", inner(details, ProcessDetails::user));
        text(node, unavailable, "name", details.map(d -> d.process().name()));
        text(node, unavailable, "command", details.map(d -> d.process().command()));
        String container = GpuText.container(user);
        node.put("container", container.isEmpty() ? null : container);
        text(node, unavailable, "model", user.model());
        bytes(node, unavailable, "memory_bytes", use.memory());
        number(node, unavailable, "sm_percent", use.smPercent());
        number(node, unavailable, "memory_percent", use.memoryPercent());
        number(node, unavailable, "encoder_percent", use.encoderPercent());
        number(node, unavailable, "decoder_percent", use.decoderPercent());
        ArrayNode kinds = node.putArray("kinds");
        use.kinds().forEach(kind -> kinds.add(kind.name().toLowerCase(Locale.ROOT)));
        instanceId(node, "gpu_instance", use.gpuInstance());
        instanceId(node, "compute_instance", use.computeInstance());
        node.set("unavailable", unavailable);
        return node;
    }

    private static <T> Reading<T> inner(
            Reading<ProcessDetails> details, Function<ProcessDetails, Reading<T>> part) {
        return switch (details) {
            case Reading.Known<ProcessDetails>(ProcessDetails d) -> part.apply(d);
            case Reading.Unsupported<ProcessDetails>(String why) -> Reading.unsupported(why);
            case Reading.Failed<ProcessDetails>(String why) -> Reading.failed(why);
        };
    }

    private static void instanceId(ObjectNode node, String name, OptionalInt id) {
        if (id.isPresent()) {
            node.put(name, id.getAsInt());
        } else {
            node.putNull(name);
        }
    }

    private static ObjectNode instance(MigInstance part) {
        ObjectNode node = Json.object();
        ObjectNode unavailable = Json.object();
        node.put("index", part.index());
        text(node, unavailable, "name", part.name());
        text(node, unavailable, "uuid", part.uuid());
        number(node, unavailable, "gpu_instance", part.gpuInstance().map(Integer::doubleValue));
        number(
                node,
                unavailable,
                "compute_instance",
                part.computeInstance().map(Integer::doubleValue));
        number(node, unavailable, "slices", part.slices().map(Integer::doubleValue));
        bytes(node, unavailable, "memory_used_bytes", part.memoryUsed());
        bytes(node, unavailable, "memory_total_bytes", part.memoryTotal());
        node.set("unavailable", unavailable);
        return node;
    }

    private static ObjectNode sensor(GpuSensor sensor) {
        ObjectNode node = Json.object();
        node.put("name", sensor.name());
        node.put("unit", sensor.unit().name().toLowerCase(Locale.ROOT));
        ObjectNode unavailable = Json.object();
        number(node, unavailable, "value", sensor.value());
        node.set("unavailable", unavailable);
        return node;
    }

    static ObjectNode trouble(GpuTrouble trouble) {
        return Json.object()
                .put("kind", trouble.kind().code())
                .put("sentence", trouble.sentence())
                .put("next", trouble.next());
    }

    private static ObjectNode server(ServerState state) {
        ObjectNode node = Json.object();
        ObjectNode unavailable = Json.object();
        node.put("url", state.endpoint().url());
        text(node, unavailable, "kind", state.identity().map(id -> id.kind().code()));
        text(
                node,
                unavailable,
                "version",
                switch (state.identity()) {
                    case Reading.Known<ServerIdentity>(ServerIdentity id) -> id.version();
                    default -> state.identity().map(_ -> "");
                });
        node.put("health", state.health().code());
        if (state.models().isKnown()) {
            ArrayNode models = node.putArray("models");
            state.models().value().forEach(m -> models.add(model(m)));
        } else {
            node.putNull("models");
            unavailable.put("models", state.models().reason());
        }
        node.set("unavailable", unavailable);
        return node;
    }

    private static ObjectNode model(ModelState model) {
        ObjectNode node = Json.object();
        ObjectNode unavailable = Json.object();
        node.put("name", model.name());
        node.put("condition", model.condition().code());
        bytes(node, unavailable, "total_bytes", model.total());
        bytes(node, unavailable, "on_gpu_bytes", model.onGpu());
        number(node, unavailable, "context_length", model.contextLength().map(Long::doubleValue));
        number(node, unavailable, "runner_pid", model.runnerPid().map(Long::doubleValue));
        node.set("unavailable", unavailable);
        return node;
    }

    static ObjectNode host(HostMemory memory) {
        ObjectNode node = Json.object();
        ObjectNode unavailable = Json.object();
        bytes(node, unavailable, "memory_total_bytes", memory.total());
        bytes(node, unavailable, "memory_available_bytes", memory.available());
        bytes(node, unavailable, "memory_free_bytes", memory.free());
        bytes(node, unavailable, "memory_page_cache_bytes", memory.pageCache());
        bytes(node, unavailable, "swap_total_bytes", memory.swapTotal());
        bytes(node, unavailable, "swap_used_bytes", memory.swapUsed());
        node.set("unavailable", unavailable);
        return node;
    }

    static void text(
            ObjectNode node, ObjectNode unavailable, String name, Reading<String> reading) {
        if (reading.isKnown()) {
            node.put(name, reading.value());
        } else {
            node.putNull(name);
            unavailable.put(name, reading.reason());
        }
    }

    static void bytes(
            ObjectNode node, ObjectNode unavailable, String name, Reading<Bytes> reading) {
        number(node, unavailable, name, reading.map(b -> (double) b.count()));
    }

    /** Whole numbers are written as such; others with at most three digits behind the point. */
    static void number(
            ObjectNode node, ObjectNode unavailable, String name, Reading<Double> reading) {
        if (!reading.isKnown()) {
            node.putNull(name);
        } else if (reading.value() == Math.rint(reading.value())) {
            node.put(name, reading.value().longValue());
        } else {
            node.put(name, Math.round(reading.value() * 1000) / 1000.0);
        }
        missing(unavailable, name, reading);
    }

    private static void missing(ObjectNode unavailable, String name, Reading<?> reading) {
        if (!reading.isKnown()) {
            unavailable.put(name, reading.reason());
        }
    }
}
