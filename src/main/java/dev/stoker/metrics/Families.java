package dev.stoker.metrics;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Gathers series by their metric. What is unknown is not put, and so its series is absent. Of two
 * series with the same labels the first counts: a page with both would be refused as a whole. Used
 * by one thread.
 */
final class Families {
    /**
     * Names are checked when these are made: once, and not for each page. They are all from here.
     */
    private static final Map<String, MetricMetadata> METADATA = new ConcurrentHashMap<>();

    private final Map<String, Family> families = new LinkedHashMap<>();

    private enum Type {
        GAUGE,
        COUNTER,
        INFO,
        UNTYPED
    }

    private record Family(Type type, String help, Map<Labels, Double> series) {}

    void gauge(String name, String help, Labels labels, double value) {
        put(Type.GAUGE, name, help, labels, value);
    }

    void gauge(String name, String help, Labels labels, Reading<? extends Number> value) {
        if (value.isKnown()) {
            put(Type.GAUGE, name, help, labels, value.value().doubleValue());
        }
    }

    void bytes(String name, String help, Labels labels, Reading<Bytes> value) {
        if (value.isKnown()) {
            put(Type.GAUGE, name, help, labels, (double) value.value().count());
        }
    }

    void flag(String name, String help, Labels labels, boolean value) {
        put(Type.GAUGE, name, help, labels, value ? 1 : 0);
    }

    /**
     * Puts a counter; its series' name gets {@code _total} at its end. What is below zero counts
     * nothing, whatever a driver says.
     */
    void counter(String name, String help, Labels labels, double value) {
        if (value >= 0) {
            put(Type.COUNTER, name, help, labels, value);
        }
    }

    /** Puts words about a thing, with the value 1; the series' name gets {@code _info}. */
    void info(String name, String help, Labels labels) {
        put(Type.INFO, name, help, labels, 1);
    }

    /** Puts a series under a name that others have chosen. */
    void untyped(String name, String help, Labels labels, double value) {
        put(Type.UNTYPED, name, help, labels, value);
    }

    private void put(Type type, String name, String help, Labels labels, double value) {
        if (Double.isFinite(value)) {
            families.computeIfAbsent(name, _ -> new Family(type, help, new LinkedHashMap<>()))
                    .series()
                    .putIfAbsent(labels, value);
        }
    }

    MetricSnapshots snapshots() {
        List<MetricSnapshot> all = new ArrayList<>(families.size());
        families.forEach((name, family) -> all.add(snapshot(name, family)));
        return new MetricSnapshots(all);
    }

    private static MetricSnapshot snapshot(String name, Family family) {
        MetricMetadata metadata =
                METADATA.computeIfAbsent(name, _ -> new MetricMetadata(name, family.help()));
        return switch (family.type()) {
            case GAUGE -> {
                List<GaugeDataPointSnapshot> points = new ArrayList<>(family.series().size());
                family.series()
                        .forEach((labels, value) ->
                                points.add(new GaugeDataPointSnapshot(value, labels, null)));
                yield new GaugeSnapshot(metadata, points);
            }
            case COUNTER -> {
                List<CounterDataPointSnapshot> points = new ArrayList<>(family.series().size());
                family.series()
                        .forEach((labels, value) ->
                                points.add(new CounterDataPointSnapshot(value, labels, null, 0)));
                yield new CounterSnapshot(metadata, points);
            }
            case INFO -> {
                List<InfoDataPointSnapshot> points = new ArrayList<>(family.series().size());
                family.series()
                        .keySet()
                        .forEach(labels -> points.add(new InfoDataPointSnapshot(labels)));
                yield new InfoSnapshot(metadata, points);
            }
            case UNTYPED -> {
                List<UnknownDataPointSnapshot> points = new ArrayList<>(family.series().size());
                family.series()
                        .forEach((labels, value) ->
                                points.add(new UnknownDataPointSnapshot(value, labels, null)));
                yield new UnknownSnapshot(metadata, points);
            }
        };
    }
}
