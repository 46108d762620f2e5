package dev.stoker.sim.engine;

/** The right to use a loaded model; give it back. Used by one thread. */
public final class Lease implements AutoCloseable {
    private final Engine engine;
    private final Runner runner;
    private final long acquireNanos;
    private boolean returned;

    Lease(Engine engine, Runner runner, long acquireNanos) {
        this.engine = engine;
        this.runner = runner;
        this.acquireNanos = acquireNanos;
    }

    /** How long it took to get it: queueing, evicting, loading. */
    public long acquireNanos() {
        return acquireNanos;
    }

    /** Tokens of context that the runner has a slot. */
    public int context() {
        return runner.context;
    }

    Runner runner() {
        return runner;
    }

    @Override
    public void close() {
        if (!returned) {
            returned = true;
            engine.giveBack(runner);
        }
    }
}
