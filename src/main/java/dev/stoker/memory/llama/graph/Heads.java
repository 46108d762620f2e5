package dev.stoker.memory.llama.graph;

import java.util.Set;

/** With heads of which sizes CUDA's backend attends in one operation. Pure. */
final class Heads {
    private static final Set<Long> EQUAL = Set.of(40L, 64L, 72L, 80L, 96L, 112L, 128L, 256L);

    private Heads() {}

    /**
     * @param node an attention whose sources are queries, keys and values
     */
    static boolean of(Node node) {
        Node query = node.sources[0];
        Node keys = node.sources[1];
        Node values = node.sources[2];
        long together = Math.max(1, query.shape[2] / Math.max(1, keys.shape[2]));
        return fit(keys.shape[0], values.shape[0], together);
    }

    /**
     * @param key values of a key's head
     * @param value values of a value's head
     * @param together heads of queries that share one of keys
     */
    static boolean fit(long key, long value, long together) {
        if (EQUAL.contains(key)) {
            return key == value;
        }
        return (key == 192 && value == 128 && together % 8 == 0)
                || (key == 320 && value == 256 && together % 32 == 0)
                || (key == 512 && value == 512 && together >= 2)
                || (key == 576 && value == 512 && together >= 2);
    }
}
