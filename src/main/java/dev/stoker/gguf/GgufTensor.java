package dev.stoker.gguf;

import java.util.List;

/**
 * Where one tensor lies in a file.
 *
 * @param type its type's name; for a type that is not known, {@code type 137}
 * @param dimensions 1 to 4, the contiguous one first
 * @param bytes of its data, without padding
 * @param offset from the beginning of the file
 */
public record GgufTensor(String name, String type, List<Long> dimensions, long bytes, long offset) {
    public GgufTensor {
        dimensions = List.copyOf(dimensions);
    }
}
