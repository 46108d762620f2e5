package dev.stoker.server.exposition;

import java.util.Map;
import java.util.Optional;

/**
 * One value of a page.
 *
 * @param name the sample's full name: {@code _bucket}, {@code _sum}, {@code _total} are part of it
 * @param labels names to values, unescaped
 * @param value may be NaN or infinite: a page may say so
 * @param timestamp what the page says about when it was measured, as it stands there: milliseconds
 *     in the Prometheus format, seconds in OpenMetrics
 */
public record Series(
        String name, Map<String, String> labels, double value, Optional<String> timestamp) {
    public Series {
        labels = Map.copyOf(labels);
    }

    /** Returns a label's value; empty text where there is no such label, which means the same. */
    public String label(String label) {
        return labels.getOrDefault(label, "");
    }
}
