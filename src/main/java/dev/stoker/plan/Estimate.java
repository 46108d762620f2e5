package dev.stoker.plan;

import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.model.ModelDescription;

import java.util.List;

/**
 * Says what a model takes with given settings on given devices. There is one estimator in the
 * program; what plans only needs this much of it. Pure and thread-safe.
 */
@FunctionalInterface
public interface Estimate {

    /**
     * @param devices the GPUs in the server's order, then the host
     */
    MemoryPlan plan(ModelDescription model, LlamaSettings settings, List<MemoryDevice> devices);
}
