package dev.stoker.sim.engine;

/**
 * How long Ollama keeps a model after its last request.
 *
 * @param given whether the request said anything
 * @param nanos nanoseconds; {@link Long#MAX_VALUE} for ever
 */
public record KeepAlive(boolean given, long nanos) {
    public static final KeepAlive UNSAID = new KeepAlive(false, 0);
    public static final KeepAlive FOREVER = new KeepAlive(true, Long.MAX_VALUE);

    /** Returns a keep-alive of so many seconds; negative means for ever, as in Ollama. */
    public static KeepAlive seconds(double seconds) {
        return seconds < 0 ? FOREVER : new KeepAlive(true, (long) (seconds * 1e9));
    }

    /** Returns the moment at which the model goes that was last used at this one. */
    long expiry(long now) {
        return nanos > Long.MAX_VALUE - Math.max(0, now) ? Long.MAX_VALUE : now + nanos;
    }

    public boolean unloads() {
        return given && nanos == 0;
    }
}
