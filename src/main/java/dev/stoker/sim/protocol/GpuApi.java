package dev.stoker.sim.protocol;

import dev.stoker.json.Json;
import dev.stoker.sim.engine.Engine;
import dev.stoker.sim.physics.Box;
import dev.stoker.sim.physics.BoxMemory;
import dev.stoker.sim.physics.GpuHeat;

import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/** What {@code /sim/gpus} tells: the sensors of the simulated GPUs. Thread-safe. */
final class GpuApi {
    private static final double BUSY = 0.02;

    /** What a neighbour takes of the GPU. */
    private static final double OTHERS = 0.45;

    private final Engine engine;

    GpuApi(Engine engine) {
        this.engine = engine;
    }

    ObjectNode page() {
        BoxMemory.Books books = engine.books();
        List<GpuHeat.State> states = engine.gpus();
        ObjectNode page = Json.object();
        page.put("schema", "stoker.sim.gpus").put("version", 1);
        page.put("box", engine.box().name());
        page.putObject("host")
                .put("total_bytes", books.total())
                .put("available_bytes", books.available())
                .put("free_bytes", books.free())
                .put("page_cache_bytes", books.cache());
        page.putArray("gpus");
        for (int i = 0; i < states.size(); i++) {
            gpu(page.withArray("gpus").addObject(), i, states.get(i), books);
        }
        return page;
    }

    private void gpu(ObjectNode o, int index, GpuHeat.State state, BoxMemory.Books books) {
        Box.Gpu gpu = engine.box().gpus().get(index);
        Box.Chip chip = gpu.chip();
        boolean hot = engine.wornBy().equals("clocks");
        boolean busy = state.utilisation() > BUSY;
        o.put("name", gpu.name()).put("shared", gpu.shared());
        double others = engine.wornBy().equals("neighbour") ? OTHERS : 0;
        o.put("utilization_percent", Math.round(Math.max(others, state.utilisation()) * 100));
        o.put(
                "memory_utilization_percent",
                Math.round(state.utilisation() * engine.box().speeds().efficiency() * 100));
        o.put("memory_total_bytes", gpu.memory().count());
        o.put("memory_used_bytes", books.gpuUsed().get(index));
        o.put("temperature_celsius", hot && busy ? chip.slowdownCelsius() : state.celsius());
        o.put("slowdown_celsius", chip.slowdownCelsius());
        o.put("power_watts", state.watts()).put("power_limit_watts", chip.limitWatts());
        o.put("energy_joules", state.joules());
        double clock = hot ? chip.clock() * 0.55 : chip.clock();
        o.put("clock_hertz", busy ? clock : chip.idleClock()).put("clock_max_hertz", chip.clock());
        o.put("memory_clock_hertz", busy ? chip.memoryClock() : chip.memoryClock() / 10);
        o.put("performance_state", busy ? 0 : 8);
        o.putArray("throttle_reasons");
        if (!busy) {
            o.withArray("throttle_reasons").add("idle");
        } else if (hot) {
            o.withArray("throttle_reasons").add("sw_thermal_slowdown");
        }
        o.putArray("processes");
        engine.holders()
                .forEach((model, bytes) -> {
                    if (bytes.get(index) > 0) {
                        o.withArray("processes")
                                .addObject()
                                .put("model", model)
                                .put("memory_bytes", bytes.get(index));
                    }
                });
    }
}
