package dev.stoker.sim.engine;

/**
 * What an answer took, in simulated time.
 *
 * @param promptTokens of the prompt, cached ones included
 * @param cachedTokens those of them that were not computed
 * @param promptNanos for the others
 * @param tokens generated
 * @param decodeNanos from the end of the prompt to the last token
 * @param waitNanos for a free slot
 * @param byLength whether the limit ended it
 */
public record Result(
        long promptTokens,
        long cachedTokens,
        long promptNanos,
        int tokens,
        long decodeNanos,
        long waitNanos,
        boolean byLength) {}
