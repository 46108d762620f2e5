package dev.stoker.rules;

import dev.stoker.alert.Severity;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The marks of all rules, which rules are off, and which models should be in memory. What colours a
 * cell and what raises an alert is the same. Immutable.
 *
 * @param off rules that are switched off
 * @param marks each mark, in its unit
 * @param resident names of models that should be in memory at all times
 */
public record Thresholds(Set<Rule> off, Map<Mark, Double> marks, List<String> resident) {
    private static final Thresholds USUAL = new Thresholds(Set.of(), Map.of(), List.of());

    public Thresholds {
        Set<Rule> copy = EnumSet.noneOf(Rule.class);
        copy.addAll(off);
        off = Collections.unmodifiableSet(copy);
        Map<Mark, Double> all = new EnumMap<>(Mark.class);
        for (Mark mark : Mark.values()) {
            all.put(mark, mark.usual());
        }
        all.putAll(marks);
        marks = Collections.unmodifiableMap(all);
        resident = List.copyOf(resident);
    }

    /** Returns the marks that hold where nobody says otherwise. */
    public static Thresholds usual() {
        return USUAL;
    }

    /** Returns a mark, in its unit. */
    public double at(Mark mark) {
        return marks.getOrDefault(mark, mark.usual());
    }

    /** Returns a mark that is a time. */
    public Duration time(Mark mark) {
        return Duration.ofNanos(Math.round(at(mark) * 1e9));
    }

    public boolean isOn(Rule rule) {
        return !off.contains(rule);
    }

    /** Returns these with one mark changed. */
    public Thresholds with(Mark mark, double value) {
        Map<Mark, Double> changed = new EnumMap<>(marks);
        changed.put(mark, value);
        return new Thresholds(off, changed, resident);
    }

    /** Returns these with a rule switched off. */
    public Thresholds without(Rule rule) {
        Set<Rule> fewer = EnumSet.of(rule);
        fewer.addAll(off);
        return new Thresholds(fewer, marks, resident);
    }

    /** Returns these with other models that should be in memory. */
    public Thresholds withResident(List<String> models) {
        return new Thresholds(off, marks, models);
    }

    /** Returns how much it matters that so much of a GPU's memory is used; for a cell's colour. */
    public Optional<Severity> ofGpuMemory(double share) {
        return isOn(Rule.GPU_MEMORY_HIGH)
                ? step(share, at(Mark.GPU_MEMORY_WARNING), at(Mark.GPU_MEMORY_CRITICAL))
                : Optional.empty();
    }

    /** Returns how much it matters that so much of the host's memory is used. */
    public Optional<Severity> ofHostMemory(double share) {
        return isOn(Rule.HOST_MEMORY_HIGH)
                ? step(share, at(Mark.HOST_MEMORY_WARNING), at(Mark.HOST_MEMORY_CRITICAL))
                : Optional.empty();
    }

    /** Returns how much a GPU's temperature matters, if it is known. */
    public Optional<Severity> ofTemperature(GpuSample gpu) {
        return isOn(Rule.GPU_TEMPERATURE_HIGH) && gpu.value(GpuMetric.TEMPERATURE).isKnown()
                ? step(gpu.value(GpuMetric.TEMPERATURE).value(), warm(gpu), hot(gpu))
                : Optional.empty();
    }

    /** Returns the temperature of that GPU from which on a warning comes. */
    double warm(GpuSample gpu) {
        double room = at(Mark.TEMPERATURE_ROOM);
        return Math.min(
                at(Mark.TEMPERATURE_WARNING),
                gpu.value(GpuMetric.SLOWDOWN_TEMPERATURE).map(t -> t - room).orElse(1e9));
    }

    /** Returns the temperature from which on that GPU slows itself down, as far as is known. */
    double hot(GpuSample gpu) {
        return gpu.value(GpuMetric.SLOWDOWN_TEMPERATURE).orElse(at(Mark.TEMPERATURE_CRITICAL));
    }

    private static Optional<Severity> step(double value, double warning, double critical) {
        return value >= critical
                ? Optional.of(Severity.CRITICAL)
                : value >= warning ? Optional.of(Severity.WARNING) : Optional.empty();
    }
}
