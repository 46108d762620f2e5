package dev.stoker.sim.protocol;

import dev.stoker.base.UserError;
import dev.stoker.json.Json;
import dev.stoker.sim.engine.Engine;
import dev.stoker.sim.engine.Resident;
import dev.stoker.sim.physics.BoxMemory;
import dev.stoker.sim.wire.WireHandler;
import dev.stoker.sim.wire.WireRequest;
import dev.stoker.sim.wire.WireResponse;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What only a simulated server has, below {@code /sim/}: its state in numbers, its finished
 * requests, a restart, faults. It answers also while the simulated server itself is down.
 * Thread-safe.
 */
public final class ControlApi implements WireHandler {
    private static final String JSON = "application/json";
    private static final List<String> REMEDIES =
            List.of("drop-caches", "compact", "respawn", "restart", "recreate");

    private final Engine engine;
    private final Runnable dropClients;

    /**
     * @param dropClients cuts the connections of the model server's clients, as its end does
     */
    public ControlApi(Engine engine, Runnable dropClients) {
        this.engine = engine;
        this.dropClients = dropClients;
    }

    @Override
    public void handle(WireRequest request, WireResponse response)
            throws IOException, InterruptedException {
        JsonNode body = Json.parse(request.body(), 0, request.body().length).orElse(Json.object());
        try {
            switch (request.method() + " " + request.path()) {
                case "GET /sim/state" -> {}
                case "GET /sim/requests" -> {
                    response.send(200, JSON, Json.write(requests()));
                    return;
                }
                case "GET /sim/gpus" -> {
                    response.send(200, JSON, Json.write(new GpuApi(engine).page()));
                    return;
                }
                case "POST /sim/restart" -> {
                    dropClients.run();
                    engine.restart(body.path("reboot").asBoolean(false));
                }
                case "POST /sim/remedy" -> remedy(body.path("name").asString(""));
                case "POST /sim/reset-peak" -> engine.resetPeak();
                case "POST /sim/faults" -> fault(body);
                default -> {
                    response.send(404, JSON, "{\"error\":\"no such control\"}");
                    return;
                }
            }
            response.send(200, JSON, Json.write(state()));
        } catch (UserError e) {
            response.send(
                    400,
                    JSON,
                    Json.write(Json.object().put("error", e.sentence()).put("hint", e.hint())));
        }
    }

    /** What a server's log would tell of its finished requests since its start, in order. */
    private ObjectNode requests() {
        ObjectNode o = Json.object();
        o.putArray("cached_tokens");
        engine.counters()
                .finished()
                .forEach(f -> o.withArray("cached_tokens").add(f.result().cachedTokens()));
        return o;
    }

    private void remedy(String name) throws InterruptedException {
        if (!REMEDIES.contains(name)) {
            throw UserError.wrongUse(
                    "There is no remedy '" + name + "'.",
                    "Remedies: " + String.join(", ", REMEDIES) + ".");
        }
        if (name.equals("restart") || name.equals("recreate")) {
            dropClients.run();
        }
        engine.remedy(name);
    }

    private void fault(JsonNode body) {
        Map<String, String> parameters = new HashMap<>();
        body.path("params")
                .properties()
                .forEach(p -> parameters.put(p.getKey(), p.getValue().asString()));
        engine.faults()
                .set(body.path("name").asString(""), body.path("on").asBoolean(true), parameters);
    }

    private ObjectNode state() {
        BoxMemory.Books books = engine.books();
        ObjectNode s = Json.object();
        s.put("schema", "stoker.sim.state").put("version", 1);
        s.put("box", engine.box().name()).put("title", engine.box().title());
        s.put("speed", engine.clock().speed());
        s.put("clock_seconds", engine.clock().nanos() / 1e9);
        s.put("server_up", !engine.isDown())
                .put("unstable", engine.isUnstable())
                .put("restarts", engine.restarts());
        ObjectNode host = s.putObject("host");
        host.put("total_bytes", books.total());
        host.put("available_bytes", books.available());
        host.put("free_bytes", books.free());
        host.put("page_cache_bytes", books.cache());
        host.put("swap_total_bytes", engine.box().host().swap().count()).put("swap_used_bytes", 0);
        HostSigns.of(engine, books).write(host);
        host.put("system_bytes", books.system()).put("other_bytes", books.other());
        s.putObject("server")
                .put("memory_bytes", books.server())
                .put("retained_bytes", books.retained())
                .put("peak_bytes", books.peak());
        pools(s, books);
        for (Resident r : engine.residents()) {
            s.withArray("loaded")
                    .addObject()
                    .put("name", r.model().name())
                    .put("bytes", r.totalBytes())
                    .put("gpu_bytes", r.gpuBytes())
                    .put("context", r.context())
                    .put("active", r.active())
                    .put("pid", r.pid())
                    .put("layers_on_gpu", r.layersOnGpu())
                    .put("layers", r.model().layers())
                    .put("command", r.command());
        }
        ObjectNode faults = s.putObject("faults");
        engine.faults().active().forEach((name, p) -> p.forEach(faults.putObject(name)::put));
        return s;
    }

    private void pools(ObjectNode s, BoxMemory.Books books) {
        s.putArray("pools");
        for (int i = 0; i < engine.box().gpus().size(); i++) {
            var gpu = engine.box().gpus().get(i);
            long used = books.gpuUsed().get(i);
            s.withArray("pools")
                    .addObject()
                    .put("name", gpu.name())
                    .put("shared", gpu.shared())
                    .put("total_bytes", gpu.memory().count())
                    .put("used_bytes", used)
                    .put(
                            "available_bytes",
                            gpu.shared() ? books.available() : gpu.memory().count() - used);
        }
    }
}
