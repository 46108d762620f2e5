package dev.stoker.rules;

import dev.stoker.alert.Severity;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the counters of broken memory and links call for. Stateless. */
final class GpuHealth {
    private GpuHealth() {}

    static void look(GpuSample gpu, List<Finding> found) {
        count(
                gpu,
                GpuMetric.ECC_UNCORRECTED,
                "%d uncorrected memory errors since the driver was loaded: results may be wrong.",
                "Stop what uses it and reset it.",
                found);
        count(
                gpu,
                GpuMetric.ROW_REMAP_PENDING,
                "faulty memory rows wait to be replaced, which the next reset of the GPU does.",
                "Reset it when nothing uses it.",
                found);
        count(
                gpu,
                GpuMetric.ROW_REMAP_FAILED,
                "a faulty memory row could not be replaced.",
                "The board is to be exchanged.",
                found);
        Reading<Double> total = gpu.value(GpuMetric.NVLINK_TOTAL);
        Reading<Double> active = gpu.value(GpuMetric.NVLINK_ACTIVE);
        if (total.isKnown() && active.isKnown() && active.value() < total.value()) {
            found.add(
                    Finding.ofGpu(
                            Rule.GPU_LINK_DOWN,
                            Severity.WARNING,
                            gpu,
                            Math.round(total.value() - active.value())
                                    + " of "
                                    + Math.round(total.value())
                                    + " NVLinks are down.",
                            ""));
        }
    }

    private static void count(
            GpuSample gpu, GpuMetric metric, String form, String next, List<Finding> found) {
        double value = gpu.value(metric).orElse(0.0);
        if (value > 0) {
            Map<String, String> labels = new TreeMap<>(Finding.labels(gpu));
            labels.put("fault", metric.jsonName());
            found.add(
                    new Finding(
                            Rule.GPU_MEMORY_FAULTY,
                            metric == GpuMetric.ROW_REMAP_PENDING
                                    ? Severity.WARNING
                                    : Severity.CRITICAL,
                            labels,
                            Finding.subject(gpu),
                            form.replace("%d", Long.toString(Math.round(value))),
                            next));
        }
    }
}
