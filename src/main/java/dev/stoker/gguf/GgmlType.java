package dev.stoker.gguf;

import java.util.Optional;

/**
 * How the elements of a tensor are stored: in blocks of so many elements that take so many bytes.
 *
 * <p>Source: {@code ggml.h} and {@code ggml-common.h} of ggml.
 */
public enum GgmlType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q8_1(9, 32, 36),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    Q8_K(15, 256, 292),
    IQ2_XXS(16, 256, 66),
    IQ2_XS(17, 256, 74),
    IQ3_XXS(18, 256, 98),
    IQ1_S(19, 256, 50),
    IQ4_NL(20, 32, 18),
    IQ3_S(21, 256, 110),
    IQ2_S(22, 256, 82),
    IQ4_XS(23, 256, 136),
    I8(24, 1, 1),
    I16(25, 1, 2),
    I32(26, 1, 4),
    I64(27, 1, 8),
    F64(28, 1, 8),
    IQ1_M(29, 256, 56),
    BF16(30, 1, 2),
    TQ1_0(34, 256, 54),
    TQ2_0(35, 256, 66),
    MXFP4(39, 32, 17),
    NVFP4(40, 64, 36),
    Q1_0(41, 128, 18),
    Q2_0(42, 64, 18);

    private static final GgmlType[] BY_ID = new GgmlType[64];

    static {
        for (GgmlType type : values()) {
            BY_ID[type.id] = type;
        }
    }

    private final int id;
    private final int block;
    private final int blockBytes;

    GgmlType(int id, int block, int blockBytes) {
        this.id = id;
        this.block = block;
        this.blockBytes = blockBytes;
    }

    public int id() {
        return id;
    }

    /** Returns the elements of a block. */
    public int block() {
        return block;
    }

    /** Returns the bytes of a block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Returns the bits an element takes. */
    public double bits() {
        return 8.0 * blockBytes / block;
    }

    /**
     * Returns the bytes of a row of so many elements.
     *
     * @throws ArithmeticException beyond 64 bits
     */
    public long rowBytes(long elements) {
        return Math.multiplyExact(Math.ceilDiv(elements, (long) block), (long) blockBytes);
    }

    /** Returns the type of a number in a file; empty for one that ggml does not have now. */
    public static Optional<GgmlType> of(int id) {
        return id >= 0 && id < BY_ID.length ? Optional.ofNullable(BY_ID[id]) : Optional.empty();
    }

    /** Returns the type of this name, as servers and files write it. */
    public static Optional<GgmlType> named(String name) {
        String upper = name.strip().toUpperCase(java.util.Locale.ROOT);
        for (GgmlType type : values()) {
            if (type.name().equals(upper)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** Returns whether ggml once had a type of this number. */
    static boolean removed(int id) {
        return id == 4 || id == 5 || (id >= 31 && id <= 33) || (id >= 36 && id <= 38);
    }

    /** Returns why a number is no type, for a person. */
    static String whyUnknown(int id) {
        if (removed(id)) {
            return "type " + id + ", which was taken out of llama.cpp";
        }
        if (id >= 97 && id < 400) {
            return "type " + id + " needs ik_llama.cpp";
        }
        return "type " + Integer.toUnsignedString(id) + " is unknown";
    }
}
