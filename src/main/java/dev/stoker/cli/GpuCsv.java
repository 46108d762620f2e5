package dev.stoker.cli;

import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.ThrottleReason;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** GPUs as CSV, one line each, with the names of the JSON; an unknown figure is an empty field. */
final class GpuCsv {
    private GpuCsv() {}

    static String header() {
        List<String> titles =
                new ArrayList<>(List.of("time", "index", "name", "uuid", "pci_bus_id"));
        for (GpuMetric metric : GpuMetric.values()) {
            titles.add(metric.jsonName());
        }
        titles.addAll(List.of("throttle_reasons", "processes", "trouble"));
        return String.join(",", titles);
    }

    static String line(GpuSample gpu) {
        List<String> f = new ArrayList<>();
        f.add(gpu.time().toString());
        f.add(Integer.toString(gpu.device().index()));
        f.add(gpu.device().name().orElse(""));
        f.add(gpu.device().uuid().orElse(""));
        f.add(gpu.device().pciBusId().orElse(""));
        for (GpuMetric metric : GpuMetric.values()) {
            f.add(number(gpu.value(metric).map(metric::jsonValue)));
        }
        f.add(
                String.join(
                        " ",
                        gpu.throttleReasons().orElse(Set.of()).stream()
                                .map(ThrottleReason::code)
                                .toList()));
        f.add(gpu.processes().map(list -> Integer.toString(list.size())).orElse(""));
        f.add(gpu.trouble().map(GpuTrouble::kind).map(GpuTrouble.Kind::code).orElse(""));
        return Csv.line(f);
    }

    private static String number(Reading<Double> reading) {
        if (!reading.isKnown()) {
            return "";
        }
        double v = reading.value();
        return v == Math.rint(v)
                ? Long.toString((long) v)
                : Double.toString(Math.round(v * 1000) / 1000.0);
    }
}
