package dev.stoker.server.state;

import dev.stoker.base.Reading;

import java.time.Duration;
import java.util.Map;

/**
 * What happened in an interval, a second.
 *
 * @param generatedTokens tokens generated
 * @param promptTokens tokens of prompts a second, cached ones included
 * @param finishedRequests requests a second
 * @param preemptions a second
 * @param meanTtft mean time to first token of the requests that got it in the interval, as the
 *     server sees it
 * @param meanItl mean gap between tokens in the interval, as the server sees it
 * @param prefixHitRate the share of prompt tokens looked for that were in the cache, 0 to 1
 * @param draftAcceptance the share of drafted tokens that were taken, 0 to 1
 */
public record Rates(
        Reading<Pace> generatedTokens,
        Reading<Double> promptTokens,
        Reading<Double> finishedRequests,
        Reading<Double> preemptions,
        Reading<Duration> meanTtft,
        Reading<Duration> meanItl,
        Reading<Double> prefixHitRate,
        Reading<Double> draftAcceptance) {

    /** Returns rates that are not known, and why. */
    public static Rates unknown(String reason) {
        return new Rates(
                Reading.failed(reason),
                Reading.failed(reason),
                Reading.failed(reason),
                Reading.failed(reason),
                Reading.failed(reason),
                Reading.failed(reason),
                Reading.failed(reason),
                Reading.failed(reason));
    }

    static Rates of(Map<Counter, Reading<Double>> steps, Reading<Pace> generated, double seconds) {
        return new Rates(
                generated,
                step(steps, Counter.PROMPT_TOKENS).map(n -> n / seconds),
                step(steps, Counter.FINISHED_REQUESTS).map(n -> n / seconds),
                step(steps, Counter.PREEMPTIONS).map(n -> n / seconds),
                mean(
                        steps,
                        Counter.TTFT_SECONDS,
                        Counter.TTFT_COUNT,
                        "no request got its first token in this interval"),
                mean(
                        steps,
                        Counter.ITL_SECONDS,
                        Counter.ITL_COUNT,
                        "no second token came in this interval"),
                share(
                        steps,
                        Counter.PREFIX_CACHE_HITS,
                        Counter.PREFIX_CACHE_QUERIES,
                        "no prompt was looked for in the cache in this interval"),
                share(
                        steps,
                        Counter.ACCEPTED_TOKENS,
                        Counter.DRAFTED_TOKENS,
                        "no tokens were drafted in this interval"));
    }

    private static Reading<Double> step(Map<Counter, Reading<Double>> steps, Counter counter) {
        return steps.getOrDefault(counter, Reading.unsupported("the server does not count it"));
    }

    private static Reading<Duration> mean(
            Map<Counter, Reading<Double>> steps, Counter sum, Counter count, String ifNone) {
        return ratio(step(steps, sum), step(steps, count), ifNone)
                .map(seconds -> Duration.ofNanos(Math.round(Math.min(seconds, 1e9) * 1e9)));
    }

    private static Reading<Double> share(
            Map<Counter, Reading<Double>> steps, Counter part, Counter whole, String ifNone) {
        Reading<Double> ratio = ratio(step(steps, part), step(steps, whole), ifNone);
        return ratio.isKnown() && ratio.value() > 1
                ? Reading.failed("the server's counters do not fit together in this interval")
                : ratio;
    }

    private static Reading<Double> ratio(
            Reading<Double> part, Reading<Double> whole, String ifNone) {
        if (!part.isKnown() || !whole.isKnown()) {
            return part.isKnown() ? whole : part;
        }
        return whole.value() > 0
                ? Reading.known(part.value() / whole.value())
                : Reading.failed(ifNone);
    }
}
