package dev.stoker.server.exposition;

import java.util.Locale;

/** What a metric is, as its {@code # TYPE} line says. */
public enum MetricType {
    COUNTER,
    GAUGE,
    HISTOGRAM,
    GAUGE_HISTOGRAM,
    SUMMARY,
    INFO,
    STATE_SET,
    /** No type was given, or one that nobody knows. */
    UNKNOWN;

    static MetricType of(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "counter" -> COUNTER;
            case "gauge" -> GAUGE;
            case "histogram" -> HISTOGRAM;
            case "gaugehistogram" -> GAUGE_HISTOGRAM;
            case "summary" -> SUMMARY;
            case "info" -> INFO;
            case "stateset" -> STATE_SET;
            default -> UNKNOWN;
        };
    }
}
