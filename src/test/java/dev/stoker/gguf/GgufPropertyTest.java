package dev.stoker.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.UserError;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What holds for every header, sound or not. */
final class GgufPropertyTest {
    private static final int MUTATIONS = 30_000;

    /** A tensor of a header: its type, and its dimensions in blocks and rows. */
    record Shape(GgmlType type, int blocks, List<Integer> more) {}

    @Provide
    static Arbitrary<List<Shape>> shapes() {
        Arbitrary<Shape> shape =
                Combinators.combine(
                                Arbitraries.of(GgmlType.class),
                                Arbitraries.integers().between(0, 9),
                                Arbitraries.integers().between(0, 5).list().ofMaxSize(3))
                        .as(Shape::new);
        return shape.list().ofMaxSize(20);
    }

    @Property(tries = 200)
    void tensors_thatAreWritten_areReadAgain(
            @ForAll("shapes") List<Shape> shapes, @ForAll boolean little, @ForAll boolean old) {
        GgufWriter writer =
                new GgufWriter(
                        old ? 2 : 3, little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        for (int i = 0; i < shapes.size(); i++) {
            writer.tensor("t" + i, shapes.get(i).type(), dimensions(shapes.get(i)));
        }
        byte[] bytes = writer.bytes();
        GgufFile file = GgufReader.read(GgufWriter.source(bytes, bytes.length, bytes.length));
        assertThat(file.tensors()).hasSameSizeAs(shapes);
        long end = file.dataStart();
        for (int i = 0; i < shapes.size(); i++) {
            GgufTensor tensor = file.tensors().get(i);
            long[] dimensions = dimensions(shapes.get(i));
            assertThat(tensor.name()).isEqualTo("t" + i);
            assertThat(tensor.type()).isEqualTo(shapes.get(i).type().name());
            assertThat(tensor.dimensions()).isEqualTo(Arrays.stream(dimensions).boxed().toList());
            assertThat(tensor.offset()).isGreaterThanOrEqualTo(end).isLessThan(end + 32);
            end = tensor.offset() + tensor.bytes();
        }
        assertThat(end).isLessThanOrEqualTo(bytes.length);
    }

    private static long[] dimensions(Shape shape) {
        long[] all = new long[1 + shape.more().size()];
        all[0] = (long) shape.blocks() * shape.type().block();
        for (int i = 1; i < all.length; i++) {
            all[i] = shape.more().get(i - 1);
        }
        return all;
    }

    @Property(tries = 200)
    void values_thatAreWritten_areReadAgain(
            @ForAll List<Long> numbers, @ForAll List<String> texts, @ForAll boolean little) {
        GgufWriter writer =
                new GgufWriter(3, little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        writer.array("numbers", 11, numbers).texts("texts", texts);
        for (int i = 0; i < texts.size(); i++) {
            writer.text("text " + i, texts.get(i));
        }
        byte[] bytes = writer.bytes();
        GgufFile file = GgufReader.read(GgufWriter.source(bytes, bytes.length, 7));
        assertThat(file.values().keySet().stream().filter(k -> k.startsWith("text ")))
                .hasSameSizeAs(texts);
        for (int i = 0; i < texts.size(); i++) {
            byte[] raw = texts.get(i).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            assertThat(file.text("text " + i))
                    .contains(new String(raw, java.nio.charset.StandardCharsets.UTF_8));
        }
        assertThat(file.value("numbers"))
                .contains(
                        new GgufValue.Many(
                                numbers.size(),
                                numbers.stream().<GgufValue>map(GgufValue.Whole::new).toList()));
        assertThat(file.value("texts")).contains(new GgufValue.Many(texts.size(), List.of()));
    }

    /** The same mutations each time; each ends in a header or in a sentence, and takes little. */
    @Test
    void mutatedHeader_isReadOrRefusedInASentence() {
        Random random = new Random(20_261_126);
        List<byte[]> seeds = List.of(seed(ByteOrder.LITTLE_ENDIAN), seed(ByteOrder.BIG_ENDIAN));
        seeds.forEach(s -> assertThat(outcome(s, 1)).isEmpty());
        assertThat(outcome(new byte[30], 1)).hasValueSatisfying(w -> assertThat(w).isNotEmpty());
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long start = System.currentTimeMillis();
        int sound = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = mutated(seeds.get(i % seeds.size()).clone(), random);
            int piece = 1 + random.nextInt(4096);
            long before = threads.getCurrentThreadAllocatedBytes();
            Optional<String> refused = outcome(bytes, piece);
            long taken = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(taken).as("bytes for mutation %d", i).isLessThan(400_000);
            sound += refused.isEmpty() ? 1 : 0;
            refused.ifPresent(sentence ->
                    assertThat(sentence)
                            .endsWith(".")
                            .doesNotContain("\n", "\u001b")
                            .hasSizeLessThan(600));
        }
        assertThat(sound).isBetween(MUTATIONS / 100, MUTATIONS * 9 / 10);
        assertThat(System.currentTimeMillis() - start).isLessThan(60_000);
    }

    /** Reads a header and checks what it tells; returns why it was refused. */
    private static Optional<String> outcome(byte[] bytes, int piece) {
        try {
            GgufFile file = GgufReader.read(GgufWriter.source(bytes, bytes.length, piece));
            for (GgufTensor tensor : file.tensors()) {
                long end = tensor.offset() + tensor.bytes();
                if (tensor.bytes() < 0 || end < tensor.offset() || end > file.size()) {
                    throw new AssertionError(tensor);
                }
            }
            return Optional.empty();
        } catch (UserError e) {
            return Optional.of(e.sentence());
        }
    }

    private static byte[] seed(ByteOrder order) {
        return new GgufWriter(3, order)
                .text("general.architecture", "llama")
                .alignment(32)
                .value("small", 0, 1)
                .value("wide", 10, 1L << 40)
                .real("real", 0.5)
                .flag("flag", true)
                .wholes("heads", 8, 8, 4, 0)
                .array("scores", 6, Collections.nCopies(40, 1.0))
                .texts("tokenizer.ggml.tokens", List.of("a", "bc", "", "def"))
                .tensor("token_embd.weight", GgmlType.Q4_K, 256, 8)
                .tensor("blk.0.attn_q.weight", GgmlType.F16, 32, 4)
                .tensor("blk.0.ffn_up_exps.weight", GgmlType.Q8_0, 32, 4, 2)
                .rawTensor("odd", 77, 1984, 32)
                .room(352)
                .bytes();
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        long[] extremes = {
            0, 1, -1, 1L << 31, 1L << 32, 1L << 62, Long.MIN_VALUE, Long.MAX_VALUE, bytes.length
        };
        byte[] now = bytes;
        for (int k = 1 + random.nextInt(4); k > 0; k--) {
            int header = Math.min(900, now.length - 8);
            if (header <= 0) {
                return now;
            }
            int at = random.nextInt(header);
            switch (random.nextInt(6)) {
                case 0 -> now[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> now[at] = (byte) random.nextInt();
                case 2 ->
                        ByteBuffer.wrap(now)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(at, extremes[random.nextInt(extremes.length)]);
                case 3 -> now = Arrays.copyOf(now, random.nextInt(now.length));
                case 4 -> {
                    int from = random.nextInt(header);
                    int count = Math.min(random.nextInt(64), now.length - Math.max(at, from));
                    System.arraycopy(now, from, now, at, count);
                }
                default ->
                        ByteBuffer.wrap(now)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(at, random.nextInt(16));
            }
        }
        return now;
    }
}
