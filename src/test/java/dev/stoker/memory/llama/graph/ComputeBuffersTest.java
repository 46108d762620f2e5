package dev.stoker.memory.llama.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.memory.CacheType;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelShape;

import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

class ComputeBuffersTest {
    private static final int GPU = 0;
    private static final int HOST = 1;
    private static final int LAYERS = 2;
    private static final long WIDTH = 64;
    private static final long INNER = 256;
    private static final long MATRIX = 1 << 20;

    private static Batch batch(String architecture, int experts, int device, int heads) {
        LayerShape layer = new LayerShape(heads, 2, 16, 16, INNER, false, true, 0, 0, experts > 0);
        ModelShape shape =
                new ModelShape(
                        LAYERS,
                        0,
                        4096,
                        WIDTH,
                        1000,
                        Collections.nCopies(LAYERS, layer),
                        new ModelShape.Experts(experts, experts, INNER, 0),
                        0,
                        false,
                        false,
                        false,
                        Map.of());
        Map<String, Stored> weights = new HashMap<>();
        weights.put("token_embd.weight", new Stored(MATRIX, List.of(WIDTH, 1000L), HOST));
        for (int i = 0; i < LAYERS; i++) {
            String at = "blk." + i + ".";
            weights.put(at + "attn_norm.weight", new Stored(4 * WIDTH, List.of(WIDTH), device));
            weights.put(at + "ffn_norm.weight", new Stored(4 * WIDTH, List.of(WIDTH), device));
            matrix(weights, at + "attn_q", WIDTH, 64, device);
            matrix(weights, at + "attn_k", WIDTH, 32, device);
            matrix(weights, at + "attn_v", WIDTH, 32, device);
            matrix(weights, at + "attn_output", 64, WIDTH, device);
            matrix(weights, at + "ffn_gate", WIDTH, INNER, device);
            matrix(weights, at + "ffn_up", WIDTH, INNER, device);
            matrix(weights, at + "ffn_down", INNER, WIDTH, device);
        }
        List<Integer> layers = Collections.nCopies(LAYERS, device);
        return new Batch(
                architecture,
                shape,
                weights,
                List.of(
                        new Device(
                                false,
                                Long.MAX_VALUE,
                                Long.MAX_VALUE,
                                32,
                                true,
                                false,
                                false,
                                true),
                        Device.processor(Long.MAX_VALUE)),
                layers,
                layers,
                IntStream.range(0, LAYERS).boxed().toList(),
                true,
                false,
                false,
                64,
                1,
                1,
                256,
                256,
                CacheType.F16,
                CacheType.F16,
                1,
                1,
                false);
    }

    private static void matrix(
            Map<String, Stored> weights, String name, long in, long out, int device) {
        weights.put(name + ".weight", new Stored(MATRIX, List.of(in, out), device));
    }

    @Test
    void of_weightsOnTheGpu_hasNoRoomForThem() {
        long[] bytes = ComputeBuffers.of(batch("llama", 0, GPU, 4)).orElseThrow();

        assertThat(bytes[GPU]).isBetween(100_000L, MATRIX - 1);
    }

    @Test
    void of_weightsOnTheHost_hasRoomForAFewAtATimeOnTheGpu() {
        long[] bytes = ComputeBuffers.of(batch("llama", 0, HOST, 4)).orElseThrow();

        assertThat(bytes[GPU]).isBetween(MATRIX, 3 * MATRIX);
    }

    @Test
    void of_unknownArchitecture_isEmpty() {
        assertThat(ComputeBuffers.of(batch("unheard-of", 0, GPU, 4))).isEmpty();
    }

    @Test
    void of_absurdNumberOfExperts_isEmpty() {
        assertThat(ComputeBuffers.of(batch("llama", Integer.MAX_VALUE, GPU, 4))).isEmpty();
    }

    @Test
    void attendsInPlace_layersOnTheGpu_isTrue() {
        assertThat(ComputeBuffers.attendsInPlace(batch("llama", 0, GPU, 4))).contains(true);
    }
}
