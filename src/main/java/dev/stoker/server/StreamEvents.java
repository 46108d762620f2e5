package dev.stoker.server;

/** Takes the events of one answer, in order, from one thread. */
@FunctionalInterface
public interface StreamEvents {
    void on(StreamEvent event);

    /**
     * Returns whether the text of the answer is wanted. Where it is not, {@link #chunk} comes
     * instead of the events {@code Token} and {@code Reasoning}, so that a load test makes no
     * object for a token. Does not change during an answer.
     */
    default boolean wantsText() {
        return true;
    }

    /**
     * A chunk of text whose content nobody wants.
     *
     * @param nanos the stamp of the read that brought it
     * @param reasoning whether it is reasoning, not answer
     * @param chars its length in characters of Java, at least one
     */
    default void chunk(long nanos, boolean reasoning, int chars) {
        throw new IllegalStateException("the text was wanted");
    }

    /** Looks at what the next event will need; see {@link dev.stoker.http.ResponseSink#fetch}. */
    default long fetch() {
        return 0;
    }
}
