package dev.stoker.plan;

import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.memory.llama.HostPacking;
import dev.stoker.memory.llama.LlamaMemory;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.model.ModelDescription;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The program's own estimator behind the interface of this room. Used by one thread. */
public final class RealEstimate implements Estimate {
    private final Map<ModelDescription, LlamaMemory> made = new IdentityHashMap<>();

    @Override
    public MemoryPlan plan(
            ModelDescription model, LlamaSettings settings, List<MemoryDevice> devices) {
        return made.computeIfAbsent(
                        model, m -> LlamaMemory.of(m, Overheads.usual(HostPacking.NONE)))
                .plan(settings, devices);
    }
}
