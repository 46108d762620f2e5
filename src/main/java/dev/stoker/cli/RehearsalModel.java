package dev.stoker.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A model of a few kilobytes, as small as a GGUF file of the llama architecture can be, so that a
 * start of {@code plan} can be rehearsed on machines without any model. Its weights are zeros.
 */
final class RehearsalModel {
    private static final int WIDTH = 32;
    private static final int TOKENS = 8;
    private static final int BLOCKS = 2;
    private static final int ALIGNMENT = 32;
    private static final int UNSIGNED = 4;
    private static final int TEXT = 8;
    private static final int ARRAY = 9;
    private static final int F32 = 0;

    private final ByteArrayOutputStream values = new ByteArrayOutputStream();
    private final ByteArrayOutputStream tensors = new ByteArrayOutputStream();
    private int valueCount;
    private int tensorCount;
    private long data;

    private RehearsalModel() {}

    /**
     * Writes it.
     *
     * @throws IOException where the folder takes no file
     */
    static Path write(Path folder) throws IOException {
        return Files.write(folder.resolve("rehearsal.gguf"), new RehearsalModel().bytes());
    }

    private byte[] bytes() {
        text("general.architecture", "llama");
        whole("llama.block_count", BLOCKS);
        whole("llama.context_length", 4096);
        whole("llama.embedding_length", WIDTH);
        whole("llama.feed_forward_length", WIDTH);
        whole("llama.attention.head_count", 1);
        whole("llama.attention.head_count_kv", 1);
        tokens();
        tensor("token_embd.weight", WIDTH, TOKENS);
        for (int i = 0; i < BLOCKS; i++) {
            tensor("blk." + i + ".attn_q.weight", WIDTH, WIDTH);
            tensor("blk." + i + ".ffn_down.weight", WIDTH, WIDTH);
        }
        tensor("output.weight", WIDTH, TOKENS);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(number(4, 3));
        all.writeBytes(number(8, tensorCount));
        all.writeBytes(number(8, valueCount));
        all.writeBytes(values.toByteArray());
        all.writeBytes(tensors.toByteArray());
        all.writeBytes(new byte[Math.floorMod(-all.size(), ALIGNMENT)]);
        all.writeBytes(new byte[Math.toIntExact(data)]);
        return all.toByteArray();
    }

    private void text(String key, String value) {
        key(key, TEXT);
        values.writeBytes(text(value));
    }

    private void whole(String key, long value) {
        key(key, UNSIGNED);
        values.writeBytes(number(4, value));
    }

    private void tokens() {
        key("tokenizer.ggml.tokens", ARRAY);
        values.writeBytes(number(4, TEXT));
        values.writeBytes(number(8, TOKENS));
        for (int i = 0; i < TOKENS; i++) {
            values.writeBytes(text("t" + i));
        }
    }

    private void key(String key, int type) {
        valueCount++;
        values.writeBytes(text(key));
        values.writeBytes(number(4, type));
    }

    private void tensor(String name, long columns, long rows) {
        tensorCount++;
        tensors.writeBytes(text(name));
        tensors.writeBytes(number(4, 2));
        tensors.writeBytes(number(8, columns));
        tensors.writeBytes(number(8, rows));
        tensors.writeBytes(number(4, F32));
        tensors.writeBytes(number(8, data));
        data += columns * rows * Float.BYTES;
    }

    private static byte[] text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bytes.length)
                .put(bytes)
                .array();
    }

    private static byte[] number(int width, long value) {
        byte[] eight = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
        return Arrays.copyOf(eight, width);
    }
}
