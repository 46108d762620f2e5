package dev.stoker.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;
import dev.stoker.base.UserError;
import dev.stoker.gguf.GgmlType;
import dev.stoker.gguf.GgufWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Headers that are sound as files, with numbers that no model has. */
class HostileHeaderTest {
    private static final List<String> ARCHITECTURES =
            List.of(
                    "llama",
                    "gemma3",
                    "gemma3n",
                    "gemma4",
                    "gpt-oss",
                    "deepseek2",
                    "deepseek4",
                    "glm-dsa",
                    "qwen35",
                    "minimax-01",
                    "lfm2",
                    "jamba",
                    "falcon-h1",
                    "nemotron_h",
                    "kimi-linear",
                    "mamba2",
                    "rwkv7",
                    "bert",
                    "t5",
                    "nanbeige",
                    "graniteswitch",
                    "exaone-moe",
                    "cohere2moe",
                    "minimax-m3",
                    "unheard-of");

    private static final List<String> KEYS =
            List.of(
                    "context_length",
                    "vocab_size",
                    "feed_forward_length",
                    "expert_count",
                    "expert_used_count",
                    "expert_shared_count",
                    "expert_feed_forward_length",
                    "attention.head_count",
                    "attention.head_count_kv",
                    "attention.key_length",
                    "attention.value_length",
                    "attention.key_length_swa",
                    "attention.key_length_mla",
                    "attention.value_length_mla",
                    "attention.sliding_window",
                    "attention.sliding_window_pattern",
                    "attention.shared_kv_layers",
                    "attention.recurrent_layers",
                    "attention.indexer.key_length",
                    "attention.indexer.types",
                    "attention.compress_ratios",
                    "full_attention_interval",
                    "nextn_predict_layers",
                    "num_loops",
                    "ssm.conv_kernel",
                    "ssm.inner_size",
                    "ssm.state_size",
                    "ssm.group_count",
                    "shortconv.l_cache",
                    "kda.head_dim",
                    "wkv.head_size",
                    "token_shift_count",
                    "leading_dense_block_count",
                    "interleave_moe_layer_step",
                    "pooling_type");

    private static final long[] EXTREMES = {
        0,
        1,
        2,
        3,
        -1,
        -2,
        255,
        65_536,
        1L << 24,
        (1L << 24) + 1,
        1L << 31,
        0xffff_ffffL,
        1L << 32,
        1L << 62,
        Long.MIN_VALUE,
        Long.MAX_VALUE
    };

    private static long number(Random random) {
        return random.nextBoolean()
                ? random.nextInt(200)
                : EXTREMES[random.nextInt(EXTREMES.length)];
    }

    static byte[] header(Random random) {
        String architecture = ARCHITECTURES.get(random.nextInt(ARCHITECTURES.size()));
        GgufWriter writer = GgufWriter.plain().text("general.architecture", architecture);
        int blocks = random.nextInt(20) == 0 ? 4096 : 1 + random.nextInt(40);
        long[] counts = {blocks, 64L * (1 + random.nextInt(64))};
        for (int i = 0; i < 2; i++) {
            long told = random.nextInt(12) == 0 ? number(random) : counts[i];
            String key = i == 0 ? ".block_count" : ".embedding_length";
            writer.value(architecture + key, 11, told);
        }
        for (String key : KEYS) {
            String name = architecture + "." + key;
            switch (random.nextInt(5)) {
                case 0, 1 -> writer.value(name, 11, number(random));
                case 2 -> {
                    List<Long> all = new ArrayList<>();
                    int length = random.nextInt(4) == 0 ? random.nextInt(80) : blocks;
                    for (int i = 0; i < length; i++) {
                        all.add(number(random));
                    }
                    writer.array(name, 11, all);
                }
                default -> {}
            }
        }
        if (random.nextBoolean()) {
            writer.tensor("blk.0.ffn_up_exps.weight", GgmlType.F32, 8, random.nextInt(9), 2)
                    .tensor("token_embd.weight", GgmlType.F32, 8, 100);
        }
        return writer.bytes();
    }

    @Test
    @Timeout(30)
    void numbersThatNoModelHas_giveAShapeWithinBoundsOrNone() {
        Random random = new Random(20_261_126);
        int known = 0;
        for (int i = 0; i < 2000; i++) {
            ModelDescription model;
            try {
                model = Headers.described(header(random));
            } catch (UserError e) {
                assertThat(e.sentence()).endsWith(".");
                continue;
            }
            if (model.shape() instanceof Reading.Known<ModelShape>(ModelShape shape)) {
                known++;
                check(shape);
            } else {
                assertThat(model.shape().reason()).isNotBlank();
            }
        }
        assertThat(known).isGreaterThan(1000);
    }

    private static void check(ModelShape shape) {
        assertThat(shape.layers()).hasSize(shape.blocks());
        assertThat(shape.predictionBlocks()).isBetween(0, shape.blocks());
        assertThat(shape.contextLength()).isBetween(0L, 1L << 32);
        assertThat(shape.slidingWindow()).isBetween(0L, 1L << 24);
        for (LayerShape layer : shape.layers()) {
            boolean sound =
                    layer.heads() >= 0
                            && layer.kvHeads() >= 0
                            && layer.keyLength() >= 0
                            && layer.valueLength() >= 0
                            && layer.feedForward() >= 0
                            && layer.stateBytes() >= 0
                            && layer.indexLength() >= 0
                            && layer.keyWidth() <= 1L << 26
                            && layer.valueWidth() <= 1L << 26;
            assertThat(sound).as("%s", layer).isTrue();
        }
    }
}
