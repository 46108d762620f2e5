package dev.stoker.memory.llama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.gguf.GgufWriter;
import dev.stoker.memory.CacheType;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.model.GgufModels;
import dev.stoker.model.ModelDescription;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/**
 * Caches and states of architectures with rules of their own, on small synthetic models: equal to
 * what llama-server b10434 told of the same ones (its allocation-free pass, processor only), at
 * 4096 cells and one slot; at 8192 cells that four slots share; at 8192 cells of two slots of 8
 * bits and a micro-batch of 256.
 */
class RareCachesTest {

    /**
     * @param bytes cache and states together
     */
    record Row(ModelDescription model, long... bytes) {
        @Override
        public String toString() {
            return model.architecture() + " " + model.name();
        }
    }

    private static Row row(String name, String architecture, Object[] keys, long... bytes) {
        GgufWriter writer = GgufWriter.plain().text("general.architecture", architecture);
        for (int i = 0; i < keys.length; i += 2) {
            String key = architecture + "." + keys[i];
            switch (keys[i + 1]) {
                case long[] list -> writer.wholes(key, list);
                case boolean[] flags -> writer.flags(key, flags);
                case Integer whole -> writer.whole(key, whole);
                default -> throw new IllegalArgumentException(key);
            }
        }
        return new Row(GgufModels.read(name, name + ".gguf", _ -> writer.source()), bytes);
    }

    private static Object[] keys(int blocks, int embedding, int heads, int kv, Object... more) {
        Object[] first = {
            "block_count", blocks,
            "embedding_length", embedding,
            "attention.head_count", heads,
            "attention.head_count_kv", kv
        };
        return Stream.concat(Stream.of(first), Stream.of(more)).toArray();
    }

    static Stream<Row> rows() {
        Object[] sparse = {
            "attention.key_length", 96,
            "attention.value_length", 64,
            "attention.key_length_mla", 96,
            "attention.value_length_mla", 48,
            "attention.indexer.key_length", 64,
            "nextn_predict_layers", 1
        };
        Object[] longer =
                Stream.concat(Stream.of(sparse), Stream.of("context_length", 1 << 20)).toArray();
        return Stream.of(
                row(
                        "predicts with a window",
                        "exaone-moe",
                        keys(
                                9,
                                512,
                                8,
                                2,
                                "attention.sliding_window",
                                128,
                                "nextn_predict_layers",
                                1),
                        6_946_816,
                        12_058_624,
                        6_406_144),
                row(
                        "predicts without",
                        "exaone4",
                        keys(
                                65,
                                128,
                                4,
                                2,
                                "attention.sliding_window",
                                256,
                                "nextn_predict_layers",
                                1),
                        27_262_976,
                        54_525_952,
                        25_624_576),
                row(
                        "indexes some layers",
                        "minimax-m3",
                        keys(
                                6,
                                512,
                                8,
                                2,
                                "leading_dense_block_count",
                                2,
                                "attention.indexer.key_length",
                                96),
                        17_825_792,
                        35_651_584,
                        18_939_904),
                row(
                        "indexes all layers",
                        "deepseek32",
                        keys(9, 512, 8, 1, sparse),
                        10_485_760,
                        20_971_520,
                        11_141_120),
                row(
                        "version 5",
                        "glm-dsa",
                        keys(9, 512, 8, 1, sparse),
                        10_485_760,
                        20_971_520,
                        11_141_120),
                row(
                        "version 5.2",
                        "glm-dsa",
                        keys(9, 512, 8, 1, longer),
                        8_388_608,
                        16_777_216,
                        8_912_896),
                row(
                        "compresses",
                        "deepseek4",
                        keys(
                                6,
                                512,
                                8,
                                1,
                                "attention.sliding_window",
                                128,
                                "attention.indexer.key_length",
                                128,
                                "attention.compress_ratios",
                                new long[] {0, 4, 128, 4, 128, 4}),
                        2_039_808,
                        12_877_824,
                        2_150_400),
                row(
                        "chooses adapters",
                        "graniteswitch",
                        keys(5, 512, 8, 2),
                        11_534_336,
                        23_068_672,
                        12_255_232),
                row(
                        "loops",
                        "nanbeige",
                        keys(4, 512, 8, 2, "num_loops", 2),
                        16_777_216,
                        33_554_432,
                        17_825_792),
                row(
                        "has flags that are not read",
                        "gemma3",
                        keys(
                                12,
                                512,
                                4,
                                1,
                                "attention.sliding_window",
                                256,
                                "attention.sliding_window_pattern",
                                new boolean[] {
                                    true, true, true, true, true, true, true, true, true, true,
                                    true, false
                                }),
                        8_126_464,
                        16_252_928,
                        7_241_728));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void caches_areThoseOfTheServer(Row row) {
        LlamaSettings.Builder[] settings = {
            new LlamaSettings.Builder().context(4096).parallel(1).unifiedCache(false),
            new LlamaSettings.Builder().context(8192).parallel(4).unifiedCache(true),
            new LlamaSettings.Builder()
                    .context(8192)
                    .parallel(2)
                    .unifiedCache(false)
                    .cache(CacheType.Q8_0, CacheType.Q8_0)
                    .flashAttention(true)
                    .microBatch(256)
        };
        Bytes ram = Bytes.gib(64);
        for (int i = 0; i < settings.length; i++) {
            long bytes = 0;
            for (DevicePlan device :
                    LlamaMemory.of(row.model(), Overheads.none(HostPacking.NONE))
                            .plan(
                                    settings[i].fit(false).build(),
                                    List.of(
                                            new MemoryDevice(
                                                    "host", DeviceKind.HOST, ram, ram, false)))
                            .devices()) {
                bytes += device.of(ItemKind.KV).count() + device.of(ItemKind.RECURRENT).count();
            }
            assertThat(bytes).as("setting %d", i).isEqualTo(row.bytes()[i]);
        }
    }
}
