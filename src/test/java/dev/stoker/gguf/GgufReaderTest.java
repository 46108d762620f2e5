package dev.stoker.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.UserError;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

class GgufReaderTest {

    private static GgufWriter small(int version, ByteOrder order) {
        return new GgufWriter(version, order)
                .text("general.architecture", "llama")
                .whole("llama.block_count", 2)
                .wholes("llama.attention.head_count_kv", 4, 8)
                .texts("tokenizer.ggml.tokens", 500)
                .tensor("token_embd.weight", GgmlType.Q8_0, 64, 500)
                .tensor("blk.0.attn_q.weight", GgmlType.Q4_K, 256, 64)
                .tensor("output_norm.weight", GgmlType.F32, 64);
    }

    @Test
    void header_ofEitherVersionAndOrder_isRead() {
        for (int version : new int[] {2, 3}) {
            for (ByteOrder order :
                    new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
                GgufFile file = GgufReader.read(small(version, order).source());
                assertThat(file.version()).isEqualTo(version);
                assertThat(file.order()).isEqualTo(order);
                assertThat(file.text("general.architecture")).contains("llama");
                assertThat(file.whole("llama.block_count")).contains(2L);
                assertThat(file.value("tokenizer.ggml.tokens"))
                        .contains(new GgufValue.Many(500, java.util.List.of()));
                assertThat(file.tensors()).hasSize(3);
                assertThat(file.tensors().getFirst().bytes()).isEqualTo(500L * 2 * 34);
                assertThat(file.tensors().get(1).offset() - file.dataStart())
                        .isEqualTo(Math.ceilDiv(500L * 2 * 34, 32L) * 32);
            }
        }
    }

    @Property(tries = 60)
    void header_inPieces_isTheSame(@ForAll @IntRange(min = 0, max = 3000) int more) {
        GgufWriter writer = small(3, ByteOrder.LITTLE_ENDIAN);
        GgufFile whole = GgufReader.read(writer.source());
        GgufFile pieces =
                GgufReader.read(GgufWriter.source(writer.header(), writer.length(), more));
        assertThat(pieces).isEqualTo(whole);
    }

    @Test
    void vocabulary_ofQuarterMillion_isSteppedOver() {
        GgufFile file =
                GgufReader.read(
                        GgufWriter.plain().texts("tokenizer.ggml.tokens", 262_000).source());
        assertThat(file.value("tokenizer.ggml.tokens").orElseThrow())
                .isEqualTo(new GgufValue.Many(262_000, java.util.List.of()));
    }

    @Test
    void file_cutAnywhere_isRefusedInASentence() {
        byte[] header = small(3, ByteOrder.LITTLE_ENDIAN).header();
        for (int length = 0; length < header.length; length += 7) {
            int end = length;
            assertThatThrownBy(() -> GgufReader.read(GgufWriter.source(header, end, 1 << 20)))
                    .isInstanceOf(UserError.class);
        }
    }

