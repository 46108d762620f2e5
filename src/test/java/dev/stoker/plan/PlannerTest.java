package dev.stoker.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.llama.HostPacking;
import dev.stoker.memory.llama.LlamaFit;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.memory.ollama.OllamaBelief;
import dev.stoker.plan.advise.Quant;
import dev.stoker.plan.device.Boxes;
import dev.stoker.plan.device.ComputeDevice;
import dev.stoker.plan.speed.Calibration;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.OptionalLong;

class PlannerTest {
    private static LlamaSettings ollama(List<ComputeDevice> devices) {
        return new Planner(Overheads.usual(HostPacking.NONE), LlamaFit.TARGET, Calibration.NONE)
                .ollama(
                        Synthetic.llama8(Quant.Q4_K_M),
                        OllamaBelief.Request.plain(),
                        LlamaSettings.defaults(),
                        devices,
                        List.of(),
                        OptionalLong.empty())
                .settings();
    }

    @Test
    void ollama_withoutAGpuOfItsOwnMemory_readsWeights() {
        List<ComputeDevice> arena = Boxes.named("a10g").devices();
        assertThat(ollama(arena).memoryMap()).isTrue();
        assertThat(ollama(arena.stream().filter(ComputeDevice::isHost).toList()).memoryMap())
                .isFalse();
        assertThat(ollama(Boxes.named("thor").devices()).memoryMap()).isFalse();
    }
}
