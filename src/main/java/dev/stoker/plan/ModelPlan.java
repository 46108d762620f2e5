package dev.stoker.plan;

import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.memory.ollama.OllamaBelief;
import dev.stoker.memory.vllm.VllmMemory;
import dev.stoker.model.ModelDescription;
import dev.stoker.plan.device.ComputeDevice;
import dev.stoker.plan.speed.SpeedEstimate;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What was planned for one model.
 *
 * @param settings those that the server will really use, after its own fitting
 * @param devices those of the memory plan, in its order
 * @param fit whether it fits
 * @param maxContext the largest context, over all slots, with which it stays where it is fastest;
 *     empty where none does
 * @param maxSlots the most slots of the planned context each; 0 for none
 * @param ollama what Ollama's scheduler will believe; empty for another server
 * @param vllm what vLLM makes of it; empty for another server
 * @param speed empty where it does not fit at all
 * @param changes what the server's fitting changes, a sentence each
 */
public record ModelPlan(
        ModelDescription model,
        Engine engine,
        LlamaSettings settings,
        MemoryPlan memory,
        List<ComputeDevice> devices,
        Fit fit,
        OptionalLong maxContext,
        int maxSlots,
        Optional<OllamaBelief> ollama,
        Optional<VllmMemory> vllm,
        Optional<SpeedEstimate> speed,
        List<String> changes) {
    public ModelPlan {
        devices = List.copyOf(devices);
        changes = List.copyOf(changes);
    }
}
