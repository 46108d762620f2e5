package dev.stoker.sim.protocol;

import dev.stoker.sim.engine.Ask;
import dev.stoker.sim.engine.Engine;
import dev.stoker.sim.engine.EngineFailure;
import dev.stoker.sim.engine.KeepAlive;
import dev.stoker.sim.engine.Lease;
import dev.stoker.sim.physics.ModelSpec;

import org.jspecify.annotations.Nullable;

/** The one model of a server that loads it at its start, and again after a restart. Thread-safe. */
final class Preloaded {
    private static final Ask FOR_EVER = new Ask(0, -1, KeepAlive.FOREVER);

    private final Engine engine;
    private final ModelSpec model;
    private @Nullable Thread loading;

    Preloaded(Engine engine) {
        this.engine = engine;
        String wanted = engine.box().server().loads();
        this.model =
                wanted.isEmpty()
                        ? engine.box().models().getFirst()
                        : engine.box()
                                .model(wanted)
                                .orElseThrow(() ->
                                        new IllegalStateException(
                                                "the box has no model " + wanted));
        ready();
    }

    ModelSpec model() {
        return model;
    }

    /** Returns whether the model is loaded; begins to load it where nobody does. */
    synchronized boolean ready() {
        if (engine.resident(model).isPresent()) {
            return true;
        }
        if (loading == null || !loading.isAlive()) {
            loading = Thread.ofVirtual().name("sim-load").start(this::load);
        }
        return false;
    }

    private void load() {
        try {
            engine.acquire(model, model.name(), FOR_EVER).close();
        } catch (EngineFailure | InterruptedException e) {
            // The next request tries again; until then the server says that it loads.
        }
    }

    Lease acquire() throws EngineFailure, InterruptedException {
        return engine.acquire(model, model.name(), FOR_EVER);
    }
}
