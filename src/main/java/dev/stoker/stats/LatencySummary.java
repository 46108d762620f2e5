package dev.stoker.stats;

import java.util.OptionalDouble;

/**
 * The distribution of one figure over many requests or gaps. A percentile is there only where it
 * stands on enough measurements: p90 from 64, p95 from 130, p99 from 662 (about six and a half
 * measurements lie beyond each, as the MLPerf load generator asks for; see the bounds in {@link
 * LatencyDigest}).
 *
 * @param n how many measurements
 * @param mean arithmetic mean; empty for none
 * @param sd sample standard deviation; empty for fewer than two
 * @param min the smallest; empty for none
 * @param p50 the median; empty for none
 * @param p90 empty below 64
 * @param p95 empty below 130
 * @param p99 empty below 662
 * @param max the largest; empty for none
 */
public record LatencySummary(
        long n,
        OptionalDouble mean,
        OptionalDouble sd,
        OptionalDouble min,
        OptionalDouble p50,
        OptionalDouble p90,
        OptionalDouble p95,
        OptionalDouble p99,
        OptionalDouble max) {

    /** Returns the summary of nothing. */
    public static LatencySummary none() {
        return new LatencyDigest().summary();
    }
}
