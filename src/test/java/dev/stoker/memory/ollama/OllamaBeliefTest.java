package dev.stoker.memory.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.gguf.GgmlType;
import dev.stoker.gguf.GgufWriter;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.model.GgufModels;
import dev.stoker.model.ModelDescription;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

class OllamaBeliefTest {
    private static final MemoryDevice HOST =
            new MemoryDevice("host", DeviceKind.HOST, Bytes.gib(64), Bytes.gib(60), false);

    private static MemoryDevice gpu(String name, double gib, double free) {
        return new MemoryDevice(name, DeviceKind.CUDA, Bytes.gib(gib), Bytes.gib(free), false);
    }

    /** 32 layers, 8 of 32 heads, width 4096: 131072 bytes a token; a file of about 4 GiB. */
    private static ModelDescription model() {
        GgufWriter writer =
                GgufWriter.plain()
                        .text("general.architecture", "llama")
                        .whole("llama.block_count", 32)
                        .whole("llama.context_length", 131_072)
                        .whole("llama.embedding_length", 4096)
                        .whole("llama.feed_forward_length", 14_336)
                        .whole("llama.attention.head_count", 32)
                        .whole("llama.attention.head_count_kv", 8)
                        .tensor("token_embd.weight", GgmlType.F16, 4096, 524_288);
        return GgufModels.read("m", "m.gguf", _ -> writer.source());
    }

    private static OllamaBelief believe(
            OllamaBelief.Request request,
            List<MemoryDevice> devices,
            List<OllamaBelief.Loaded> loaded) {
        ModelDescription model = model();
        return OllamaBelief.of(model, model.shape().value(), request, devices, loaded);
    }

    private static OllamaBelief.Request context(long tokens) {
        OllamaBelief.Request plain = OllamaBelief.Request.plain();
        return new OllamaBelief.Request(
                OptionalLong.of(tokens),
                plain.numBatch(),
                plain.numGpu(),
                1,
                plain.cacheType(),
                plain.flashAttention(),
                0,
                false);
    }

    private static OllamaBelief.Loaded loaded(String name, double gib, long minutes, boolean busy) {
        return new OllamaBelief.Loaded(
                name, Map.of("g", Bytes.gib(gib)), Duration.ofMinutes(minutes), busy, name);
    }

    @Test
    void context_notAsked_followsAllGpuMemory() {
        OllamaBelief.Request plain = OllamaBelief.Request.plain();
        assertThat(believe(plain, List.of(gpu("g", 22.9, 22), HOST), List.of()).context())
                .isEqualTo(4096);
        assertThat(believe(plain, List.of(gpu("g", 24, 23), HOST), List.of()).context())
                .isEqualTo(32_768);
        assertThat(
                        believe(plain, List.of(gpu("g", 24, 23), gpu("h", 24, 23), HOST), List.of())
                                .context())
                .as("clamped to the training context")
                .isEqualTo(131_072);
    }

    @Test
    void estimate_isFileAndHalfKnownCache_withoutCompute() {
        OllamaBelief belief = believe(context(4096), List.of(gpu("g", 24, 23), HOST), List.of());
        long file = model().fileSize().value().count();
        assertThat(belief.predicted().count()).isEqualTo(file + 131_072L * 4096);
        assertThat(belief.batch()).isEqualTo(512);
        assertThat(OllamaBelief.inLog(belief.predicted())).isEqualTo("4.5 GiB");
    }

    @Test
    void batch_ofLongContext_isLargerWhereThereIsRoom() {
        assertThat(believe(context(8192), List.of(gpu("g", 24, 23), HOST), List.of()).batch())
                .isEqualTo(1024);
        assertThat(believe(context(65_536), List.of(gpu("g", 48, 47), HOST), List.of()).batch())
                .isEqualTo(2048);
        assertThat(believe(context(8192), List.of(gpu("g", 8, 6.2), HOST), List.of()).batch())
                .as("5 GiB of 6.2 leave no headroom")
                .isEqualTo(512);
    }

    @Test
    void eviction_takesShortestKeepAliveFirst_idleBeforeBusy() {
        List<MemoryDevice> devices = List.of(gpu("g", 12, 2), HOST);
        OllamaBelief belief =
                believe(
                        context(4096),
                        devices,
                        List.of(
                                loaded("forever", 5, -1, false),
                                loaded("short", 2, 1, true),
                                loaded("middle", 4, 5, false)));
        assertThat(belief.evicts()).containsExactly("middle");
        assertThat(belief.fitsAlongside()).isFalse();
        OllamaBelief alone = believe(context(4096), devices, List.of());
        assertThat(alone.evicts()).as("the first model is always tried").isEmpty();
    }

    @Test
    void gpu_ofSeveral_isTheOneWithMostFreeWhereItFits_elseAll() {
        List<MemoryDevice> two = List.of(gpu("a", 8, 7), gpu("b", 12, 11), HOST);
        assertThat(believe(context(4096), two, List.of()).devices())
                .extracting(MemoryDevice::name)
                .containsExactly("b");
        assertThat(believe(context(65_536), two, List.of()).devices())
                .extracting(MemoryDevice::name)
                .containsExactly("a", "b");
    }
}
