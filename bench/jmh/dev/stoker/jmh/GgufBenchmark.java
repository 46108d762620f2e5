package dev.stoker.jmh;

import dev.stoker.gguf.ByteSource;
import dev.stoker.gguf.FileSource;
import dev.stoker.gguf.GgufReader;
import dev.stoker.model.GgufModels;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Reading the header of a model with a large vocabulary: tokens, scores, kinds and merges, and the
 * tensors of 48 layers. The file is sparse and lies in the page cache. {@code cold} is the first
 * read in a process, as a command has it.
 */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class GgufBenchmark {
    private static final int BLOCKS = 48;
    private static final int WIDTH = 4096;

    @Param({"262144", "151936"})
    public int vocabulary;

    private Path file = Path.of("");

    @Setup
    public void write() throws IOException {
        file = Files.createTempFile("vocabulary", ".gguf");
        long header;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            header(out);
        }
        header = Math.ceilDiv(Files.size(file), 32L) * 32;
        try (RandomAccessFile whole = new RandomAccessFile(file.toFile(), "rw")) {
            whole.setLength(header + (BLOCKS * 7L + 1) * WIDTH * WIDTH * 2);
        }
    }

    @TearDown
    public void remove() throws IOException {
        Files.deleteIfExists(file);
    }

    /** The header alone. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @Fork(1)
    @Warmup(iterations = 3, time = 2)
    @Measurement(iterations = 5, time = 2)
    public int warm() {
        return read();
    }

    /** The header, and what follows from it: the shape of every layer. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @Fork(1)
    @Warmup(iterations = 3, time = 2)
    @Measurement(iterations = 5, time = 2)
    public int describe() {
        return GgufModels.read(file).shape().value().layers().size();
    }

    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @Fork(10)
    @Warmup(iterations = 0)
    @Measurement(iterations = 1)
    public int cold() {
        return read();
    }

    private int read() {
        try (ByteSource source = FileSource.open(file)) {
            return GgufReader.read(source).tensors().size();
        }
    }

    private void header(OutputStream out) throws IOException {
        Random random = new Random(1);
        out.write("GGUF".getBytes(StandardCharsets.US_ASCII));
        number(out, 4, 3);
        number(out, 8, BLOCKS * 7L + 1);
        number(out, 8, 11);
        key(out, "general.architecture", 8);
        text(out, "qwen3");
        key(out, "tokenizer.ggml.tokens", 9);
        texts(out, random, vocabulary);
        key(out, "tokenizer.ggml.scores", 9);
        numbers(out, 6);
        key(out, "tokenizer.ggml.token_type", 9);
        numbers(out, 5);
        key(out, "tokenizer.ggml.merges", 9);
        texts(out, random, vocabulary * 2);
        whole(out, "qwen3.block_count", BLOCKS);
        whole(out, "qwen3.embedding_length", WIDTH);
        whole(out, "qwen3.feed_forward_length", WIDTH);
        whole(out, "qwen3.attention.head_count", 32);
        whole(out, "qwen3.attention.head_count_kv", 8);
        whole(out, "qwen3.context_length", 32768);
        long offset = 0;
        for (int i = -1; i < BLOCKS; i++) {
            String[] parts = {"attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up"};
            tensor(out, i < 0 ? "token_embd.weight" : "blk." + i + ".ffn_down.weight", offset);
            offset += (long) WIDTH * WIDTH * 2;
            for (int k = 0; k < parts.length && i >= 0; k++) {
                tensor(out, "blk." + i + "." + parts[k] + ".weight", offset);
                offset += (long) WIDTH * WIDTH * 2;
            }
        }
    }

    private static void tensor(OutputStream out, String name, long offset) throws IOException {
        text(out, name);
        number(out, 4, 2);
        number(out, 8, WIDTH);
        number(out, 8, WIDTH);
        number(out, 4, 1);
        number(out, 8, offset);
    }

    private static void texts(OutputStream out, Random random, int count) throws IOException {
        number(out, 4, 8);
        number(out, 8, count);
        for (int i = 0; i < count; i++) {
            byte[] token = new byte[1 + random.nextInt(14)];
            number(out, 8, token.length);
            out.write(token);
        }
    }

    private void numbers(OutputStream out, int type) throws IOException {
        number(out, 4, type);
        number(out, 8, vocabulary);
        for (int i = 0; i < vocabulary; i++) {
            number(out, 4, i);
        }
    }

    private static void whole(OutputStream out, String key, long value) throws IOException {
        key(out, key, 4);
        number(out, 4, value);
    }

    private static void key(OutputStream out, String key, int type) throws IOException {
        text(out, key);
        number(out, 4, type);
    }

    private static void text(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(out, 8, bytes.length);
        out.write(bytes);
    }

    private static void number(OutputStream out, int width, long value) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        out.write(buffer.putLong(value).array(), 0, width);
    }
}
