package dev.stoker.gpu;

import dev.stoker.base.Reading;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts together what several sources tell of one GPU, which is known by its place on the PCI bus.
 * What the earlier source knows counts; the later one fills the gaps. Pure.
 */
final class SamePlace {
    private static final Pattern PLACE =
            Pattern.compile("([0-9a-f]{1,8}):([0-9a-f]{2}):([0-9a-f]{2})\\.([0-9a-f])");

    private SamePlace() {}

    /** Returns the samples with those of one place made one, in their order. */
    static List<GpuSample> merge(List<GpuSample> samples) {
        List<GpuSample> merged = new ArrayList<>();
        Map<String, Integer> places = new HashMap<>();
        for (GpuSample sample : samples) {
            Optional<String> place = place(sample.device().pciBusId());
            Integer same = place.map(places::get).orElse(null);
            if (same == null) {
                place.ifPresent(p -> places.put(p, merged.size()));
                merged.add(sample);
            } else {
                merged.set(same, merge(merged.get(same), sample));
            }
        }
        return merged;
    }

    /**
     * Some drivers write eight digits of the domain and capitals, others four and small letters.
     */
    static Optional<String> place(Reading<String> busId) {
        Matcher m = PLACE.matcher(busId.orElse("").toLowerCase(Locale.ROOT));
        return m.matches() && !m.group(2).concat(m.group(3)).equals("0000")
                ? Optional.of(
                        Long.parseLong(m.group(1), 16)
                                + ":"
                                + m.group(2)
                                + ":"
                                + m.group(3)
                                + "."
                                + m.group(4))
                : Optional.empty();
    }

    private static GpuSample merge(GpuSample first, GpuSample second) {
        GpuSample.Builder all = first.toBuilder(first.device());
        for (GpuMetric metric : GpuMetric.values()) {
            if (!first.value(metric).isKnown() && second.value(metric).isKnown()) {
                all.put(metric, second.value(metric));
            }
        }
        if (!first.throttleReasons().isKnown() && second.throttleReasons().isKnown()) {
            all.throttleReasons(second.throttleReasons());
        }
        if (!first.processes().isKnown() && second.processes().isKnown()) {
            all.processes(second.processes());
        }
        second.sensors().forEach(s -> all.sensor(s.name(), s.unit(), s.value()));
        second.facts()
                .forEach((name, fact) -> {
                    if (!first.facts().containsKey(name)) {
                        all.fact(name, fact);
                    }
                });
        return all.build();
    }
}
