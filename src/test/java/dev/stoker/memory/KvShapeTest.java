package dev.stoker.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

class KvShapeTest {

    @Test
    void of_llama3_8b_128KibAToken() {
        Map<String, Object> info = header("llama", 32, 32, 4096);
        info.put("llama.attention.head_count_kv", 8);

        assertThat(KvShape.of(info).value().bytesPerToken()).isEqualTo(Bytes.of(131_072));
    }

    /** As Ollama 0.33 tells it of SmolLM2-135M. */
    @Test
    void of_smollm2_sumOfThirtyLayers() {
        Map<String, Object> info = header("llama", 30, 9, 576);
        info.put("llama.attention.head_count_kv", 3L);

        assertThat(KvShape.of(info).value().bytesPerToken())
                .isEqualTo(Bytes.of(30 * 3 * (64 + 64) * 2));
    }

    /** As Ollama 0.33 tells it of Gemma 3 270M. */
    @Test
    void of_gemma3_ownHeadLengthsAndSaysItIsABound() {
        Map<String, Object> info = header("gemma3", 18, 4, 640);
        info.put("gemma3.attention.head_count_kv", 1);
        info.put("gemma3.attention.key_length", 256);
        info.put("gemma3.attention.value_length", 256.0);
        info.put("gemma3.attention.sliding_window", 512);

        KvShape shape = KvShape.of(info).value();

        assertThat(shape.bytesPerToken()).isEqualTo(Bytes.of(18 * 512 * 2));
        assertThat(shape.provenance()).contains("as if all of them looked back");
    }

    @Test
    void of_headsOneALayer_summed() {
        Map<String, Object> info = header("lfm2", 4, 16, 1024);
        info.put("lfm2.attention.head_count_kv", List.of(0, 8, 0, 8));

        assertThat(KvShape.of(info).value().bytesPerToken()).isEqualTo(Bytes.of(16 * 128 * 2));
    }

    @Test
    void of_headsOneALayerNotTold_askVerbose() {
        Map<String, Object> info = header("lfm2", 4, 16, 1024);
        info.put("lfm2.attention.head_count_kv", null);
        assertThat(KvShape.of(info).reason())
                .contains("lfm2.attention.head_count_kv")
                .contains("verbose");

        info.put("lfm2.attention.head_count_kv", List.of());
        assertThat(KvShape.of(info).reason()).contains("verbose");
    }

    @Test
    void of_noKvHeads_asManyAsHeads() {
        assertThat(KvShape.of(header("gpt2", 12, 12, 768)).value().bytesPerToken())
                .isEqualTo(Bytes.of(12 * 12 * 128 * 2));
    }

    @Test
    void of_latentAttention_oneKeyNoValue() {
        Map<String, Object> info = header("deepseek2", 61, 128, 7168);
        info.put("deepseek2.attention.head_count_kv", 1);
        info.put("deepseek2.attention.key_length", 576);
        info.put("deepseek2.attention.value_length", 512);
        info.put("deepseek2.attention.key_length_mla", 192);

        assertThat(KvShape.of(info).value().bytesPerToken()).isEqualTo(Bytes.of(61 * 576 * 2));
    }

    @Test
    void of_everyFourthLayerAttends_onlyThose() {
        Map<String, Object> info = header("qwen3next", 64, 24, 5120);
        info.put("qwen3next.attention.head_count_kv", 4);
        info.put("qwen3next.attention.key_length", 256);
        info.put("qwen3next.attention.value_length", 256);
        info.put("qwen3next.full_attention_interval", 4);

        assertThat(KvShape.of(info).value().bytesPerToken()).isEqualTo(Bytes.of(64 * 1024));
    }

    @Test
    void of_encoder_noCache() {
        assertThat(KvShape.of(header("nomic-bert", 12, 12, 768)).value().bytesPerToken())
                .isEqualTo(Bytes.ZERO);
    }

    @Test
    void of_fieldsMissing_allNamed() {
        assertThat(KvShape.of(Map.of("general.architecture", "llama")).reason())
                .contains("llama.block_count")
                .contains("key_length")
                .contains("head_count_kv");
        assertThat(KvShape.of(Map.of()).reason()).contains("general.architecture");
    }

    @Property
    void of_anyNumbers_neverThrows(
            @ForAll long blocks, @ForAll double heads, @ForAll List<Long> perLayer) {
        Map<String, Object> info = new HashMap<>();
        info.put("general.architecture", "x");
        info.put("x.block_count", blocks);
        info.put("x.attention.head_count", heads);
        info.put("x.embedding_length", blocks);
        info.put("x.attention.head_count_kv", new ArrayList<>(perLayer));
        info.put("x.nextn_predict_layers", 7);

        assertThat(KvShape.of(info).map(KvShape::bytesPerToken).orElse(Bytes.ZERO).count())
                .isNotNegative();
    }

    private static Map<String, Object> header(
            String architecture, int blocks, int heads, int embedding) {
        Map<String, Object> info = new HashMap<>();
        info.put("general.architecture", architecture);
        info.put(architecture + ".block_count", blocks);
        info.put(architecture + ".attention.head_count", heads);
        info.put(architecture + ".embedding_length", embedding);
        return info;
    }
}
