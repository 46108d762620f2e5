package dev.stoker.suite.spread;

import java.util.Map;

/**
 * One answered test with what was measured beside it.
 *
 * @param task its name
 * @param iteration from 1
 * @param order its place among the requests of the model
 * @param rate output tokens a second of the whole time, above zero
 * @param outputTokens of all its turns
 * @param promptTokens of all its turns; 0 where they are not known
 * @param factors what is known of them
 */
public record Observation(
        String task,
        int iteration,
        int order,
        double rate,
        long outputTokens,
        long promptTokens,
        Map<Factor, Double> factors) {
    public Observation {
        factors = Map.copyOf(factors);
    }
}
