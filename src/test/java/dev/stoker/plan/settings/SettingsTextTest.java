package dev.stoker.plan.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.memory.CacheType;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.LlamaSettings.SplitMode;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.memory.llama.HostPacking;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.model.ModelDescription;
import dev.stoker.plan.Fitting;
import dev.stoker.plan.LlamaEstimate;
import dev.stoker.plan.Synthetic;
import dev.stoker.plan.advise.Quant;
import dev.stoker.plan.device.Box;
import dev.stoker.plan.device.Boxes;
import dev.stoker.plan.device.GpuTable;
import dev.stoker.plan.pack.Demand;
import dev.stoker.plan.pack.Packer;
import dev.stoker.plan.pack.Packing;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

class SettingsTextTest {
    /** Those that Ollama 0.33 reads, and those of llama-server that it leaves alone. */
    private static final Set<String> READ =
            Set.of(
                    "OLLAMA_CONTEXT_LENGTH",
                    "OLLAMA_NUM_PARALLEL",
                    "OLLAMA_FLASH_ATTENTION",
                    "OLLAMA_KV_CACHE_TYPE",
                    "OLLAMA_KEEP_ALIVE",
                    "OLLAMA_MAX_LOADED_MODELS",
                    "LLAMA_ARG_FIT_TARGET",
                    "LLAMA_ARG_N_CPU_MOE");

    private final LlamaEstimate estimate = new LlamaEstimate(Overheads.usual(HostPacking.NONE));
    private final Box ample = Boxes.of(GpuTable.standard().require("RTX 3090"), 1);
    private final ModelDescription model = Synthetic.llama8(Quant.Q4_K_M);

    private MemoryPlan plan(ModelDescription m, LlamaSettings settings, Box box) {
        return estimate.plan(m, settings, box.memories());
    }

    private static LlamaSettings.Builder all() {
        return LlamaSettings.defaults().toBuilder().gpuLayers(33);
    }

    @Test
    void ollama_severalTogether_shareVariablesAndKeepTheirOwnContexts() {
        OllamaText small = text(all().context(4096L).parallel(1).build());
        OllamaText large = text(all().context(16_384L).parallel(1).build());
        OllamaText together = OllamaText.together(List.of(large, small));
        assertThat(together.environment())
                .containsEntry("OLLAMA_CONTEXT_LENGTH", "4096")
                .containsEntry("OLLAMA_KEEP_ALIVE", "5m");
        assertThat(small.saidBy(together)).isTrue();
        assertThat(large.saidBy(together)).isFalse();
    }

    private OllamaText text(LlamaSettings settings) {
        return OllamaText.of(settings, plan(model, settings, ample), KeepAlive.USUAL, 2);
    }

    @Test
    void ollama_usualPlan_isThreeVariablesAndAnOption() {
        LlamaSettings s = all().context(16384).parallel(2).build();
        OllamaText text = OllamaText.of(s, plan(model, s, ample), KeepAlive.USUAL, 1);
        assertThat(text.environment())
                .containsExactly(
                        Map.entry("OLLAMA_CONTEXT_LENGTH", "8192"),
                        Map.entry("OLLAMA_NUM_PARALLEL", "2"),
                        Map.entry("OLLAMA_KEEP_ALIVE", "5m"));
        assertThat(text.dropIn())
                .containsExactly(
                        "[Service]",
                        "Environment=\"OLLAMA_CONTEXT_LENGTH=8192\"",
                        "Environment=\"OLLAMA_NUM_PARALLEL=2\"",
                        "Environment=\"OLLAMA_KEEP_ALIVE=5m\"");
        assertThat(text.modelfile("llama3.1:8b"))
                .containsExactly(
                        "FROM llama3.1:8b", "PARAMETER num_ctx 8192", "PARAMETER num_batch 512");
        assertThat(text.docker()).startsWith("-e", "OLLAMA_CONTEXT_LENGTH=8192");
        assertThat(text.notes()).isEmpty();
    }

    @Test
    void ollama_quantisedCache_switchesFlashAttentionOn() {
        LlamaSettings s =
                all().context(4096).parallel(1).cache(CacheType.Q8_0, CacheType.Q4_0).build();
        OllamaText text = OllamaText.of(s, plan(model, s, ample), KeepAlive.USUAL, 1);
        assertThat(text.environment())
                .containsEntry("OLLAMA_FLASH_ATTENTION", "1")
                .containsEntry("OLLAMA_KV_CACHE_TYPE", "q8_0");
        assertThat(text.notes()).anyMatch(n -> n.contains("q8_0 is set for both"));
        assertThat(text.options()).doesNotContainKey("num_batch");
    }

