package dev.stoker.model;

/**
 * The bytes of recurrent state that a layer keeps a sequence, all of 32-bit floats. Pure.
 *
 * <p>Source: {@code n_embd_r} and {@code n_embd_s} of {@code llama-hparams.cpp}, and {@code
 * llama-kv-cache-dsv4.cpp}, of llama.cpp b10434.
 */
final class StateSize {
    /** The compression at which DeepSeek 4 lets groups overlap, and keeps an index. */
    static final int OVERLAPPING = 4;

    /** The other one that it has. */
    static final int PLAIN = 128;

    private static final int FLOAT = 4;

    private StateSize() {}

    /** Returns whether a header has numbers of a state. */
    static boolean isTold(HeaderNumbers numbers) {
        return numbers.has("ssm.state_size")
                || numbers.has("shortconv.l_cache")
                || numbers.has("kda.head_dim")
                || numbers.has("wkv.head_size");
    }

    /**
     * @param heads query heads of the first layer
     * @param key elements of a head's key
     * @throws ArithmeticException beyond 64 bits
     */
    static long bytes(
            HeaderNumbers numbers, String architecture, long embedding, int heads, int key) {
        long wkv = numbers.number("wkv.head_size", 0);
        long shortConvolution = numbers.number("shortconv.l_cache", 0);
        long kda = numbers.number("kda.head_dim", 0);
        long kernel = numbers.number("ssm.conv_kernel", 0);
        long rolling;
        long state;
        if (wkv > 0) {
            rolling = product(numbers.number("token_shift_count", 2), embedding);
            state = product(embedding, wkv);
        } else if (shortConvolution > 0) {
            rolling = product(embedding, shortConvolution - 1);
            state = 0;
        } else if (kda > 0) {
            rolling = product(3 * (kernel > 0 ? kernel - 1 : 3), product(heads, kda));
            state = product(product(kda, kda), heads);
        } else if (architecture.equals("minimax-01")) {
            rolling = 0;
            state = product(product(key, key), heads);
        } else {
            boolean grouped =
                    Architectures.STATE_GROUPS.contains(architecture)
                            || !Architectures.known(architecture);
            long groups = grouped ? numbers.number("ssm.group_count", 0) : 0;
            long width = numbers.number("ssm.state_size", 0);
            long inner = numbers.number("ssm.inner_size", 0);
            rolling =
                    product(
                            Math.max(kernel - 1, 0),
                            Math.addExact(inner, product(2 * groups, width)));
            state = product(width, inner);
        }
        return product(FLOAT, Math.addExact(rolling, state));
    }

    /** Returns what a layer of DeepSeek 4 keeps of tokens that are not yet compressed. */
    static long compressor(HeaderNumbers numbers, int compression, int key) {
        long index = numbers.number("attention.indexer.key_length", 0);
        return switch (compression) {
            // Keys and scores, of two overlapping groups, twice as wide; the same for the index.
            case OVERLAPPING ->
                    product(2 * FLOAT, product(2L * OVERLAPPING, 2 * Math.addExact(key, index)));
            case PLAIN -> product(2 * FLOAT, product(PLAIN, key));
            default -> 0;
        };
    }

    private static long product(long a, long b) {
        return Math.multiplyExact(a, b);
    }
}
