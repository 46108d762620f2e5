package dev.stoker.warm;

import dev.stoker.server.RunnerOptions;

/** Something to be done with a model. */
public sealed interface WarmAction {
    /** Returns what it is done for. */
    Desired desired();

    /**
     * Load it.
     *
     * @param options with which
     * @param why a phrase: what took it out of memory
     */
    record Load(Desired desired, RunnerOptions options, String why) implements WarmAction {}

    /**
     * Take it out of memory and load it again.
     *
     * @param why a phrase
     */
    record Reload(Desired desired, RunnerOptions options, String why) implements WarmAction {}

    /**
     * Send it a tiny request and measure the answer.
     *
     * @param options those that are in effect
     */
    record Tick(Desired desired, RunnerOptions options) implements WarmAction {}

    /**
     * Set its time to live to for ever, without computing anything.
     *
     * @param options those that are in effect
     */
    record Hold(Desired desired, RunnerOptions options) implements WarmAction {}

    /**
     * Set its time to live back to what is usual.
     *
     * @param options those that are in effect
     */
    record Release(Desired desired, RunnerOptions options) implements WarmAction {}
}
