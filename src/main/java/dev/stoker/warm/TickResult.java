package dev.stoker.warm;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * What a tiny measured request showed.
 *
 * @param ttftMillis to the first token; negative where none came
 * @param tokensPerSecond after the first one; empty where too few came
 * @param load how long the server had to load for it, by its own word; zero where it did not
 * @param failure why it failed, a sentence; empty where it did not
 * @param computed whether a token was computed: of a model for embeddings alone none is
 */
public record TickResult(
        double ttftMillis,
        OptionalDouble tokensPerSecond,
        Duration load,
        String failure,
        boolean computed) {

    /** Returns a request that failed. */
    public static TickResult failed(String sentence) {
        return new TickResult(-1, OptionalDouble.empty(), Duration.ZERO, sentence, false);
    }

    public boolean isGood() {
        return failure.isEmpty();
    }

    /**
     * A warm runner is obtained in a millisecond, in 20 by another name, and in some hundred on a
     * busy machine; the smallest model takes 0.7 s to load.
     */
    boolean hadToLoad() {
        return load.toMillis() >= 700;
    }
}
