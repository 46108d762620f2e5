package dev.stoker.bench;

import dev.stoker.base.Cancellation;
import dev.stoker.load.Nonces;
import dev.stoker.server.Ability;
import dev.stoker.suite.check.Means;

/**
 * What the parts of one run share.
 *
 * @param means what the checks of answers may do
 * @param surroundings looks at what else goes on
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
        Means means,
        Surroundings surroundings,
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
