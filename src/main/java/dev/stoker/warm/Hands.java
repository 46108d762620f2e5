package dev.stoker.warm;

import dev.stoker.server.RunnerOptions;

/**
 * What is done to one server and seen of it: all effects of keeping models ready. Everything blocks
 * for a bounded time and never throws for what a server does. Used by one thread.
 */
public interface Hands {

    /** Looks at the server; loads and wakes nothing. */
    Seen look() throws InterruptedException;

    /** Loads a model, or wakes it. */
    LoadEnd load(String model, RunnerOptions options) throws InterruptedException;

    /**
     * Takes a model out of memory.
     *
     * @return why it could not be done, a sentence; empty where it was
     */
    String unload(String model) throws InterruptedException;

    /** Sends a tiny request to a model in memory, and measures the answer. */
    TickResult tick(String model, RunnerOptions options) throws InterruptedException;

    /** Sets the time to live of a model in memory; nothing is computed. */
    void hold(String model, RunnerOptions options) throws InterruptedException;

    /**
     * The end of a load.
     *
     * @param failure why it failed, a sentence; empty where it did not
     */
    record LoadEnd(double seconds, String failure) {}
}
