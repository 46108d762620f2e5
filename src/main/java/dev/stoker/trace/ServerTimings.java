package dev.stoker.trace;

import dev.stoker.base.Reading;

import java.time.Duration;

/**
 * What a server itself said about one request. Placeholders (a decode time of 1000 ns for one
 * token, a rate of 0.0) are never known readings: the dialects turn them into the reason why there
 * is no figure.
 *
 * @param total from the server's first look at the request to its end
 * @param load from there until a runner was obtained: queueing for a load, evicting, reading, or
 *     nothing
 * @param promptTokens all tokens of the prompt, cached ones included
 * @param cachedTokens those of them that were not computed again
 * @param promptTime time spent on the tokens that were not cached
 * @param outputTokens tokens generated, reasoning included
 * @param decodeTime from the end of the prompt to the last token; covers {@code outputTokens − 1}
 *     tokens
 */
public record ServerTimings(
        Reading<Duration> total,
        Reading<Duration> load,
        Reading<Long> promptTokens,
        Reading<Long> cachedTokens,
        Reading<Duration> promptTime,
        Reading<Long> outputTokens,
        Reading<Duration> decodeTime) {

    /** Returns timings of a server that said nothing. */
    public static ServerTimings none(String reason) {
        return new ServerTimings(
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason));
    }

    /** Returns these with the cached share replaced, for servers that only tell it in their log. */
    public ServerTimings withCachedTokens(Reading<Long> cached) {
        return new ServerTimings(
                total, load, promptTokens, cached, promptTime, outputTokens, decodeTime);
    }

    /**
     * Decode rate, tokens a second: (n−1)/decode time, as the first token comes from the prompt's
     * own pass.
     */
    public Reading<Double> decodeTokensPerSecond() {
        if (!(outputTokens instanceof Reading.Known<Long>(Long n))) {
            return Reading.unsupported(outputTokens.reason());
        }
        if (n < 2) {
            return Reading.unsupported("a rate needs at least two tokens");
        }
        return rate(n - 1, decodeTime);
    }

    /** Prompt rate, uncached tokens a second; unknown when the cached share is. */
    public Reading<Double> promptTokensPerSecond() {
        if (!(promptTokens instanceof Reading.Known<Long>(Long n))) {
            return Reading.unsupported(promptTokens.reason());
        }
        if (!(cachedTokens instanceof Reading.Known<Long>(Long cached))) {
            return Reading.unsupported(cachedTokens.reason());
        }
        if (n - cached < 1) {
            return Reading.unsupported("the whole prompt was cached");
        }
        return rate(n - cached, promptTime);
    }

    private static Reading<Double> rate(long tokens, Reading<Duration> time) {
        if (!(time instanceof Reading.Known<Duration>(Duration t))) {
            return Reading.unsupported(time.reason());
        }
        if (t.toNanos() <= 0) {
            return Reading.unsupported("the server gave no time");
        }
        return Reading.known(tokens * 1e9 / t.toNanos());
    }
}