    @Test
    void ollama_planThatLeavesLittle_lowersTheFitTarget() {
        Box p4000 = Boxes.named("dual");
        Box one = new Box("", "", p4000.gpus().subList(0, 1), p4000.host(), 1);
        ModelDescription six = Synthetic.llama8(Quant.Q6_K);
        LlamaSettings s = all().context(9216).parallel(1).build();
        MemoryPlan plan = plan(six, s, one);
        assertThat(Fitting.roomy(plan)).isTrue();
        OllamaText text = OllamaText.of(s, plan, KeepAlive.USUAL, 1);
        assertThat(Integer.parseInt(text.environment().get("LLAMA_ARG_FIT_TARGET")))
                .isBetween(100, 1023);
    }

    @Test
    void ollama_partOnTheHost_setsTheLayers() {
        LlamaSettings s =
                LlamaSettings.defaults().toBuilder()
                        .gpuLayers(40)
                        .context(4096)
                        .parallel(1)
                        .build();
        ModelDescription large = Synthetic.llama70(Quant.Q4_K_M);
        OllamaText text = OllamaText.of(s, plan(large, s, ample), KeepAlive.USUAL, 1);
        assertThat(text.options()).containsEntry("num_gpu", "40");
        assertThat(text.environment()).doesNotContainKey("LLAMA_ARG_FIT_TARGET");
    }

    @Test
    void ollama_anySettings_useRealVariablesOnly() {
        LlamaSettings s =
                all().context(8192)
                        .parallel(4)
                        .cache(CacheType.Q4_0, CacheType.Q4_0)
                        .flashAttention(true)
                        .cpuExpertLayers(5)
                        .split(SplitMode.ROW)
                        .cacheOnGpu(false)
                        .build();
        OllamaText text = OllamaText.of(s, plan(model, s, ample), KeepAlive.USUAL, 7);
        assertThat(READ).containsAll(text.environment().keySet());
        assertThat(text.environment()).containsEntry("OLLAMA_MAX_LOADED_MODELS", "7");
        assertThat(Set.of("num_ctx", "num_gpu", "num_batch")).containsAll(text.options().keySet());
        assertThat(text.notes()).hasSize(3);
    }

    @Test
    void llamaServer_defaults_areNotRepeated() {
        LlamaSettings s = all().context(8192).parallel(2).build();
        LlamaServerText text = LlamaServerText.of("/models/a b.gguf", s, plan(model, s, ample));
        assertThat(text.command())
                .isEqualTo(
                        "llama-server --model '/models/a b.gguf' --ctx-size 8192 --parallel 2"
                                + " --n-gpu-layers all");
    }

    @Test
    void llamaServer_everything_isRealOptions() throws IOException {
        LlamaSettings s =
                new LlamaSettings.Builder()
                        .context(8192)
                        .parallel(4)
                        .unifiedCache(false)
                        .batch(1024)
                        .microBatch(256)
                        .cache(CacheType.Q8_0, CacheType.Q8_0)
                        .flashAttention(true)
                        .gpuLayers(20)
                        .split(SplitMode.ROW)
                        .tensorSplit(List.of(3.0, 1.5))
                        .mainGpu(1)
                        .cpuExpertLayers(3)
                        .fullWindowCache(true)
                        .cacheOnGpu(false)
                        .memoryMap(false)
                        .repack(false)
                        .offloadOperations(false)
                        .embeddings(true)
                        .multiTokenPrediction(true)
                        .fit(false)
                        .build();
        LlamaServerText text = LlamaServerText.of("m.gguf", s, plan(model, s, ample));
        Set<String> real = options();
        List<String> used = text.arguments().stream().filter(a -> a.startsWith("--")).toList();
        assertThat(used).hasSize(22).allMatch(real::contains);
        assertThat(text.command())
                .contains("--tensor-split 3,1.5", "--load-mode none", "--n-gpu-layers 20");
        LlamaSettings shared =
                s.toBuilder().unifiedCache(true).cpuExpertLayers(Integer.MAX_VALUE).build();
        assertThat(LlamaServerText.of("m", shared, plan(model, shared, ample)).arguments())
                .contains("--kv-unified", "--cpu-moe")
                .filteredOn(a -> a.startsWith("--"))
                .allMatch(real::contains);
    }

