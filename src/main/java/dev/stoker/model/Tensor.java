package dev.stoker.model;

import dev.stoker.base.Bytes;

import java.util.List;

/**
 * One tensor of a model.
 *
 * @param name as the file names it, such as {@code blk.0.attn_q.weight}
 * @param type as the format names it, such as {@code Q4_K} or {@code BF16}
 * @param dimensions the contiguous one (the length of a row) first, as ggml orders them; 1 to 4
 * @param bytes what its data takes, without padding
 * @param file which of the model's files holds it, from 0
 * @param offset where its data begins in that file, from the file's start; -1 where a server tells
 *     the tensors but not their places
 */
public record Tensor(
        String name, String type, List<Long> dimensions, Bytes bytes, int file, long offset) {
    public Tensor {
        dimensions = List.copyOf(dimensions);
    }

    /** Returns the number of elements. */
    public long elements() {
        long product = 1;
        for (long dimension : dimensions) {
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }

    /** Returns the block (layer) that it belongs to, or -1 for a tensor of none. */
    public int block() {
        int start = name.startsWith("enc.") || name.startsWith("dec.") ? 4 : 0;
        if (!name.startsWith("blk.", start)) {
            return -1;
        }
        int number = 0;
        int first = start + 4;
        int at = first;
        while (at < name.length() && at < first + 5 && Character.isDigit(name.charAt(at))) {
            number = number * 10 + name.charAt(at) - '0';
            at++;
        }
        return at > first && at < name.length() && name.charAt(at) == '.' ? number : -1;
    }
}
