package dev.stoker.model;

/**
 * The shape of one layer, as far as memory and speed depend on it.
 *
 * @param heads query heads
 * @param kvHeads heads that keep keys and values; 0 where the layer keeps none
 * @param keyLength elements of one head's key
 * @param valueLength elements of one head's value; 0 where none is kept (latent attention)
 * @param feedForward width of the dense feed-forward part; 0 where it has none
 * @param window whether it looks back over the sliding window only
 * @param ownCache whether it keeps keys and values of its own; false for layers that share those of
 *     another, for layers that only have a state, and for blocks that no main context has
 * @param stateBytes bytes (32-bit floats) of recurrent state a sequence, such as Mamba's; 0 where
 *     it has none
 * @param indexLength elements of one further key a token, by which sparse attention chooses; 0
 *     where it has none
 * @param experts whether its feed-forward part is a mixture of experts
 * @param compression how many tokens share one further key, over the whole context, beside those of
 *     the window; 0 where there is no such cache (all but DeepSeek 4)
 */
public record LayerShape(
        int heads,
        int kvHeads,
        int keyLength,
        int valueLength,
        long feedForward,
        boolean window,
        boolean ownCache,
        long stateBytes,
        int indexLength,
        boolean experts,
        int compression) {

    /** A layer without compressed keys. */
    public LayerShape(
            int heads,
            int kvHeads,
            int keyLength,
            int valueLength,
            long feedForward,
            boolean window,
            boolean ownCache,
            long stateBytes,
            int indexLength,
            boolean experts) {
        this(
                heads,
                kvHeads,
                keyLength,
                valueLength,
                feedForward,
                window,
                ownCache,
                stateBytes,
                indexLength,
                experts,
                0);
    }

    /** Returns the elements of all keys of one token; 0 where the layer keeps none. */
    public long keyWidth() {
        return ownCache ? (long) kvHeads * keyLength : 0;
    }

    /** Returns the elements of all values of one token; 0 where the layer keeps none. */
    public long valueWidth() {
        return ownCache ? (long) kvHeads * valueLength : 0;
    }
}
