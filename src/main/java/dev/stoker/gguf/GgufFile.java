package dev.stoker.gguf;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The header of a GGUF file.
 *
 * @param name of the source: a path or an address
 * @param version 2 or 3
 * @param order of its bytes
 * @param values by key, in the file's order
 * @param tensors in the file's order
 * @param dataStart where the data of tensors begins
 * @param size bytes of the whole file
 * @param remarks what was odd, a sentence each
 */
public record GgufFile(
        String name,
        int version,
        ByteOrder order,
        Map<String, GgufValue> values,
        List<GgufTensor> tensors,
        long dataStart,
        long size,
        List<String> remarks) {

    /** Returns a value, or empty where the key is not there. */
    public Optional<GgufValue> value(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** Returns a text, or empty where there is none. */
    public Optional<String> text(String key) {
        return values.get(key) instanceof GgufValue.Text(String text)
                ? Optional.of(text)
                : Optional.empty();
    }

    /** Returns an integer, or empty where there is none. */
    public Optional<Long> whole(String key) {
        return values.get(key) instanceof GgufValue.Whole(long number)
                ? Optional.of(number)
                : Optional.empty();
    }
}
