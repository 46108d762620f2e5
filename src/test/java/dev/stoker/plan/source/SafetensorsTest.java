package dev.stoker.plan.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.UserError;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

class SafetensorsTest {
    private static final String CONFIG =
            """
            {"model_type": "qwen2", "num_hidden_layers": 2, "hidden_size": 64, "vocab_size": 100,
             "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 128,
             "max_position_embeddings": 4096, "torch_dtype": "bfloat16"}
            """;

    @TempDir Path folder;

    private void write(String header, int data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file =
                ByteBuffer.allocate(8 + text.length + data).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text);
        Files.write(folder.resolve("model.safetensors"), file.array());
    }

    @Test
    void folder_ofOneFile_isDescribed() throws IOException {
        Files.writeString(folder.resolve("config.json"), CONFIG);
        write(
                "{\"a.weight\":{\"dtype\":\"BF16\",\"shape\":[100,64],\"data_offsets\":[0,12800]}}",
                12_800);
        ModelDescription model = Safetensors.read(folder);
        assertThat(model.format()).isEqualTo(ModelFormat.SAFETENSORS);
        assertThat(model.parameters().value()).isEqualTo(6400);
        assertThat(model.fileSize().value().count()).isEqualTo(12_800);
        assertThat(model.shape().value().layers()).hasSize(2).allMatch(l -> l.kvHeads() == 2);
        assertThat(model.quantization().value()).isEqualTo("bfloat16");
    }

    @Test
    void header_thatLies_isRefusedInASentence() throws IOException {
        Files.writeString(folder.resolve("config.json"), CONFIG);
        write("{\"a\":{\"dtype\":\"BF16\",\"shape\":[100,64],\"data_offsets\":[0,99999999]}}", 10);
        assertThatThrownBy(() -> Safetensors.read(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("lies outside");
        Files.write(
                folder.resolve("model.safetensors"),
                ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(1L << 60).array());
        assertThatThrownBy(() -> Safetensors.read(folder)).hasMessageContaining("claims a header");
        Files.writeString(folder.resolve("config.json"), "no json");
        assertThatThrownBy(() -> Safetensors.read(folder)).hasMessageContaining("no JSON object");
    }
}
