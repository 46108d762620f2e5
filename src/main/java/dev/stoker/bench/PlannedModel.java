package dev.stoker.bench;

import dev.stoker.base.Reading;
import dev.stoker.memory.MemoryEstimate;
import dev.stoker.server.ModelInfo;

import java.time.Duration;

/**
 * One model of a plan.
 *
 * @param model what the server tells of it
 * @param estimate the memory it is expected to take, or why that is not known
 * @param restart why a fresh server is wanted before it; empty for none
 * @param skip why it is not run; empty if it is
 * @param expectedTime a rough guess
 */
public record PlannedModel(
        ModelInfo model,
        Reading<MemoryEstimate> estimate,
        String restart,
        String skip,
        Duration expectedTime) {

    public String name() {
        return model.name();
    }

    public boolean isRun() {
        return skip.isEmpty();
    }
}
