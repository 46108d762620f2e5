package dev.stoker.plan.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.memory.CacheType;
import dev.stoker.memory.LlamaSettings;

import org.junit.jupiter.api.Test;

import java.util.List;

class LaunchedSettingsTest {

    @Test
    void arguments_ofARouter_areRead() {
        LlamaSettings read =
                LaunchedSettings.of(
                        List.of(
                                "/opt/llama-server",
                                "--ctx-size",
                                "8192",
                                "-np",
                                "2",
                                "--cache-type-k=q8_0",
                                "-ctv",
                                "q8_0",
                                "-ub",
                                "1024",
                                "-ngl",
                                "20",
                                "-fa",
                                "on",
                                "--n-cpu-moe",
                                "3",
                                "--no-mmap",
                                "-kvu"));
        assertThat(read.context()).hasValue(8192);
        assertThat(read.parallel()).hasValue(2);
        assertThat(read.keys()).isEqualTo(CacheType.Q8_0);
        assertThat(read.values()).isEqualTo(CacheType.Q8_0);
        assertThat(read.microBatch()).isEqualTo(1024);
        assertThat(read.gpuLayers()).hasValue(20);
        assertThat(read.flashAttention()).contains(true);
        assertThat(read.cpuExpertLayers()).isEqualTo(3);
        assertThat(read.memoryMap()).isFalse();
        assertThat(read.unifiedCache()).contains(true);
    }

    @Test
    void arguments_thatAreNoFigures_leaveWhatTheServerPicks() {
        LlamaSettings read =
                LaunchedSettings.of(List.of("-c", "many", "-ngl", "auto", "-ctk", "q9_9", "-np"));
        assertThat(read).isEqualTo(LaunchedSettings.of(List.of()));
        assertThat(read.context()).isEmpty();
        assertThat(read.gpuLayers()).isEmpty();
    }
}
