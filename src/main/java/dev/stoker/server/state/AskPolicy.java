package dev.stoker.server.state;

import java.time.Duration;

/**
 * What may be asked of a server to learn its state. The defaults change nothing on any server.
 *
 * @param bound the longest that a sample of one server may take, in wall time; a server that does
 *     not answer costs it once
 * @param mayWake whether a llama-server may be asked for {@code /slots} (and for {@code /metrics},
 *     if that is allowed) also where that may wake its model or keep it awake
 * @param llamaMetrics whether a llama-server may be asked for {@code /metrics}: each scrape resets
 *     two of its gauges for everybody else who scrapes it
 */
public record AskPolicy(Duration bound, boolean mayWake, boolean llamaMetrics) {
    private static final Duration USUAL_BOUND = Duration.ofSeconds(2);

    public AskPolicy {
        if (bound.isNegative() || bound.isZero()) {
            throw new IllegalArgumentException("the bound must be positive, but is " + bound);
        }
    }

    /** Returns the policy that changes nothing, with a bound of two seconds. */
    public static AskPolicy harmless() {
        return new AskPolicy(USUAL_BOUND, false, false);
    }
}
