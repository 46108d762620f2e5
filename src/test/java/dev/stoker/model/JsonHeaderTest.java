package dev.stoker.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class JsonHeaderTest {

    private static JsonHeader header(String json) {
        return new JsonHeader(Json.parse(json).orElseThrow());
    }

    private static ModelDescription described(String json) {
        return GgufModels.describe(
                "m",
                "http://server",
                header(json),
                List.of(),
                Reading.unsupported("not told"),
                List.of(),
                Map.of());
    }

    @Test
    void values_ofEveryKind_areRead() {
        JsonHeader header =
                header(
                        """
                        {"text": "qwen3", "whole": 36, "real": 1e6, "broken": 0.5, "flag": true,
                         "huge": 1e300, "list": [1, 2], "flags": [true, false], "mixed": [1, "a"],
                         "empty": [], "none": null, "words": ["a", "b"]}
                        """);
        assertThat(header.text("text")).contains("qwen3");
        assertThat(header.text("whole")).isEmpty();
        assertThat(header.whole("whole")).hasValue(36);
        assertThat(header.whole("real")).hasValue(1_000_000);
        assertThat(header.whole("broken")).isEmpty();
        assertThat(header.whole("huge")).isEmpty();
        assertThat(header.whole("flag")).hasValue(1);
        assertThat(header.wholes("list")).contains(List.of(1L, 2L));
        assertThat(header.wholes("flags")).contains(List.of(1L, 0L));
        assertThat(header.wholes("mixed")).isEmpty();
        assertThat(header.wholes("empty")).isEmpty();
        assertThat(header.count("words")).hasValue(2);
        assertThat(header.count("empty")).isEmpty();
        assertThat(header.leftOut("empty")).isTrue();
        assertThat(header.leftOut("none")).isTrue();
        assertThat(header.leftOut("missing")).isFalse();
        assertThat(header.leftOut("list")).isFalse();
    }

    @Test
    void modelInfo_isReadAsTheFileIs() {
        ModelDescription told =
                described(
                        """
                        {"general.architecture": "qwen3", "general.file_type": 15,
                         "general.parameter_count": 8190735360, "qwen3.block_count": 36,
                         "qwen3.embedding_length": 4096, "qwen3.attention.head_count": 32,
                         "qwen3.attention.head_count_kv": 8, "qwen3.attention.key_length": 128,
                         "qwen3.attention.value_length": 128, "qwen3.feed_forward_length": 12288,
                         "qwen3.context_length": 40960, "tokenizer.ggml.tokens": null}
                        """);
        ModelShape file =
                Headers.of("qwen3", 36, 4096, 32)
                        .with("attention.head_count_kv", 8)
                        .with("attention.key_length", 128)
                        .with("attention.value_length", 128)
                        .with("feed_forward_length", 12288)
                        .with("context_length", 40960)
                        .shape();
        assertThat(told.shape().value()).isEqualTo(file);
        assertThat(told.parameters().value()).isEqualTo(8_190_735_360L);
        assertThat(told.quantization().value()).isEqualTo("Q4_K_M");
    }

    @Test
    void headsByLayer_leftOut_areNoShape() {
        Reading<ModelShape> shape =
                described(
                                """
                                {"general.architecture": "lfm2", "lfm2.block_count": 16,
                                 "lfm2.embedding_length": 2048, "lfm2.attention.head_count": 32,
                                 "lfm2.attention.head_count_kv": null}
                                """)
                        .shape();
        assertThat(shape.isKnown()).isFalse();
        assertThat(shape.reason()).contains("leaves out lfm2.attention.head_count_kv");
    }

    @Test
    void windowFlags_leftOut_areNoShapeWhereTheyMatter() {
        String json =
                """
                {"general.architecture": "%1$s", "%1$s.block_count": 12,
                 "%1$s.embedding_length": 2048, "%1$s.attention.head_count": 8,
                 "%1$s.attention.sliding_window": 512,
                 "%1$s.attention.sliding_window_pattern": null}
                """;
        assertThat(described(json.formatted("gemma4")).shape().isKnown()).isFalse();
        assertThat(described(json.formatted("gemma3")).shape().isKnown()).isTrue();
    }
}
