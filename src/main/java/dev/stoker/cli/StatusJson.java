package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.json.Json;
import dev.stoker.machine.LaunchSettings;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.Rates;
import dev.stoker.server.state.ServerState;
import dev.stoker.watch.MemoryBudget;
import dev.stoker.watch.ModelView;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.Optional;

/**
 * The status of a machine as JSON: what is unknown is null, and its reason stands under {@code
 * unavailable}. Stateless.
 */
final class StatusJson {
    private StatusJson() {}

    static ObjectNode of(MachineStatus status) {
        ObjectNode root = Json.object();
        root.put("schema", "stoker.status")
                .put("version", 1)
                .put("time", status.now().machine().time().toString());
        ArrayNode addresses = root.putArray("looked_at");
        status.addresses().forEach(address -> addresses.add(address.url()));
        ArrayNode servers = root.putArray("servers");
        status.servers().forEach(server -> servers.add(server(status, server)));
        ArrayNode models = root.putArray("models");
        status.now().models().forEach(model -> models.add(model(model)));
        ArrayNode gpus = root.putArray("gpus");
        status.now().machine().gpus().forEach(gpu -> gpus.add(gpu(status, gpu)));
        ArrayNode troubles = root.putArray("troubles");
        status.now().machine().picture().troubles().forEach(t -> troubles.add(GpuJson.trouble(t)));
        ObjectNode host = GpuJson.host(status.now().machine().memory());
        host.set("budget", part(status.budget().host()));
        root.set("host", host);
        root.set("alerts", Alerts.json(status.alerts()));
        return root;
    }

    private static ObjectNode server(MachineStatus status, ServerState server) {
        ObjectNode node = Json.object();
        ObjectNode none = Json.object();
        node.put("url", server.endpoint().url());
        GpuJson.text(node, none, "kind", server.identity().map(id -> id.kind().code()));
        GpuJson.text(
                node,
                none,
                "version",
                server.identity() instanceof Reading.Known<ServerIdentity>(ServerIdentity id)
                        ? id.version()
                        : server.identity().map(_ -> ""));
        node.put(
                "simulated",
                server.identity()
                        .map(ServerIdentity::simulated)
                        .orElse(Optional.empty())
                        .map(ServerIdentity.SimulatedBox::box)
                        .orElse(null));
        node.put("health", server.health().code());
        node.put("reason", server.health().reason());
        GpuJson.number(
                node, none, "answer_milliseconds", server.answerTime().map(StatusJson::millis));
        count(node, none, "requests_running", server.work().running());
        count(node, none, "requests_waiting", server.work().waiting());
        GpuJson.number(node, none, "kv_cache_use", server.work().kvCacheUse());
        rates(node, none, status.now().rates(server.endpoint()));
        Reading<LaunchSettings> settings = status.settings(server);
        if (settings instanceof Reading.Known<LaunchSettings>(LaunchSettings known)) {
            ArrayNode list = node.putArray("settings");
            known.settings()
                    .forEach(s ->
                            list.addObject()
                                    .put("name", s.name())
                                    .put("value", s.value())
                                    .put("set", s.isSet()));
        } else {
            node.putNull("settings");
            none.put("settings", settings.reason());
        }
        count(node, none, "slots", server.settings().slots());
        count(node, none, "context_length", server.settings().contextLength());
        count(node, none, "most_models", server.settings().mostModels());
        node.set("unavailable", none);
        return node;
    }

    private static void rates(ObjectNode node, ObjectNode none, Rates rates) {
        GpuJson.number(
                node,
                none,
                "generated_tokens_per_second",
                rates.generatedTokens().map(pace -> pace.perSecond()));
    }

    private static ObjectNode model(ModelView view) {
        ModelState model = view.state();
        ObjectNode node = Json.object();
        ObjectNode none = Json.object();
        node.put("server", view.server().url());
        node.put("name", view.name());
        node.put("condition", model.condition().code());
        GpuJson.bytes(node, none, "total_bytes", model.total());
        GpuJson.bytes(node, none, "on_gpu_bytes", model.onGpu());
        if (view.gpuMemory().isKnown()) {
            ObjectNode devices = node.putObject("gpu_memory_bytes");
            view.gpuMemory()
                    .value()
                    .forEach((gpu, bytes) -> devices.put(Integer.toString(gpu), bytes.count()));
        } else {
            node.putNull("gpu_memory_bytes");
            none.put("gpu_memory_bytes", view.gpuMemory().reason());
        }
        GpuJson.bytes(
                node,
                none,
                "process_memory_bytes",
                view.process().isKnown()
                        ? view.process().value().resident()
                        : view.process().map(_ -> Bytes.ZERO));
        count(node, none, "context_length", model.contextLength());
        count(node, none, "slots", model.work().slots());
        count(node, none, "slots_busy", model.work().busySlots());
        count(node, none, "requests_running", model.work().running());
        count(node, none, "runner_pid", model.runnerPid());
        GpuJson.text(node, none, "expires_at", model.expiresAt().map(Object::toString));
        rates(node, none, view.rates());
        node.set("unavailable", none);
        return node;
    }

    private static ObjectNode gpu(MachineStatus status, GpuSample gpu) {
        ObjectNode node = Json.object();
        ObjectNode none = Json.object();
        node.put("index", gpu.device().index());
        GpuJson.text(node, none, "name", gpu.device().name());
        GpuJson.text(node, none, "uuid", gpu.device().uuid());
        node.put("unified_memory", gpu.device().unifiedMemory());
        for (GpuMetric metric :
                new GpuMetric[] {
                    GpuMetric.UTILISATION,
                    GpuMetric.TEMPERATURE,
                    GpuMetric.POWER,
                    GpuMetric.POWER_LIMIT,
                    GpuMetric.CLOCK
                }) {
            GpuJson.number(node, none, metric.jsonName(), gpu.value(metric).map(metric::jsonValue));
        }
        Optional<MemoryBudget.OfGpu> own =
                status.budget().gpus().stream().filter(p -> p.gpu().equals(gpu)).findFirst();
        if (own.isPresent()) {
            node.set("budget", part(own.get().part()));
        } else {
            node.putNull("budget");
            none.put("budget", "its memory is the host's");
        }
        if (gpu.trouble().isPresent()) {
            node.set("trouble", GpuJson.trouble(gpu.trouble().get()));
        } else {
            node.putNull("trouble");
        }
        node.set("unavailable", none);
        return node;
    }

    private static ObjectNode part(MemoryBudget.Part part) {
        ObjectNode node = Json.object();
        ObjectNode none = Json.object();
        GpuJson.bytes(node, none, "total_bytes", part.total());
        GpuJson.bytes(node, none, "models_bytes", part.models());
        node.put("models_reckoned", part.reckoned());
        GpuJson.bytes(node, none, "others_bytes", part.others());
        GpuJson.bytes(node, none, "reclaimable_bytes", part.reclaimable());
        GpuJson.bytes(node, none, "free_bytes", part.free());
        node.set("unavailable", none);
        return node;
    }

    private static void count(
            ObjectNode node, ObjectNode none, String name, Reading<Long> reading) {
        GpuJson.number(node, none, name, reading.map(Long::doubleValue));
    }

    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }
}
