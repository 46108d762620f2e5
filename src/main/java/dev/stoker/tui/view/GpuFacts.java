package dev.stoker.tui.view;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSensor;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuUnit;
import dev.stoker.gpu.MigInstance;
import dev.stoker.gpu.ThrottleReason;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All that is known of a GPU, in words. Pure. */
final class GpuFacts {
    private GpuFacts() {}

    static List<Fact> of(GpuSample gpu) {
        List<Fact> facts = new ArrayList<>();
        facts.add(Fact.of("name", gpu.device().name(), n -> n));
        gpu.trouble().ifPresent(t -> facts.add(Fact.of("trouble", t.text())));
        facts.add(slowed(gpu));
        for (GpuMetric metric : GpuMetric.values()) {
            if (gpu.values().containsKey(metric)) {
                facts.add(Fact.of(name(metric), gpu.value(metric), v -> text(metric.unit(), v)));
            }
        }
        for (GpuSensor sensor : gpu.sensors()) {
            facts.add(Fact.of(sensor.name(), sensor.value(), v -> text(sensor.unit(), v)));
        }
        for (Map.Entry<String, Reading<String>> fact : gpu.facts().entrySet()) {
            facts.add(Fact.of(fact.getKey(), fact.getValue(), v -> v));
        }
        for (MigInstance part : gpu.instances()) {
            facts.add(
                    Fact.of(
                            "instance " + part.index() + " " + part.name().orElse(""),
                            part.memoryUsed(),
                            used ->
                                    used.binary()
                                            + " of "
                                            + part.memoryTotal().map(Bytes::binary).orElse("?")));
        }
        facts.add(Fact.of("uuid", gpu.device().uuid(), u -> u));
        facts.add(Fact.of("bus", gpu.device().pciBusId(), u -> u));
        facts.add(Fact.of("driver", gpu.device().driver(), u -> u));
        if (!gpu.processes().isKnown()) {
            facts.add(Fact.of("processes", gpu.processes(), p -> ""));
        }
        return facts;
    }

    /** Says in words why its clock is low. */
    static Fact slowed(GpuSample gpu) {
        return Fact.of(
                "clock",
                gpu.throttleReasons(),
                reasons ->
                        reasons.isEmpty()
                                ? "nothing holds it down"
                                : String.join(
                                        "; ",
                                        reasons.stream()
                                                .sorted((a, b) -> b.effect().compareTo(a.effect()))
                                                .map(ThrottleReason::sentence)
                                                .toList()));
    }

    /** The most that one line can say. */
    static String line(GpuSample gpu) {
        String head = "GPU " + gpu.device().index() + ": ";
        if (gpu.trouble().isPresent()) {
            return head + gpu.trouble().map(GpuTrouble::text).orElse("");
        }
        Fact slowed = slowed(gpu);
        List<Fact> facts = of(gpu);
        String unknown =
                Fact.unknown(
                        facts.stream()
                                .filter(f -> !f.name().equals("clock") && !f.name().equals("name"))
                                .toList());
        return head
                + "clock: "
                + (slowed.isKnown() ? slowed.value() : slowed.reason())
                + (unknown.isEmpty() ? "" : ". Unknown: " + unknown);
    }

    private static String name(GpuMetric metric) {
        return metric.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String text(GpuUnit unit, double value) {
        return switch (unit) {
            case PERCENT -> Math.round(value) + " %";
            case BYTES -> Bytes.of(Math.round(value)).binary();
            case CELSIUS -> Math.round(value) + " °C";
            case WATTS -> Figures.three(value) + " W";
            case JOULES -> Math.round(value / 1000) + " kJ";
            case HERTZ -> Math.round(value / 1e6) + " MHz";
            case BYTES_PER_SECOND -> Bytes.of(Math.round(value)).decimal() + "/s";
            case REVOLUTIONS_PER_MINUTE -> Math.round(value) + " rpm";
            case COUNT, LEVEL -> Long.toString(Math.round(value));
        };
    }
}
