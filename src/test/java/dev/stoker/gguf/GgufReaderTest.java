package dev.stoker.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.UserError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;

final class GgufReaderTest {
    @TempDir Path folder;

    private static GgufFile read(GgufWriter writer) {
        return read(writer.bytes());
    }

    private static GgufFile read(byte[] bytes) {
        return GgufReader.read(GgufWriter.source(bytes, bytes.length, bytes.length));
    }

    private static void refused(GgufWriter writer, String why) {
        refused(writer.bytes(), why);
    }

    private static void refused(byte[] bytes, String why) {
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(why)
                .hasMessageEndingWith(".");
    }

    /** A header of only counts and what comes after them. */
    private static byte[] counts(long tensors, long values, byte... after) {
        ByteBuffer buffer = ByteBuffer.allocate(24 + after.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put("GGUF".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        return buffer.putInt(3).putLong(tensors).putLong(values).put(after).array();
    }

    /** A header of one array, of which type and count are as told. */
    private static byte[] array(int type, long count) {
        ByteBuffer buffer = ByteBuffer.allocate(25).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(1).put((byte) 'a').putInt(9).putInt(type).putLong(count);
        return counts(0, 1, buffer.array());
    }

    @ParameterizedTest
    @CsvSource({"2,true", "3,true", "2,false", "3,false"})
    void values_ofEveryType_areRead(int version, boolean little) {
        GgufFile file =
                read(
                        new GgufWriter(
                                        version,
                                        little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                                .value("u8", 0, 200)
                                .value("i8", 1, -3)
                                .value("u16", 2, 60_000)
                                .value("i16", 3, -300)
                                .value("u32", 4, 4_000_000_000L)
                                .value("i32", 5, -70_000)
                                .real("f32", 1.5)
                                .flag("flag", true)
                                .text("text", "Grüße")
                                .value("u64", 10, 1L << 40)
                                .value("i64", 11, -1)
                                .value("f64", 12, 2.25)
                                .wholes("few", 1, 2, 3)
                                .flags("flags", true, false)
                                .texts("tokens", List.of("a", "", "ccc"))
                                .tensor("t", GgmlType.F32, 4, 2));
        assertThat(file.version()).isEqualTo(version);
        assertThat(file.order()).isEqualTo(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        assertThat(file.values())
                .containsEntry("u8", new GgufValue.Whole(200))
                .containsEntry("i8", new GgufValue.Whole(-3))
                .containsEntry("u16", new GgufValue.Whole(60_000))
                .containsEntry("i16", new GgufValue.Whole(-300))
                .containsEntry("u32", new GgufValue.Whole(4_000_000_000L))
                .containsEntry("i32", new GgufValue.Whole(-70_000))
                .containsEntry("f32", new GgufValue.Real(1.5))
                .containsEntry("flag", new GgufValue.Flag(true))
                .containsEntry("text", new GgufValue.Text("Grüße"))
                .containsEntry("u64", new GgufValue.Whole(1L << 40))
                .containsEntry("i64", new GgufValue.Whole(-1))
                .containsEntry("f64", new GgufValue.Real(2.25))
                .containsEntry("tokens", new GgufValue.Many(3, List.of()));
        assertThat(file.value("few").orElseThrow())
                .isEqualTo(
                        new GgufValue.Many(
                                3,
                                LongStream.of(1, 2, 3)
                                        .<GgufValue>mapToObj(GgufValue.Whole::new)
                                        .toList()));
        assertThat(file.tensors())
                .containsExactly(new GgufTensor("t", "F32", List.of(4L, 2L), 32, file.dataStart()));
    }

    @Test
    void tensors_ofSeveralTypes_haveTheirBytesAndPlaces() {
        GgufFile file =
                read(
                        GgufWriter.plain()
                                .tensor("a", GgmlType.Q4_K, 512, 3)
                                .tensor("b", GgmlType.F32, 5)
                                .tensor("c", GgmlType.Q8_0, 64, 2, 2));
        assertThat(file.tensors()).extracting(GgufTensor::bytes).containsExactly(864L, 20L, 272L);
        assertThat(file.tensors())
                .extracting(t -> t.offset() - file.dataStart())
                .containsExactly(0L, 864L, 896L);
        assertThat(file.dataStart() % 32).isZero();
        assertThat(file.remarks()).isEmpty();
    }

    @Test
    void alignment_told_movesTheData() {
        GgufFile file =
                read(
                        GgufWriter.plain()
                                .alignment(4096)
                                .tensor("a", GgmlType.F32, 1)
                                .tensor("b", GgmlType.F32, 1));
        assertThat(file.dataStart()).isEqualTo(4096);
        assertThat(file.tensors()).extracting(GgufTensor::offset).containsExactly(4096L, 8192L);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 3, 24, 1L << 21, 1L << 30})
    void alignment_noPowerOfTwoOrTooLarge_isRefused(long bytes) {
        refused(GgufWriter.plain().whole("general.alignment", bytes), "its alignment is " + bytes);
    }

    @Test
    void alignment_noNumber_isRefused() {
        refused(GgufWriter.plain().text("general.alignment", "32"), "its alignment is no number");
    }

    @Test
    void longArray_ofNumbers_keepsItsCountOnly() {
        List<Integer> many = Collections.nCopies(4097, 7);
        GgufFile file =
                read(
                        GgufWriter.plain()
                                .array("many", 5, many)
                                .array("most", 5, many.subList(1, 4097)));
        assertThat(file.value("many")).contains(new GgufValue.Many(4097, List.of()));
        assertThat(file.value("most").orElseThrow())
                .isInstanceOfSatisfying(
                        GgufValue.Many.class, most -> assertThat(most.kept()).hasSize(4096));
    }

    @Test
    void tensor_withoutDimensions_isASingleNumber() {
        GgufFile file = read(GgufWriter.plain().rawTensor("scale", 0, 0).room(4));
        assertThat(file.tensors().getFirst().dimensions()).containsExactly(1L);
        assertThat(file.tensors().getFirst().bytes()).isEqualTo(4);
    }

    @Test
    void tensor_ofNoElements_hasNoBytes() {
        GgufFile file =
                read(
                        GgufWriter.plain()
                                .tensor("first", GgmlType.F32, 8)
                                .tensor("none", GgmlType.F32, 8, 0)
                                .tensor("last", GgmlType.F32, 8));
        assertThat(file.tensors()).extracting(GgufTensor::bytes).containsExactly(32L, 0L, 32L);
    }

    @Test
    void unknownType_isSizedByItsGap() {
        GgufFile file =
                read(
                        GgufWriter.plain()
                                .rawTensor("odd", 77, 0, 256)
                                .rawTensor("plain", 0, 160, 8)
                                .room(192));
        assertThat(file.tensors().getFirst().bytes()).isEqualTo(160);
        assertThat(file.tensors().getFirst().type()).isEqualTo("type 77");
        assertThat(file.remarks()).singleElement().asString().contains("Type 77 is unknown");
    }

    @Test
    void typeOfAFork_isSizedByItsGapAndNamesTheFork() {
        GgufFile file = read(GgufWriter.plain().rawTensor("odd", 137, 0, 256).room(96));
        assertThat(file.tensors().getFirst().bytes()).isEqualTo(96);
        assertThat(file.remarks()).singleElement().asString().contains("needs ik_llama.cpp");
    }

    @Test
    void unknownType_withoutRoom_isRefused() {
        refused(GgufWriter.plain().rawTensor("odd", 77, 0, 256), "has no size: type 77 is unknown");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 31, 32, 33, 36, 37, 38})
    void removedType_isRefused(int type) {
        refused(
                GgufWriter.plain().rawTensor("old", type, 0, 32).room(64),
                "type " + type + ", which was taken out of llama.cpp");
    }

    @Test
    void rowThatDoesNotDivideIntoBlocks_isRefused() {
        refused(
                GgufWriter.plain().rawTensor("t", 12, 0, 255).room(512),
                "255 elements, which does not divide into the blocks of 256 that Q4_K has");
    }

    @Test
    void overlappingTensors_areRefused() {
        refused(
                GgufWriter.plain().rawTensor("a", 0, 0, 64).rawTensor("b", 0, 32, 64).room(512),
                "the tensors 'a' and 'b' overlap");
    }

    @Test
    void truncatedFile_isRefusedWithBothLengths() {
        byte[] whole = GgufWriter.plain().tensor("a", GgmlType.F32, 64).bytes();
        byte[] cut = java.util.Arrays.copyOf(whole, whole.length - 1);
        refused(
                cut,
                "is incomplete: the tensor 'a' ends at byte "
                        + whole.length
                        + ", and the file has "
                        + cut.length);
    }

    @Test
    void headerCutAnywhere_isRefused() {
        byte[] header =
                GgufWriter.plain()
                        .text("general.architecture", "llama")
                        .texts("tokens", List.of("a", "b"))
                        .wholes("few", 1, 2)
                        .tensor("a", GgmlType.F32, 64)
                        .header();
        for (int length = 0; length < header.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(header, length);
            assertThatThrownBy(() -> read(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(UserError.class);
        }
    }

    @Test
    void tensorBeyond63Bits_isRefused() {
        refused(
                GgufWriter.plain().rawTensor("t", 0, 0, 1L << 40, 1L << 40).room(64),
                "the size of the tensor 't' is beyond 63 bits");
        refused(
                GgufWriter.plain().rawTensor("t", 0, 0, 1L << 32, 1L << 32, 0).room(64),
                "the size of the tensor 't' is beyond 63 bits");
        refused(
                GgufWriter.plain().rawTensor("t", 0, 0, -1).room(64),
                "a dimension of the tensor 't' is beyond 63 bits");
        refused(
                GgufWriter.plain().rawTensor("t", 0, Long.MAX_VALUE - 31, 1L << 60).room(64),
                "is incomplete");
        refused(
                GgufWriter.plain().rawTensor("t", 0, -32, 8).room(64),
                "begins at 18446744073709551584");
    }

    @Test
    void offsetThatIsNotAligned_isRefused() {
        refused(GgufWriter.plain().rawTensor("t", 0, 8, 8).room(64), "is no multiple of 32");
    }

    @Test
    void fiveDimensions_areRefused() {
        refused(GgufWriter.plain().rawTensor("t", 0, 0, 1, 1, 1, 1, 1), "has 5 dimensions");
    }

    @Test
    void duplicates_areRefused() {
        refused(GgufWriter.plain().whole("k", 1).whole("k", 2), "the key 'k' is there twice");
        refused(
                GgufWriter.plain().tensor("t", GgmlType.F32, 8).tensor("t", GgmlType.F32, 8),
                "the tensor 't' is there twice");
        refused(GgufWriter.plain().whole("", 1), "a key is empty");
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 20, 1L << 40, 1L << 63, -1})
    void counts_beyondTheFile_areRefused(long count) {
        String told = Long.toUnsignedString(count);
        refused(counts(count, 0), "it claims " + told + " tensors");
        refused(counts(0, count), "it claims " + told + " metadata values");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 8, 12})
    void arrayOf2To63Elements_in49Bytes_isRefused(int type) {
        byte[] file = array(type, 1L << 63);
        assertThat(file).hasSize(49);
        refused(file, "'a' claims 9223372036854775808 elements, and there are 0 bytes left");
        refused(array(type, Long.MAX_VALUE / 8), "elements, and there are 0 bytes left");
    }

    @Test
    void arrayWhoseCountIsCut_isRefused() {
        byte[] file = java.util.Arrays.copyOf(array(0, 1L << 63), 43);
        refused(file, "ends in the middle of its header, at byte 43");
    }

    @Test
    void arrayOfArrays_isRefused() {
        refused(array(9, 0), "'a' is an array of arrays");
    }

    @Test
    void typesThatThereAreNot_areRefused() {
        refused(array(13, 0), "has the type 13");
        refused(GgufWriter.plain().value("k", 77, 1), "the value of 'k' has the type 77");
    }

    @Test
    void textLengthBeyondTheFile_isRefused() {
        for (long length : List.of(-1L, 1L << 63, 1L << 31, 17L << 20)) {
            ByteBuffer buffer = ByteBuffer.allocate(21).order(ByteOrder.LITTLE_ENDIAN);
            buffer.putLong(1).put((byte) 'a').putInt(8).putLong(length);
            refused(counts(0, 1, buffer.array()), "the length of 'a' is");
        }
        ByteBuffer buffer = ByteBuffer.allocate(21).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(1).put((byte) 'a').putInt(8).putLong(16 << 20);
        refused(counts(0, 1, buffer.array()), "ends in the middle of its header");
    }

    @Test
    void version1AndOthers_areRefused() {
        refused(
                new GgufWriter(1, ByteOrder.LITTLE_ENDIAN),
                "is GGUF version 1, which no server reads any more");
        refused(new GgufWriter(4, ByteOrder.LITTLE_ENDIAN), "its version is 4, not 2 or 3");
        refused(new GgufWriter(0, ByteOrder.LITTLE_ENDIAN), "its version is 0, not 2 or 3");
    }

    @Test
    void otherFiles_areRefused() {
        refused(new byte[0], "it has 0 bytes");
        refused(new byte[23], "it has 23 bytes");
        refused(
                "<!DOCTYPE html><html><body>".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                "is no GGUF file: it begins with 3c 21 44 4f, not with GGUF");
    }

    @Test
    void hostileNames_areShownPlain() {
        byte[] file =
                GgufWriter.plain().whole("\u001b[31mred\n", 1).whole("\u001b[31mred\n", 2).bytes();
        assertThatThrownBy(() -> read(file))
                .hasMessageContaining("the key '[31mred' is there twice")
                .message()
                .doesNotContain("\u001b", "\n");
    }

    @Test
    void file_isReadFromDisk() throws IOException {
        Path path =
                GgufWriter.plain()
                        .text("general.architecture", "llama")
                        .texts("tokenizer.ggml.tokens", Collections.nCopies(200_000, "token"))
                        .tensor("t", GgmlType.F16, 1 << 20, 1 << 14)
                        .write(folder.resolve("model.gguf"));
        try (ByteSource source = FileSource.open(path)) {
            GgufFile file = GgufReader.read(source);
            assertThat(file.size()).isEqualTo(Files.size(path)).isGreaterThan(32L << 30);
            assertThat(file.tensors().getFirst().bytes()).isEqualTo(32L << 30);
            assertThat(file.value("tokenizer.ggml.tokens"))
                    .contains(new GgufValue.Many(200_000, List.of()));
        }
    }

    @Test
    void header_inPiecesOfAnySize_isReadTheSame() {
        byte[] bytes =
                GgufWriter.plain()
                        .text("general.architecture", "llama")
                        .texts("tokens", List.of("a", "bb".repeat(40), "", "c"))
                        .array("scores", 6, Collections.nCopies(5000, 0.5))
                        .wholes("few", 1, 2, 3)
                        .tensor("a", GgmlType.F32, 64)
                        .bytes();
        GgufFile whole = read(bytes);
        for (int piece = 1; piece < 80; piece += 3) {
            GgufFile again = GgufReader.read(GgufWriter.source(bytes, bytes.length, piece));
            assertThat(again.values()).isEqualTo(whole.values());
            assertThat(again.tensors()).isEqualTo(whole.tensors());
        }
    }

    @Test
    void openingWhatIsNoFile_isRefused() throws IOException {
        Path missing = folder.resolve("none.gguf");
        assertThatThrownBy(() -> FileSource.open(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is a folder");
        assertThatThrownBy(() -> FileSource.open(missing))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("There is no file");
        Path empty = Files.createFile(folder.resolve("empty.gguf"));
        try (ByteSource source = FileSource.open(empty)) {
            assertThatThrownBy(() -> GgufReader.read(source))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("it has 0 bytes");
        }
    }

    @Test
    void device_isRefused() {
        Path device = Path.of("/dev/zero");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(device));
        assertThatThrownBy(() -> FileSource.open(device))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is no ordinary file");
    }

    @Test
    void sourceThatFails_isTold() {
        ByteSource broken =
                new ByteSource() {
                    @Override
                    public String name() {
                        return "http://host/model.gguf";
                    }

                    @Override
                    public long size() {
                        return 1 << 20;
                    }

                    @Override
                    public ByteBuffer at(long position, int least) throws IOException {
                        throw new IOException("the server closed the connection");
                    }

                    @Override
                    public void close() {}
                };
        assertThatThrownBy(() -> GgufReader.read(broken))
                .isInstanceOf(UserError.class)
                .hasMessage(
                        "The header of http://host/model.gguf could not be read: the server closed"
                                + " the connection.");
    }

    @Test
    void textsTogetherBeyondTheLimit_areRefused() {
        String long1 = "x".repeat(15 << 20);
        GgufWriter writer = GgufWriter.plain();
        for (int i = 0; i < 5; i++) {
            writer.text("k" + i, long1);
        }
        refused(writer, "its texts have more than 64 MiB");
    }
}
