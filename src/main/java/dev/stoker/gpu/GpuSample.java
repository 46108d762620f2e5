package dev.stoker.gpu;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one GPU told at one moment. Immutable.
 *
 * @param device which GPU
 * @param time when, for labels
 * @param nanos when, on the collector's monotonic clock, for rates
 * @param values what is known, and of the rest why it is not; a metric that is missing here was not
 *     asked for by the source
 * @param throttleReasons why the clock is lower than it could be; empty: it is not
 * @param processes who uses it
 * @param instances its MIG instances; empty where it is not split
 * @param sensors further figures of this board, each under the maker's own name: rails, thermal
 *     zones
 * @param facts further words about this board, by a short name: its power mode, its release
 * @param trouble why it could not be read as it should
 */
public record GpuSample(
        GpuDevice device,
        Instant time,
        long nanos,
        Map<GpuMetric, Reading<Double>> values,
        Reading<Set<ThrottleReason>> throttleReasons,
        Reading<List<GpuProcess>> processes,
        List<MigInstance> instances,
        List<GpuSensor> sensors,
        Map<String, Reading<String>> facts,
        Optional<GpuTrouble> trouble) {

    private static final Reading<Double> NOT_TOLD =
            Reading.unsupported("the source of this GPU does not tell it");

    public GpuSample {
        Map<GpuMetric, Reading<Double>> copy = new EnumMap<>(GpuMetric.class);
        copy.putAll(values);
        values = Collections.unmodifiableMap(copy);
        throttleReasons =
                throttleReasons.map(set ->
                        set.isEmpty()
                                ? Set.of()
                                : Collections.unmodifiableSet(EnumSet.copyOf(set)));
        processes = processes.map(List::copyOf);
        instances = List.copyOf(instances);
        sensors = List.copyOf(sensors);
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /** Returns a figure in its metric's unit, or why there is none. */
    public Reading<Double> value(GpuMetric metric) {
        return values.getOrDefault(metric, NOT_TOLD);
    }

    /** Returns a figure whose unit is bytes. */
    public Reading<Bytes> bytes(GpuMetric metric) {
        if (metric.unit() != GpuUnit.BYTES) {
            throw new IllegalArgumentException(metric + " is not in bytes");
        }
        return value(metric).map(v -> Bytes.of(Math.round(v)));
    }

    /** Returns whether a known reason slows the work on this GPU. */
    public boolean isSlowed() {
        return throttleReasons.orElse(Set.of()).stream().anyMatch(ThrottleReason::slowsDown);
    }

    /** Returns this sample under another number. */
    public GpuSample withIndex(int index) {
        return device.index() == index
                ? this
                : new GpuSample(
                        device.withIndex(index),
                        time,
                        nanos,
                        values,
                        throttleReasons,
                        processes,
                        instances,
                        sensors,
                        facts,
                        trouble);
    }

    /** Begins a sample of a GPU. */
    public static Builder of(GpuDevice device, Instant time, long nanos) {
        return new Builder(device, time, nanos);
    }

    /** Begins a sample with all that this one says, to be changed. */
    public Builder toBuilder(GpuDevice newDevice) {
        Builder builder = new Builder(newDevice, time, nanos);
        builder.values.putAll(values);
        builder.throttleReasons = throttleReasons;
        builder.processes = processes;
        builder.instances = instances;
        builder.sensors.addAll(sensors);
        builder.facts.putAll(facts);
        builder.trouble = trouble;
        return builder;
    }

    /** Gathers a sample. Used by one thread. */
    public static final class Builder {
        private final GpuDevice device;
        private final Instant time;
        private final long nanos;
        private final Map<GpuMetric, Reading<Double>> values = new EnumMap<>(GpuMetric.class);
        private Reading<Set<ThrottleReason>> throttleReasons =
                Reading.unsupported("the source of this GPU does not tell why its clock is low");
        private Reading<List<GpuProcess>> processes =
                Reading.unsupported("the source of this GPU does not tell its processes");
        private List<MigInstance> instances = List.of();
        private final List<GpuSensor> sensors = new ArrayList<>();
        private final Map<String, Reading<String>> facts = new LinkedHashMap<>();
        private Optional<GpuTrouble> trouble = Optional.empty();

        private Builder(GpuDevice device, Instant time, long nanos) {
            this.device = device;
            this.time = time;
            this.nanos = nanos;
        }

        /** Sets a figure in its metric's unit. */
        public Builder put(GpuMetric metric, double value) {
            return put(metric, Reading.known(value));
        }

        /** Returns whether a figure is known so far. */
        public boolean has(GpuMetric metric) {
            return values.containsKey(metric) && values.get(metric).isKnown();
        }

        public Builder put(GpuMetric metric, Reading<Double> reading) {
            values.put(metric, reading);
            return this;
        }

        /**
         * Sets all that can be known to the reason why it is not: for a GPU that does not answer.
         */
        public Builder nothing(String reason) {
            for (GpuMetric metric : GpuMetric.values()) {
                values.put(metric, Reading.failed(reason));
            }
            throttleReasons = Reading.failed(reason);
            processes = Reading.failed(reason);
            return this;
        }

        public Builder throttleReasons(Reading<Set<ThrottleReason>> reasons) {
            throttleReasons = reasons;
            return this;
        }

        public Builder processes(Reading<List<GpuProcess>> reading) {
            processes = reading;
            return this;
        }

        public Builder instances(List<MigInstance> parts) {
            instances = parts;
            return this;
        }

        /** Adds a figure that only this board has. */
        public Builder sensor(String name, GpuUnit unit, Reading<Double> value) {
            sensors.add(new GpuSensor(name, unit, value));
            return this;
        }

        /** Sets a word about this board. */
        public Builder fact(String name, Reading<String> value) {
            facts.put(name, value);
            return this;
        }

        public Builder trouble(GpuTrouble found) {
            trouble = Optional.of(found);
            return this;
        }

        public GpuSample build() {
            return new GpuSample(
                    device,
                    time,
                    nanos,
                    values,
                    throttleReasons,
                    processes,
                    instances,
                    sensors,
                    facts,
                    trouble);
        }
    }
}
