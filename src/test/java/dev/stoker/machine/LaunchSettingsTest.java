package dev.stoker.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;
import dev.stoker.host.Launch;
import dev.stoker.server.ServerKind;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class LaunchSettingsTest {

    private static List<String> of(
            ServerKind kind, List<String> arguments, Map<String, String> variables) {
        return LaunchSettings.of(kind, new Launch(arguments, Reading.known(variables)))
                .value()
                .settings()
                .stream()
                .map(s -> s.name() + "=" + s.value() + (s.isSet() ? "" : " (not set)"))
                .toList();
    }

    @Test
    void ollama_variables_areThoseThatMatterTheSetOnesFirst() {
        assertThat(
                        of(
                                ServerKind.OLLAMA,
                                List.of("serve"),
                                Map.of(
                                        "OLLAMA_FLASH_ATTENTION", "1",
                                        "OLLAMA_MODELS", "/srv/models",
                                        "OLLAMA_NUM_PARALLEL", "",
                                        "CUDA_VISIBLE_DEVICES", "0,1")))
                .containsExactly(
                        "OLLAMA_FLASH_ATTENTION=1",
                        "CUDA_VISIBLE_DEVICES=0,1",
                        "OLLAMA_KEEP_ALIVE=5m (not set)",
                        "OLLAMA_NUM_PARALLEL=1 (not set)",
                        "OLLAMA_MAX_LOADED_MODELS=3 a GPU (not set)",
                        "OLLAMA_CONTEXT_LENGTH=by GPU memory (not set)",
                        "OLLAMA_KV_CACHE_TYPE=f16 (not set)");
    }

    @Test
    void ollama_variablesThatMayNotBeRead_areNotKnown() {
        assertThat(
                        LaunchSettings.of(
                                ServerKind.OLLAMA,
                                new Launch(List.of("serve"), Reading.failed("no permission"))))
                .isEqualTo(Reading.failed("no permission"));
    }

    @Test
    void llamaServer_options_areReadInBothForms() {
        assertThat(
                        of(
                                ServerKind.LLAMA_SERVER,
                                List.of("-m", "a.gguf", "--ctx-size", "8192", "--parallel=4"),
                                Map.of("GGML_VK_VISIBLE_DEVICES", "0", "OLLAMA_KEEP_ALIVE", "1h")))
                .containsExactly(
                        "-c=8192",
                        "-np=4",
                        "GGML_VK_VISIBLE_DEVICES=0",
                        "-ngl=auto (not set)",
                        "-fa=auto (not set)",
                        "-ctk=f16 (not set)");
    }

    @Test
    void llamaServer_variablesThatMayNotBeRead_leaveItsOptions() {
        assertThat(
                        LaunchSettings.of(
                                        ServerKind.LLAMA_SERVER,
                                        new Launch(
                                                List.of("-ngl", "99"),
                                                Reading.failed("no permission")))
                                .value()
                                .settings()
                                .getFirst())
                .isEqualTo(new LaunchSettings.Setting("-ngl", "99", true));
    }

    @Test
    void vllm_options_haveTheirDefaults() {
        assertThat(of(ServerKind.VLLM, List.of("serve", "-tp", "2"), Map.of()))
                .containsExactly(
                        "--tensor-parallel-size=2",
                        "--gpu-memory-utilization=0.9 (not set)",
                        "--max-model-len=the model's (not set)");
    }

    @Test
    void value_hostile_isCleaned() {
        assertThat(
                        of(ServerKind.VLLM, List.of("--max-model-len", "9\u001b[2J\n9"), Map.of())
                                .getFirst())
                .isEqualTo("--max-model-len=9[2J 9");
    }
}
