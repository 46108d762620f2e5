package dev.stoker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.gguf.GgmlType;
import dev.stoker.gguf.GgufWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class GgufModelsTest {
    @TempDir Path folder;

    private static GgufWriter llama() {
        return GgufWriter.plain()
                .text("general.architecture", "llama")
                .whole("llama.block_count", 2)
                .whole("llama.embedding_length", 64)
                .whole("llama.attention.head_count", 2);
    }

    /** Writes a model in three files, of which only the first tells what it is. */
    private Path split(int told) throws IOException {
        for (int i = 0; i < 3; i++) {
            GgufWriter writer = i == 0 ? llama() : GgufWriter.plain();
            writer.value("split.no", 2, i)
                    .value("split.count", 2, 3)
                    .value("split.tensors.count", 5, told)
                    .tensor("blk." + i + ".attn_q.weight", GgmlType.F16, 64, 64)
                    .write(folder.resolve("big-0000" + (i + 1) + "-of-00003.gguf"));
        }
        return folder.resolve("big-00002-of-00003.gguf");
    }

    @Test
    void file_isDescribed() throws IOException {
        Path file =
                llama().whole("general.file_type", 15)
                        .tensor("token_embd.weight", GgmlType.Q4_K, 256, 10)
                        .tensor("blk.0.attn_q.weight", GgmlType.F16, 64, 64)
                        .write(folder.resolve("tiny-Q4_K_M.gguf"));
        ModelDescription model = GgufModels.read(file);
        assertThat(model.name()).isEqualTo("tiny-Q4_K_M");
        assertThat(model.architecture()).isEqualTo("llama");
        assertThat(model.quantization().value()).isEqualTo("Q4_K_M");
        assertThat(model.parameters().value()).isEqualTo(256 * 10 + 64 * 64);
        assertThat(model.fileSize().value()).isEqualTo(Bytes.of(Files.size(file)));
        assertThat(model.tensors()).extracting(Tensor::block).containsExactly(-1, 0);
        assertThat(model.has("output.weight")).isFalse();
        assertThat(model.sidecars()).isEmpty();
    }

    @Test
    void quantization_notTold_isWhatMostBytesHave() throws IOException {
        Path file =
                llama().tensor("a", GgmlType.Q8_0, 64, 64)
                        .tensor("b", GgmlType.F32, 64)
                        .write(folder.resolve("x.gguf"));
        assertThat(GgufModels.read(file).quantization().value()).isEqualTo("mostly Q8_0");
    }

    @Test
    void split_isReadWhole_fromAnyOfItsFiles() throws IOException {
        ModelDescription model = GgufModels.read(split(3));
        assertThat(model.name()).isEqualTo("big");
        assertThat(model.architecture()).isEqualTo("llama");
        assertThat(model.tensors()).extracting(Tensor::file).containsExactly(0, 1, 2);
        assertThat(model.fileSize().value().count())
                .isGreaterThan(3 * 64 * 64 * 2)
                .isLessThan(4 * 64 * 64 * 2);
    }

    @Test
    void split_withAPartMissing_isRefused() throws IOException {
        Path part = split(3);
        Files.delete(folder.resolve("big-00003-of-00003.gguf"));
        assertThatThrownBy(() -> GgufModels.read(part))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("Part 3 of 3 of this model can't be read: There is no file");
    }

    @Test
    void split_ofOtherTensorsThanTold_isRefused() throws IOException {
        Path part = split(4);
        assertThatThrownBy(() -> GgufModels.read(part))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("should have 4 tensors in its parts, and has 3");
    }

    @Test
    void split_withATensorTwice_isRefused() throws IOException {
        Path part = split(3);
        GgufWriter.plain()
                .value("split.no", 2, 2)
                .value("split.count", 2, 3)
                .tensor("blk.0.attn_q.weight", GgmlType.F16, 64, 64)
                .write(folder.resolve("big-00003-of-00003.gguf"));
        assertThatThrownBy(() -> GgufModels.read(part))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("has the tensor 'blk.0.attn_q.weight', as another part does");
    }

    @Test
    void split_ofPartsInAnotherOrder_isRefused() throws IOException {
        Path part = split(3);
        Files.copy(
                part,
                folder.resolve("big-00003-of-00003.gguf"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> GgufModels.read(part))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is not part 3 of 3");
    }

    @Test
    void split_underAnotherName_isRefused() throws IOException {
        Path renamed = Files.move(split(3), folder.resolve("renamed.gguf"));
        assertThatThrownBy(() -> GgufModels.read(renamed))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is part of a split into 3, but its name does not say which");
    }

    @Test
    void split_intoTooMany_isRefused() throws IOException {
        Path file =
                llama().value("split.count", 2, 60_000)
                        .write(folder.resolve("a-00001-of-60000.gguf"));
        assertThatThrownBy(() -> GgufModels.read(file))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("claims to be split into 60000 files");
    }

    @Test
    void filesBesideAModel_areOfferedAndNotTaken() throws IOException {
        Path file = llama().write(folder.resolve("gemma.gguf"));
        Path projector = GgufWriter.plain().write(folder.resolve("mmproj-F16.gguf"));
        Path prediction = GgufWriter.plain().write(folder.resolve("mtp-gemma.gguf"));
        Files.createFile(folder.resolve("mmproj.txt"));
        Files.createFile(folder.resolve("other.gguf"));
        assertThat(GgufModels.beside(file)).isEqualTo(List.of(projector, prediction));
        assertThat(GgufModels.beside(projector)).isEqualTo(List.of(prediction));
        assertThat(GgufModels.read(file).sidecars()).isEmpty();
    }

    @Test
    void sidecar_hasItsTensorsAndNumbers() throws IOException {
        Path file =
                GgufWriter.plain()
                        .text("general.architecture", "clip")
                        .whole("clip.vision.block_count", 27)
                        .tensor("v.blk.0.attn_q.weight", GgmlType.F16, 64, 64)
                        .write(folder.resolve("mmproj.gguf"));
        Sidecar sidecar = GgufModels.sidecar(Sidecar.Kind.PROJECTOR, file);
        assertThat(sidecar.architecture()).isEqualTo("clip");
        assertThat(sidecar.bytes()).isEqualTo(Bytes.of(Files.size(file)));
        assertThat(sidecar.tensors()).hasSize(1);
        assertThat(sidecar.numbers()).containsEntry("clip.vision.block_count", 27L);
    }

    @Test
    void blocks_ofEncodersAndDecoders_areTheirLayers() {
        assertThat(
                        java.util.stream.Stream.of(
                                        "blk.12.attn_q.weight",
                                        "enc.blk.3.attn_q.weight",
                                        "dec.blk.0.cross_attn_k.weight",
                                        "blk.x.weight",
                                        "blk.1",
                                        "blk.123456.a",
                                        "enc.output_norm.weight",
                                        "output.weight")
                                .map(n -> new Tensor(n, "F32", List.of(1L), Bytes.of(4), 0, 0))
                                .map(Tensor::block))
                .containsExactly(12, 3, 0, -1, -1, -1, -1, -1);
    }
}
