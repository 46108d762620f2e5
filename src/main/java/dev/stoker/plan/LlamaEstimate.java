package dev.stoker.plan;

import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.memory.llama.LlamaMemory;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.model.ModelDescription;

import java.util.IdentityHashMap;
import java.util.List;

/**
 * The program's estimator of llama.cpp's memory, with what it works out once a model kept for the
 * next question. Thread-safe.
 */
public final class LlamaEstimate implements Estimate {
    private static final int MOST = 512;

    private final Overheads overheads;
    private final IdentityHashMap<ModelDescription, LlamaMemory> made = new IdentityHashMap<>();

    public LlamaEstimate(Overheads overheads) {
        this.overheads = overheads;
    }

    @Override
    public MemoryPlan plan(
            ModelDescription model, LlamaSettings settings, List<MemoryDevice> devices) {
        return memory(model).plan(settings, devices);
    }

    private synchronized LlamaMemory memory(ModelDescription model) {
        LlamaMemory known = made.get(model);
        if (known == null) {
            if (made.size() == MOST) {
                made.clear();
            }
            known = LlamaMemory.of(model, overheads);
            made.put(model, known);
        }
        return known;
    }
}
