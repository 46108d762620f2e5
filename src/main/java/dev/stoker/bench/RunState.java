package dev.stoker.bench;

import dev.stoker.base.Cancellation;
import dev.stoker.load.Nonces;
import dev.stoker.server.Ability;

/**
 * What the parts of one run share.
 *
 * @param total how many models are run
 */
record RunState(
        BenchContext context,
        BenchRequest request,
        Journal journal,
        BenchListener listener,
        ServerMemory memory,
        Recovery recovery,
        Nonces nonces,
        Cancellation cancellation,
        int total) {

    void write(BenchEvent event) {
        journal.write(event);
        listener.event(event);
    }

    long now() {
        return context.clock().now().toEpochMilli();
    }

    boolean can(Ability ability) {
        return context.server().abilities().contains(ability);
    }
}