    private static Set<String> options() throws IOException {
        try (InputStream in =
                SettingsTextTest.class.getResourceAsStream("llama-server-b10434-options.txt")) {
            return Set.copyOf(
                    new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        }
    }

    @Test
    void llamaServer_quantisedValuesWithoutFlash_setsFlash() {
        LlamaSettings s = all().context(4096).cache(CacheType.F16, CacheType.Q8_0).build();
        assertThat(LlamaServerText.of("m", s, plan(model, s, ample)).command())
                .contains("--cache-type-v q8_0 --flash-attn on")
                .doesNotContain("cache-type-k");
    }

    @Test
    void vllm_wanted_isTheCommand() {
        VllmText text = VllmText.of(new VllmText.Wanted("Qwen/Qwen3-8B", 16384, 16, 0.92, 2, true));
        assertThat(text.command())
                .isEqualTo(
                        "vllm serve Qwen/Qwen3-8B --max-model-len 16384 --max-num-seqs 16"
                                + " --gpu-memory-utilization 0.92 --tensor-parallel-size 2"
                                + " --kv-cache-dtype fp8");
        assertThatThrownBy(() -> VllmText.of(new VllmText.Wanted("m", 1, 1, 1.5, 1, false)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Packing packed(List<ModelDescription> models, Box box) {
        LlamaSettings s = LlamaSettings.defaults().toBuilder().context(4096).parallel(1).build();
        return new Packer(estimate)
                .pack(models.stream().map(m -> new Demand(m, s)).toList(), box.memories());
    }

    /** S3: 72 hours were set by hand; what stays together may stay for ever. */
    @Test
    void keepAlive_allTogether_isForEver() {
        KeepAlive k =
                KeepAlive.of(
                        packed(
                                List.of(
                                        model,
                                        Synthetic.mistral7(Quant.Q4_K_M),
                                        Synthetic.qwen3of8(Quant.Q4_K_M)),
                                Boxes.named("a10g")));
        assertThat(k.forEver()).isTrue();
        assertThat(k.environment()).isEqualTo("-1");
        assertThat(k.request()).isEqualTo("-1");
        assertThat(k.reason()).startsWith("All 3 stay together");
    }

    @Test
    void keepAlive_notAllTogether_isShort() {
        KeepAlive k =
                KeepAlive.of(
                        packed(
                                List.of(
                                        Synthetic.phi4(Quant.Q8_0),
                                        Synthetic.qwen2of32(Quant.Q4_K_M)),
                                ample));
        assertThat(k.duration()).isEqualTo(Duration.ofMinutes(5));
        assertThat(k.environment()).isEqualTo("5m");
        assertThat(k.request()).isEqualTo("\"5m\"");
    }

    /** S2: 60 minutes times what is left, in a memory that the host shares. */
    @Test
    void keepAlive_sharedMemoryUnderPressure_isByWhatIsLeft() {
        Box thor = Boxes.named("thor");
        Packing full =
                packed(
                        List.of(
                                Synthetic.llama70(Quant.Q4_K_M),
                                Synthetic.qwen2of32(Quant.Q5_K_M),
                                Synthetic.phi4(Quant.Q6_K)),
                        thor);
        assertThat(full.all()).isTrue();
        KeepAlive k = KeepAlive.of(full);
        assertThat(k.forEver()).isFalse();
        assertThat(k.duration()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(12));
        assertThat(KeepAlive.of(packed(List.of(model), thor)).forEver()).isTrue();
    }

    @Test
    void slots_recommended_followRoomAndClients() {
        assertThat(Slots.of(1, true, 0, 8192).count()).isEqualTo(1);
        assertThat(Slots.of(20, true, 0, 8192).count()).isEqualTo(4);
        assertThat(Slots.of(20, false, 0, 8192).count()).isEqualTo(1);
        assertThat(Slots.of(20, true, 12, 8192).count()).isEqualTo(12);
        Slots few = Slots.of(3, true, 5, 8192);
        assertThat(few.count()).isEqualTo(3);
        assertThat(few.reason()).contains("2 of the 5 clients will wait");
    }
}
