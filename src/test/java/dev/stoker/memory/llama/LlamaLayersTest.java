package dev.stoker.memory.llama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.model.ModelDescription;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Objects;

class LlamaLayersTest {
    private static List<Integer> kept(String name, int gpuLayers, boolean pipelined) {
        MemoryTruth truth =
                new MemoryTruth(file ->
                        Objects.requireNonNull(
                                LlamaLayersTest.class.getResourceAsStream("/memory/" + file),
                                file));
        ModelDescription model = truth.model(name);
        List<MemoryDevice> gpus =
                truth.starts("truth.tsv.gz").stream()
                        .filter(s -> s.machine().equals("gpu"))
                        .findFirst()
                        .orElseThrow()
                        .devices()
                        .subList(0, 1);
        LlamaSettings settings = new LlamaSettings.Builder().gpuLayers(gpuLayers).build();
        LlamaWeights weights =
                LlamaWeights.of(model, model.shape().value(), HostPacking.NONE, false);
        Placement placement = Placement.of(model.shape().value().blocks(), settings, gpus);
        return new LlamaLayers(model.shape().value(), settings, placement, weights)
                .kept(gpus, pipelined);
    }

    @Test
    void kept_allLayersAlikeOnOneDevice_areAFew() {
        assertThat(kept("llama-2-7b-q4_0", 33, false))
                .hasSizeLessThan(12)
                .contains(0, 1, 2, 29, 30, 31);
    }

    @Test
    void kept_layersOnTwoDevices_areTheEndsOfBoth() {
        assertThat(kept("llama-2-7b-q4_0", 17, false)).contains(0, 15, 16, 31);
    }

    @Test
    void kept_severalBatchesAtOnceOnVulkan_areAll() {
        assertThat(kept("llama-2-7b-q4_0", 33, true)).hasSize(32);
    }

    @Test
    void kept_recurrentModel_areAll() {
        assertThat(kept("lfm2-350m-f16", 17, false)).hasSize(16);
    }
}