    @Test
    @Timeout(10)
    void header_withMutations_isReadOrRefused() {
        byte[] header = small(3, ByteOrder.LITTLE_ENDIAN).header();
        Random random = new Random(20261126);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] broken = header.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                broken[random.nextInt(Math.min(broken.length, i % 2 == 0 ? 200 : broken.length))] =
                        (byte) random.nextInt();
            }
            try {
                GgufReader.read(GgufWriter.source(broken, 200_000, 1 << 20));
                read++;
            } catch (UserError e) {
                assertThat(e.sentence()).isNotBlank().doesNotContain("\u001b");
            }
        }
        assertThat(read).isBetween(1, 19_999);
    }

    private static String refusal(byte[] bytes, long size) {
        try {
            GgufReader.read(GgufWriter.source(bytes, size, 1 << 20));
            throw new AssertionError("it was read");
        } catch (UserError e) {
            return e.sentence();
        }
    }

    @Test
    void fortyThreeBytes_claimingAnEndlessArray_areRefused() {
        GgufWriter writer = GgufWriter.plain();
        byte[] value = writer.out().text("a").u32(9).u32(0).u64(Long.MIN_VALUE).done();
        byte[] bytes = writer.raw(value).header();
        assertThat(refusal(bytes, bytes.length)).contains("9223372036854775808 elements");
    }

    @Test
    void counts_beyondTheFile_areRefused() {
        byte[] bytes = GgufWriter.plain().text("a", "b").header(Long.MAX_VALUE, 1);
        assertThat(refusal(bytes, bytes.length)).contains("tensors");
        byte[] values = GgufWriter.plain().text("a", "b").header(0, -1);
        assertThat(refusal(values, values.length)).contains("metadata values");
    }

    @Test
    void tensors_wrongInManyWays_areRefusedEachInItsSentence() {
        assertThat(tensorRefusal(0, 0, 8, 0, 8)).contains("overlap");
        assertThat(tensorRefusal(4, 0, 32, 4096, 32)).contains("taken out of llama.cpp");
        assertThat(tensorRefusal(12, 0, 100, 4096, 32)).contains("divide");
        assertThat(tensorRefusal(0, 1, 8, 4096, 8)).contains("multiple of 32");
        GgufWriter huge = GgufWriter.plain().rawTensor("a", 0, 0, 1L << 40, 1L << 40);
        assertThat(refusal(huge.header(), 1 << 20)).contains("beyond 63 bits");
        GgufWriter beyond = GgufWriter.plain().rawTensor("a", 0, 0, 1L << 30);
        assertThat(refusal(beyond.header(), 1 << 20)).contains("is incomplete");
        GgufWriter twice = GgufWriter.plain().rawTensor("a", 0, 0, 8).rawTensor("a", 0, 32, 8);
        assertThat(refusal(twice.header(), 1 << 20)).contains("twice");
    }

    private static String tensorRefusal(int type, long at, long length, long at2, long length2) {
        GgufWriter writer =
                GgufWriter.plain().rawTensor("a", type, at, length).rawTensor("b", 0, at2, length2);
        return refusal(writer.header(), 1 << 20);
    }

    @Test
    void type_ofAnotherProgram_isSizedByPlaceAndTold() {
        GgufWriter writer = GgufWriter.plain().rawTensor("a", 137, 0, 256).rawTensor("b", 0, 96, 8);
        GgufFile file = GgufReader.read(GgufWriter.source(writer.header(), 1 << 12, 1 << 20));
        assertThat(file.tensors().getFirst().bytes()).isEqualTo(96);
        assertThat(file.remarks()).singleElement().asString().contains("ik_llama.cpp");
    }

    @Test
    void values_wrongInManyWays_areRefused() {
        GgufWriter w = GgufWriter.plain();
        byte[] nested =
                GgufWriter.plain().raw(w.out().text("a").u32(9).u32(9).u64(1).done()).header();
        assertThat(refusal(nested, 4096)).contains("array of arrays");
        byte[] alignment = GgufWriter.plain().whole("general.alignment", 1 << 30).header();
        assertThat(refusal(alignment, 4096)).contains("alignment");
        byte[] twice = GgufWriter.plain().whole("a", 1).whole("a", 2).header();
        assertThat(refusal(twice, 4096)).contains("twice");
        byte[] type = GgufWriter.plain().raw(w.out().text("a").u32(13).done()).header();
        assertThat(refusal(type, 4096)).contains("type 13");
        byte[] first = new GgufWriter(1, ByteOrder.LITTLE_ENDIAN).whole("a", 1).header();
        assertThat(refusal(first, 4096)).contains("version 1");
        assertThat(
                        refusal(
                                "PK\u0003\u0004 this is a zip, no model at all"
                                        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                                36))
                .contains("50 4b 03 04");
    }

    @Test
    void path_thatIsNoFile_isRefused(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> FileSource.open(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is a folder");
        assertThatThrownBy(() -> FileSource.open(folder.resolve("none.gguf")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("There is no file");
        Path empty = Files.createFile(folder.resolve("empty.gguf"));
        try (FileSource source = FileSource.open(empty)) {
            assertThatThrownBy(() -> GgufReader.read(source)).hasMessageContaining("0 bytes");
        }
    }
}
