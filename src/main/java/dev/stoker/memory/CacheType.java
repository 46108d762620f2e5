package dev.stoker.memory;

import dev.stoker.base.UserError;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How keys or values are stored, exactly those that llama-server takes.
 *
 * <p>Source: {@code common/arg.cpp} of llama.cpp; blocks as in {@code ggml-common.h}.
 */
public enum CacheType {
    F32(1, 4),
    F16(1, 2),
    BF16(1, 2),
    Q8_0(32, 34),
    Q5_1(32, 24),
    Q5_0(32, 22),
    Q4_1(32, 20),
    Q4_0(32, 18),
    IQ4_NL(32, 18);

    private final int block;
    private final int blockBytes;

    CacheType(int block, int blockBytes) {
        this.block = block;
        this.blockBytes = blockBytes;
    }

    public int block() {
        return block;
    }

    public boolean quantized() {
        return block > 1;
    }

    /** Returns the bytes of a row of so many elements, rounded up to whole blocks. */
    public long rowBytes(long elements) {
        return Math.multiplyExact(Math.ceilDiv(elements, (long) block), (long) blockBytes);
    }

    /** Returns the name that servers use. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws UserError for a type that no server takes
     */
    public static CacheType parse(String text) {
        return Arrays.stream(values())
                .filter(t -> t.word().equals(text.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() ->
                        UserError.wrongUse(
                                "Expected a type for the cache, but got '" + text + "'.",
                                "Write one of "
                                        + Arrays.stream(values())
                                                .map(CacheType::word)
                                                .collect(Collectors.joining(", "))
                                        + "."));
    }
}
