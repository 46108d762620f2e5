package dev.stoker.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.gguf.GgmlType;
import dev.stoker.gguf.GgufWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** The rules of llama.cpp b10434 for each kind of architecture; published models as vectors. */
final class GgufShapeTest {

    private static List<Integer> layers(ModelShape shape, Predicate<LayerShape> which) {
        return IntStream.range(0, shape.blocks())
                .filter(i -> which.test(shape.layers().get(i)))
                .boxed()
                .toList();
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private static List<Integer> every(int first, int step, int to) {
        return IntStream.iterate(first, i -> i < to, i -> i + step).boxed().toList();
    }

    /** Bytes of 16-bit keys and values that a token takes over the whole context. */
    private static long bytesPerToken(ModelShape shape) {
        return shape.layers().stream()
                .filter(l -> !l.window())
                .mapToLong(l -> 2 * (l.keyWidth() + l.valueWidth()))
                .sum();
    }

    @Test
    void llama3_8b_takes128KibAToken() {
        ModelShape shape =
                Headers.of("llama", 32, 4096, 32)
                        .with("attention.head_count_kv", 8)
                        .with("feed_forward_length", 14336)
                        .with("context_length", 131072)
                        .with("vocab_size", 128256)
                        .shape();
        assertThat(bytesPerToken(shape)).isEqualTo(131_072);
        assertThat(shape.vocabulary()).isEqualTo(128_256);
        assertThat(shape.contextLength()).isEqualTo(131_072);
        assertThat(shape.layers())
                .hasSize(32)
                .containsOnly(new LayerShape(32, 8, 128, 128, 14336, false, true, 0, 0, false));
    }

    @Test
    void keyLength_told_isNotTheQuotient() {
        ModelShape shape =
                Headers.of("qwen3", 36, 4096, 32)
                        .with("attention.head_count_kv", 8)
                        .with("attention.key_length", 128)
                        .with("attention.value_length", 64)
                        .shape();
        assertThat(shape.layers().getFirst().keyWidth()).isEqualTo(1024);
        assertThat(shape.layers().getFirst().valueWidth()).isEqualTo(512);
    }

    @Test
    void headsByLayer_areReadFromArrays() {
        byte[] file =
                GgufWriter.plain()
                        .text("general.architecture", "openelm")
                        .whole("openelm.block_count", 3)
                        .whole("openelm.embedding_length", 1280)
                        .wholes("openelm.attention.head_count", 12, 16, 20)
                        .wholes("openelm.attention.head_count_kv", 3, 4, 0)
                        .whole("openelm.attention.key_length", 64)
                        .whole("openelm.attention.value_length", 64)
                        .wholes("openelm.feed_forward_length", 768, 1024, 0)
                        .bytes();
        ModelShape shape = Headers.described(file).shape().value();
        assertThat(shape.layers()).extracting(LayerShape::heads).containsExactly(12, 16, 20);
        assertThat(shape.layers()).extracting(LayerShape::kvHeads).containsExactly(3, 4, 0);
        assertThat(shape.layers())
                .extracting(LayerShape::feedForward)
                .containsExactly(768L, 1024L, 0L);
        assertThat(shape.layers().get(2).keyWidth()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "gemma2,26,2", "gemma3,26,6", "gemma3n,30,5", "gpt-oss,24,2", "cohere2,32,4",
        "olmo2,32,4", "plamo3,32,8", "afmoe,32,4", "llama4,48,4", "exaone4,64,4"
    })
    void window_withFullLast_hasItsPeriod(String architecture, int blocks, int period) {
        ModelShape shape =
                Headers.of(architecture, blocks, 2048, 16)
                        .with("attention.sliding_window", 1024)
                        .shape();
        assertThat(layers(shape, l -> !l.window())).isEqualTo(every(period - 1, period, blocks));
    }

    @ParameterizedTest
    @CsvSource({"cohere2moe,4", "smallthinker,4", "laguna,4", "modern-bert,3"})
    void window_withFullFirst_hasItsPeriod(String architecture, int period) {
        ModelShape shape =
                Headers.of(architecture, 30, 2048, 16)
                        .with("attention.sliding_window", 128)
                        .shape();
        assertThat(layers(shape, l -> !l.window())).isEqualTo(every(0, period, 30));
    }

    @Test
    void window_periodInTheHeader_goesFirst() {
        ModelShape shape =
                Headers.of("gemma3", 12, 1152, 4)
                        .with("attention.sliding_window", 512)
                        .with("attention.sliding_window_pattern", 3)
                        .shape();
        assertThat(shape.slidingWindow()).isEqualTo(512);
        assertThat(layers(shape, l -> !l.window())).isEqualTo(every(2, 3, 12));
    }

    @Test
    void window_flagsWhereAPeriodIsMeant_areNotRead() {
        ModelShape shape =
                Headers.of("gemma3n", 10, 2048, 8)
                        .with("attention.sliding_window", 512)
                        .with("attention.sliding_window_pattern", new boolean[10])
                        .shape();
        assertThat(layers(shape, l -> !l.window())).containsExactly(4, 9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemma4", "step35", "mimo2", "mellum", "muse-glimmer", "cohere2moe"})
    void window_flagsByLayer_areRead(String architecture) {
        ModelShape shape =
                Headers.of(architecture, 4, 2048, 8)
                        .with("attention.sliding_window", 512)
                        .with("attention.sliding_window_pattern", true, true, false, true)
                        .with("attention.key_length", 512)
                        .with("attention.value_length", 512)
                        .with("attention.key_length_swa", 256)
                        .with("attention.value_length_swa", 128)
                        .shape();
        assertThat(layers(shape, l -> !l.window())).containsExactly(2);
        assertThat(shape.layers())
                .extracting(LayerShape::keyLength)
                .containsExactly(256, 256, 512, 256);
        assertThat(shape.layers())
                .extracting(LayerShape::valueLength)
                .containsExactly(128, 128, 512, 128);
    }

    @ParameterizedTest
    @CsvSource({"llama", "qwen2", "phi3", "mistral3", "gemma", "lfm2moe"})
    void window_ofWhatDoesNotReadIt_isNone(String architecture) {
        ModelShape shape =
                Headers.of(architecture, 8, 2048, 8).with("attention.sliding_window", 2047).shape();
        assertThat(shape.slidingWindow()).isZero();
        assertThat(layers(shape, LayerShape::window)).isEmpty();
    }

    @Test
    void window_defaults_areThoseOfTheArchitecture() {
        assertThat(Headers.of("gemma2", 26, 2304, 8).shape().slidingWindow()).isEqualTo(4096);
        assertThat(Headers.of("llama4", 48, 5120, 40).shape().slidingWindow()).isEqualTo(8192);
        assertThat(Headers.of("exaone-moe", 48, 2048, 16).shape().slidingWindow()).isEqualTo(128);
        assertThat(Headers.of("exaone4", 64, 5120, 40).shape().slidingWindow()).isEqualTo(4096);
        assertThat(Headers.of("exaone4", 30, 2048, 32).shape().slidingWindow()).isZero();
        assertThat(Headers.of("gemma3", 26, 1152, 4).shape().slidingWindow()).isZero();
        assertThat(
                        Headers.of("llama4", 16, 2048, 16)
                                .with("attention.sliding_window", 0)
                                .shape()
                                .slidingWindow())
                .isZero();
        assertThat(
                        Headers.of("smallthinker", 32, 1536, 12)
                                .with("attention.sliding_window", 1)
                                .shape()
                                .slidingWindow())
                .isEqualTo(4096);
    }

    @Test
    void exaone4_withPrediction_countsItsMainLayers() {
        ModelShape shape =
                Headers.of("exaone4", 65, 5120, 40).with("nextn_predict_layers", 1).shape();
        assertThat(shape.slidingWindow()).isEqualTo(4096);
        assertThat(layers(shape, l -> !l.window())).contains(3, 7, 63, 64).hasSize(17);
        assertThat(shape.layers().get(64).ownCache()).isTrue();
    }

    @Test
    void exaoneMoe_predictionBlock_followsThePattern() {
        ModelShape shape =
                Headers.of("exaone-moe", 49, 2048, 16).with("nextn_predict_layers", 1).shape();
        assertThat(shape.layers().get(48).window()).isTrue();
        assertThat(shape.layers().get(48).ownCache()).isTrue();
    }

    @Test
    void gemma4_12b_hasTheCacheOfItsLog() {
        // 8 global layers of 512 + 512 and 40 with a window of 2048 + 2048.
        boolean[] pattern = new boolean[48];
        for (int i = 0; i < 48; i++) {
            pattern[i] = i % 6 != 5;
        }
        long[] kv = new long[48];
        for (int i = 0; i < 48; i++) {
            kv[i] = pattern[i] ? 8 : 1;
        }
        ModelShape shape =
                Headers.of("gemma4", 48, 3840, 16)
                        .with("attention.head_count_kv", kv)
                        .with("attention.key_length", 512)
                        .with("attention.value_length", 512)
                        .with("attention.key_length_swa", 256)
                        .with("attention.value_length_swa", 256)
                        .with("attention.sliding_window", 1024)
                        .with("attention.sliding_window_pattern", pattern)
                        .shape();
        List<Integer> global = layers(shape, l -> !l.window());
        assertThat(global).isEqualTo(every(5, 6, 48));
        assertThat(shape.layers().get(5).keyWidth()).isEqualTo(512);
        assertThat(shape.layers().get(0).keyWidth()).isEqualTo(2048);
        // 8-bit blocks of 34 bytes for 32 elements: 2176 MiB at 262 144 cells.
        assertThat(bytesPerToken(shape) / 2 * 34 / 32 * 262_144).isEqualTo(2176L << 20);
    }

    @Test
    void gemma3n_layersFrom20_shareTheCache() {
        ModelShape shape =
                Headers.of("gemma3n", 35, 2048, 8).with("attention.sliding_window", 512).shape();
        assertThat(layers(shape, LayerShape::ownCache)).isEqualTo(range(0, 20));
    }

    @Test
    void gemma4_lastLayers_shareTheCache() {
        ModelShape shape =
                Headers.of("gemma4", 42, 2560, 8)
                        .with("attention.shared_kv_layers", 18)
                        .with("attention.sliding_window", 512)
                        .with("attention.sliding_window_pattern", 1)
                        .shape();
        assertThat(layers(shape, LayerShape::ownCache)).isEqualTo(range(0, 24));
        assertThat(layers(shape, LayerShape::window)).hasSize(42);
    }

    @Test
    void gemma4Assistant_hasNoCacheOfItsOwn() {
        ModelShape shape =
                Headers.of("gemma4-assistant", 4, 1024, 4).with("nextn_predict_layers", 4).shape();
        assertThat(layers(shape, LayerShape::ownCache)).isEmpty();
        assertThat(shape.predictionBlocks()).isZero();
    }

    @Test
    void gptOss20b_takes24KibATokenAndHalfOfItsLayersHaveAWindow() {
        ModelShape shape =
                Headers.of("gpt-oss", 24, 2880, 64)
                        .with("attention.head_count_kv", 8)
                        .with("attention.key_length", 64)
                        .with("attention.value_length", 64)
                        .with("attention.sliding_window", 128)
                        .shape();
        assertThat(bytesPerToken(shape) * 131_072).isEqualTo(3L << 30);
    }

    @Test
    void latentAttention_keepsOneKeyAndNoValue() {
        ModelShape shape =
                Headers.of("deepseek2", 61, 7168, 128)
                        .with("attention.head_count_kv", 1)
                        .with("attention.key_length", 576)
                        .with("attention.value_length", 512)
                        .with("attention.key_length_mla", 192)
                        .with("attention.value_length_mla", 128)
                        .shape();
        assertThat(shape.latent()).isTrue();
        assertThat(bytesPerToken(shape)).isEqualTo(61 * 576 * 2);
    }

    @Test
    void latentAttention_ofAnOldFile_keepsKeysAndValuesOfAllHeads() {
        ModelShape shape =
                Headers.of("deepseek2", 27, 2048, 16)
                        .with("attention.head_count_kv", 16)
                        .with("attention.key_length", 192)
                        .with("attention.value_length", 128)
                        .shape();
        assertThat(shape.latent()).isFalse();
        assertThat(bytesPerToken(shape)).isEqualTo(27L * 16 * (192 + 128) * 2);
    }

    @Test
    void qwen35_27b_attendsIn16Of65Layers() {
        ModelShape shape =
                Headers.of("qwen35", 65, 5120, 24)
                        .with("attention.head_count_kv", 4)
                        .with("attention.key_length", 256)
                        .with("attention.value_length", 256)
                        .with("full_attention_interval", 4)
                        .with("nextn_predict_layers", 1)
                        .with("ssm.conv_kernel", 4)
                        .with("ssm.inner_size", 6144)
                        .with("ssm.state_size", 128)
                        .with("ssm.group_count", 16)
                        .shape();
        assertThat(layers(shape, LayerShape::ownCache)).isEqualTo(every(3, 4, 64));
        assertThat(bytesPerToken(shape) * 262_144).isEqualTo(16L << 30);
        assertThat(layers(shape, l -> l.stateBytes() > 0)).hasSize(48).doesNotContain(64);
        assertThat(shape.layers().getFirst().stateBytes())
                .isEqualTo(4 * (3 * (6144 + 2 * 16 * 128) + 128 * 6144));
    }

    @Test
    void recurrentLayers_listed_goBeforeTheInterval() {
        ModelShape shape =
                Headers.of("qwen3next", 4, 2048, 16)
                        .with("full_attention_interval", 2)
                        .with("attention.recurrent_layers", true, false, false, true)
                        .with("ssm.state_size", 128)
                        .with("ssm.inner_size", 4096)
                        .shape();
        assertThat(layers(shape, LayerShape::ownCache)).containsExactly(1, 2);
        assertThat(layers(shape, l -> l.stateBytes() > 0)).containsExactly(0, 3);
    }

    @Test
    void minimax01_hasAStateOfHeadsSquared() {
        ModelShape shape =
                Headers.of("minimax-01", 80, 6144, 64)
                        .with("attention.head_count_kv", 8)
                        .with("attention.key_length", 128)
                        .with("attention.value_length", 128)
                        .shape();
        assertThat(layers(shape, LayerShape::ownCache)).isEqualTo(every(7, 8, 80));
        assertThat(shape.layers().getFirst().stateBytes()).isEqualTo(4L * 128 * 128 * 64);
    }

    @Test
    void lfm2_1b_hasCacheOrShortConvolution() {
        long[] kv = {0, 0, 8, 0, 0, 8, 0, 0, 8, 0, 8, 0, 8, 0, 8, 0};
        ModelShape shape =
                Headers.of("lfm2", 16, 2048, 32)
                        .with("attention.head_count_kv", kv)
                        .with("shortconv.l_cache", 3)
                        .shape();
        assertThat(bytesPerToken(shape) * 32_768).isEqualTo(384L << 20);
        assertThat(shape.layers().getFirst().stateBytes()).isEqualTo(4 * 2048 * 2);
        assertThat(shape.layers().get(2).stateBytes()).isZero();
        assertThat(shape.layers().getFirst().ownCache()).isFalse();
    }

    @Test
    void lfm2_withAWindow_hasItInAllThatAttend() {
        ModelShape shape =
                Headers.of("lfm2", 4, 1024, 16)
                        .with("attention.head_count_kv", 0, 8, 0, 8)
                        .with("attention.sliding_window", 1024)
                        .with("shortconv.l_cache", 3)
                        .shape();
        assertThat(layers(shape, LayerShape::window)).containsExactly(1, 3);
    }

    @ParameterizedTest
    @CsvSource({"jamba,false", "granitehybrid,true", "plamo2,true"})
    void hybrids_withoutKvHeads_haveAState(String architecture, boolean grouped) {
        ModelShape shape =
                Headers.of(architecture, 4, 4096, 32)
                        .with("attention.head_count_kv", 0, 8, 0, 0)
                        .with("attention.key_length", 128)
                        .with("attention.value_length", 128)
                        .with("ssm.conv_kernel", 4)
                        .with("ssm.inner_size", 8192)
                        .with("ssm.state_size", 16)
                        .with("ssm.group_count", 2)
                        .shape();
        assertThat(layers(shape, LayerShape::ownCache)).containsExactly(1);
        assertThat(layers(shape, l -> l.stateBytes() > 0)).containsExactly(0, 2, 3);
        assertThat(shape.layers().getFirst().stateBytes())
                .isEqualTo(4L * (3 * (8192 + (grouped ? 2 * 2 * 16 : 0)) + 16 * 8192));
    }

    @Test
    void falconH1_hasBothInEveryLayer() {
        ModelShape shape =
                Headers.of("falcon-h1", 24, 2048, 8)
                        .with("attention.head_count_kv", 2)
                        .with("ssm.conv_kernel", 4)
                        .with("ssm.inner_size", 3072)
                        .with("ssm.state_size", 256)
                        .with("ssm.group_count", 1)
                        .shape();
        assertThat(layers(shape, LayerShape::ownCache)).hasSize(24);
        assertThat(layers(shape, l -> l.stateBytes() > 0)).hasSize(24);
    }

    @Test
    void nemotronH_layersAreOfThreeKinds() {
        ModelShape shape =
                Headers.of("nemotron_h", 4, 4480, 40)
                        .with("attention.head_count_kv", 0, 0, 8, 0)
                        .with("feed_forward_length", 0, 15680, 0, 15680)
                        .with("attention.key_length", 128)
                        .with("attention.value_length", 128)
                        .with("ssm.conv_kernel", 4)
                        .with("ssm.inner_size", 10240)
                        .with("ssm.state_size", 128)
                        .with("ssm.group_count", 8)
                        .shape();
        assertThat(layers(shape, LayerShape::ownCache)).containsExactly(2);
        assertThat(layers(shape, l -> l.stateBytes() > 0)).containsExactly(0);
    }

    @Test
    void kimiLinear_keepsAStateOrALatentKey() {
        ModelShape shape =
                Headers.of("kimi-linear", 4, 2304, 32)
                        .with("attention.head_count_kv", 0, 0, 0, 1)
                        .with("attention.key_length", 576)
                        .with("attention.value_length", 512)
                        .with("attention.key_length_mla", 192)
                        .with("attention.value_length_mla", 128)
                        .with("ssm.conv_kernel", 4)
                        .with("kda.head_dim", 128)
                        .shape();
        assertThat(bytesPerToken(shape)).isEqualTo(576 * 2);
        assertThat(shape.layers().getFirst().stateBytes())
                .isEqualTo(4L * (3 * 3 * 32 * 128 + 128 * 128 * 32));
        assertThat(shape.layers().get(3).stateBytes()).isZero();
    }

    @Test
    void mamba_hasStatesOnly() {
        ModelShape shape =
                Headers.of("mamba", 24, 768, 0)
                        .with("ssm.conv_kernel", 4)
                        .with("ssm.inner_size", 1536)
                        .with("ssm.state_size", 16)
                        .shape();
        assertThat(bytesPerToken(shape)).isZero();
        assertThat(shape.layers().getFirst().stateBytes()).isEqualTo(4 * (3 * 1536 + 16 * 1536));
    }

    @Test
    void rwkv_hasStatesOfItsHeads() {
        ModelShape shape = Headers.of("rwkv7", 24, 2048, 0).with("wkv.head_size", 64).shape();
        assertThat(bytesPerToken(shape)).isZero();
        assertThat(shape.layers().getFirst().stateBytes()).isEqualTo(4 * (2 * 2048 + 2048 * 64));
        assertThat(
                        Headers.of("arwkv7", 28, 3584, 0)
                                .with("wkv.head_size", 64)
                                .with("token_shift_count", 1)
                                .shape()
                                .layers()
                                .getFirst()
                                .stateBytes())
                .isEqualTo(4 * (3584 + 3584 * 64));
    }

    @ParameterizedTest
    @ValueSource(strings = {"glm4moe", "deepseek2", "bailingmoe2", "cohere2moe", "nemotron_h_moe"})
    void predictionBlocks_ofSome_areInTheMainCache(String architecture) {
        ModelShape shape =
                Headers.of(architecture, 47, 4096, 96)
                        .with("attention.head_count_kv", 8)
                        .with("nextn_predict_layers", 1)
                        .shape();
        assertThat(shape.mainBlocks()).isEqualTo(46);
        assertThat(shape.layers().get(46).ownCache()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"step35", "hy_v3", "glm-dsa", "mimo2", "deepseek32", "qwen35moe"})
    void predictionBlocks_ofOthers_areNot(String architecture) {
        ModelShape shape =
                Headers.of(architecture, 47, 4096, 96)
                        .with("attention.head_count_kv", 8)
                        .with("nextn_predict_layers", 2)
                        .shape();
        assertThat(shape.mainBlocks()).isEqualTo(45);
        assertThat(layers(shape, l -> !l.ownCache())).contains(45, 46);
    }

    @Test
    void predictionBlocks_ofWhatDoesNotReadThem_areOrdinary() {
        ModelShape shape =
                Headers.of("llama", 32, 4096, 32).with("nextn_predict_layers", 1).shape();
        assertThat(shape.predictionBlocks()).isZero();
    }

    @Test
    void sparseAttention_keepsAnIndex() {
        ModelShape deepseek =
                Headers.of("deepseek32", 62, 7168, 128)
                        .with("nextn_predict_layers", 1)
                        .with("attention.indexer.key_length", 128)
                        .shape();
        assertThat(layers(deepseek, l -> l.indexLength() == 128)).isEqualTo(range(0, 61));
        ModelShape minimax =
                Headers.of("minimax-m3", 5, 4096, 32)
                        .with("leading_dense_block_count", 2)
                        .with("attention.value_length", 96)
                        .with("attention.indexer.key_length", 64)
                        .shape();
        assertThat(minimax.layers())
                .extracting(LayerShape::indexLength)
                .containsExactly(0, 0, 160, 160, 160);
    }

    @Test
    void glm5_indexes_areInSomeLayersFrom52On() {
        Headers five =
                Headers.of("glm-dsa", 79, 6144, 64)
                        .with("nextn_predict_layers", 1)
                        .with("attention.indexer.key_length", 128);
        assertThat(layers(five.shape(), l -> l.indexLength() > 0)).isEqualTo(range(0, 78));
        five.with("context_length", 1 << 20);
        assertThat(layers(five.shape(), l -> l.indexLength() > 0))
                .startsWith(0, 1, 2, 6, 10)
                .hasSize(21);
        ModelShape told =
                Headers.of("glm-dsa", 4, 6144, 64)
                        .with("attention.indexer.key_length", 128)
                        .with("attention.indexer.types", 1, 0, 0, 1)
                        .shape();
        assertThat(layers(told, l -> l.indexLength() > 0)).containsExactly(0, 3);
    }

    @Test
    void deepseek4_compressesItsKeys() {
        ModelShape shape =
                Headers.of("deepseek4", 4, 4096, 64)
                        .with("attention.head_count_kv", 1)
                        .with("attention.key_length", 512)
                        .with("attention.sliding_window", 128)
                        .with("attention.indexer.key_length", 128)
                        .with("attention.compress_ratios", 0, 4, 128, 4)
                        .shape();
        assertThat(layers(shape, LayerShape::window)).hasSize(4);
        assertThat(shape.latent()).isTrue();
        assertThat(shape.layers())
                .extracting(LayerShape::compression)
                .containsExactly(0, 4, 128, 4);
        assertThat(shape.layers())
                .extracting(LayerShape::indexLength)
                .containsExactly(0, 128, 0, 128);
        assertThat(shape.layers())
                .extracting(LayerShape::stateBytes)
                .containsExactly(
                        0L, 4L * 2 * 8 * 2 * (512 + 128), 4L * 2 * 128 * 512, 4L * 2 * 8 * 2 * 640);
    }

    @Test
    void nanbeige_loops_haveACacheEach() {
        ModelShape shape =
                Headers.of("nanbeige", 16, 2048, 16)
                        .with("attention.head_count_kv", 4)
                        .with("num_loops", 2)
                        .shape();
        assertThat(shape.blocks()).isEqualTo(32);
        assertThat(layers(shape, LayerShape::ownCache)).hasSize(32);
    }

    @Test
    void graniteSwitch_hasALayerThatChoosesAdapters() {
        ModelShape shape =
                Headers.of("graniteswitch", 40, 2560, 40)
                        .with("attention.head_count_kv", 8)
                        .with("feed_forward_length", 8192)
                        .shape();
        assertThat(shape.blocks()).isEqualTo(41);
        assertThat(shape.layers().get(40))
                .isEqualTo(new LayerShape(1, 1, 64, 64, 0, false, true, 0, 0, false));
        assertThat(shape.layers().get(39).kvHeads()).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "nomic-bert", "modern-bert", "gemma-embedding", "jina-bert-v3"})
    void encoders_haveNoCache(String architecture) {
        ModelShape shape =
                Headers.of(architecture, 12, 768, 12).with("attention.causal", 0).shape();
        assertThat(shape.encoder()).isTrue();
        assertThat(shape.embedsOnly()).isTrue();
        assertThat(layers(shape, LayerShape::ownCache)).isEmpty();
    }

    @Test
    void t5_hasACache_alsoWhereItOnlyEncodes() {
        assertThat(layers(Headers.of("t5", 24, 1024, 16).shape(), LayerShape::ownCache))
                .hasSize(24);
        ModelShape encoder = Headers.of("t5encoder", 24, 4096, 64).shape();
        assertThat(layers(encoder, LayerShape::ownCache)).hasSize(24);
        assertThat(encoder.embedsOnly()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dream", "llada", "llada-moe", "rnd1"})
    void diffusers_generateWithoutACache(String architecture) {
        ModelShape shape =
                Headers.of(architecture, 28, 3584, 28).with("attention.causal", 0).shape();
        assertThat(layers(shape, LayerShape::ownCache)).isEmpty();
        assertThat(shape.embedsOnly()).isFalse();
    }

    @Test
    void embeddingDecoder_keepsItsCache() {
        ModelShape shape = Headers.of("qwen3", 28, 1024, 16).with("pooling_type", 3).shape();
        assertThat(shape.embedsOnly()).isTrue();
        assertThat(shape.encoder()).isFalse();
        assertThat(layers(shape, LayerShape::ownCache)).hasSize(28);
    }

    @Test
    void experts_areReadFromNumbersAndTensors() {
        Headers told =
                Headers.of("qwen2moe", 2, 2048, 16)
                        .with("expert_count", 60)
                        .with("expert_used_count", 4)
                        .with("expert_feed_forward_length", 1408)
                        .with("expert_shared_feed_forward_length", 5632);
        assertThat(told.shape().experts()).isEqualTo(new ModelShape.Experts(60, 4, 1408, 5632));
        Headers mixtral =
                Headers.of("llama", 2, 4096, 32)
                        .with("feed_forward_length", 14336)
                        .with("expert_count", 8)
                        .with("expert_used_count", 2);
        mixtral.writer()
                .tensor("blk.1.ffn_gate_inp.weight", GgmlType.F32, 32, 8)
                .tensor("blk.1.ffn_up_exps.weight", GgmlType.F16, 32, 64, 8);
        assertThat(mixtral.shape().experts()).isEqualTo(new ModelShape.Experts(8, 2, 64, 0));
        assertThat(layers(mixtral.shape(), LayerShape::experts)).containsExactly(1);
    }

    @Test
    void experts_withoutTensors_followTheSteps() {
        ModelShape shape =
                Headers.of("ernie4_5-moe", 6, 2560, 20)
                        .with("expert_count", 64)
                        .with("expert_used_count", 6)
                        .with("leading_dense_block_count", 2)
                        .with("interleave_moe_layer_step", 2)
                        .shape();
        assertThat(layers(shape, LayerShape::experts)).containsExactly(3, 5);
    }

    @Test
    void unknownArchitecture_isReadByGeneralRulesAndSaysSo() {
        Headers header =
                Headers.of("gemma9", 8, 2048, 8)
                        .with("attention.head_count_kv", 4)
                        .with("attention.sliding_window", 512)
                        .with("attention.shared_kv_layers", 2)
                        .with(
                                "attention.sliding_window_pattern",
                                true,
                                true,
                                false,
                                true,
                                true,
                                false,
                                true,
                                true);
        assertThat(header.description().remarks())
                .singleElement()
                .asString()
                .contains("'gemma9' is not one that llama.cpp b10434 has");
        assertThat(layers(header.shape(), l -> !l.window())).containsExactly(2, 5);
        assertThat(layers(header.shape(), l -> !l.ownCache())).containsExactly(6, 7);
        ModelShape hybrid =
                Headers.of("newhybrid", 3, 2048, 8)
                        .with("attention.head_count_kv", 0, 4, 0)
                        .with("ssm.state_size", 16)
                        .with("ssm.inner_size", 4096)
                        .shape();
        assertThat(layers(hybrid, LayerShape::ownCache)).containsExactly(1);
        assertThat(hybrid.layers().getFirst().stateBytes()).isEqualTo(4 * 16 * 4096);
    }

    @Test
    void knownArchitectures_haveNoRemark() {
        assertThat(Headers.of("llama", 2, 64, 2).description().remarks()).isEmpty();
    }

    @Test
    void absurdNumbers_areNotBelieved() {
        ModelDescription described =
                Headers.of("llama", 2, 4096, 32)
                        .with("attention.key_length", 4_000_000_000L)
                        .with("context_length", 131072)
                        .description();
        assertThat(described.shape().value().layers().getFirst().keyLength()).isEqualTo(128);
        assertThat(described.remarks())
                .contains(
                        "The header's llama.attention.key_length of 4000000000 was not believed.");
    }

    @Test
    void blocksThatNoModelHas_areNoShape() {
        assertThat(Headers.of("llama", 0, 4096, 32).description().shape().isKnown()).isFalse();
        assertThat(Headers.of("llama", 100_000, 4096, 32).description().shape().isKnown())
                .isFalse();
        assertThat(
                        Headers.of("nanbeige", 4000, 4096, 32)
                                .with("num_loops", 1 << 20)
                                .description()
                                .shape()
                                .isKnown())
                .isFalse();
        assertThat(
                        Headers.of("mamba", 2, 4096, 0)
                                .with("ssm.state_size", 1 << 24)
                                .with("ssm.conv_kernel", 1 << 24)
                                .with("ssm.inner_size", 1 << 24)
                                .description()
                                .shape()
                                .map(s -> s.layers().getFirst().stateBytes())
                                .value())
                .isPositive();
    }

    @Test
    void moreThan512Layers_areRemarkedOn() {
        assertThat(Headers.of("llama", 600, 64, 2).description().remarks())
                .contains("llama.cpp refuses models of more than 512 layers.");
    }

    @Test
    void whatIsNoModel_isSaid() {
        byte[] projector =
                GgufWriter.plain()
                        .text("general.architecture", "clip")
                        .text("general.type", "mmproj")
                        .bytes();
        assertThat(Headers.described(projector).shape().toString()).contains("this is a projector");
        byte[] adapter =
                GgufWriter.plain()
                        .text("general.architecture", "llama")
                        .text("general.type", "adapter")
                        .bytes();
        assertThat(Headers.described(adapter).shape().toString()).contains("type adapter");
        assertThat(Headers.described(GgufWriter.plain().bytes()).shape().toString())
                .contains("does not tell the architecture");
    }

    @Test
    void heads_beyondTheHeader_areNone() {
        ModelShape shape =
                Headers.of("llama", 3, 4096, 32).with("attention.head_count_kv", 8, 8).shape();
        assertThat(shape.layers()).extracting(LayerShape::kvHeads).containsExactly(8, 8, 0);
    }

    @Test
    void vocabulary_isToldOrCountedOrSeen() {
        Headers counted = Headers.of("llama", 1, 64, 2);
        counted.writer().texts("tokenizer.ggml.tokens", List.of("a", "b", "c"));
        assertThat(counted.shape().vocabulary()).isEqualTo(3);
        Headers seen = Headers.of("llama", 1, 64, 2);
        seen.writer().tensor("token_embd.weight", GgmlType.F16, 64, 7);
        assertThat(seen.shape().vocabulary()).isEqualTo(7);
    }
}
