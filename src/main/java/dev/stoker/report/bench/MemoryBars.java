package dev.stoker.report.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.bench.MemoryMark;
import dev.stoker.bench.ModelResult;
import dev.stoker.report.draw.Axis;
import dev.stoker.report.draw.Figure;
import dev.stoker.report.draw.SvgChart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Memory before, loaded, at the peak and after, as bars. Pure. */
final class MemoryBars {
    private static final String HEADING = "Memory";
    private static final double FROM = 62;
    private static final int ROW = 18;

    private MemoryBars() {}

    static String of(ModelResult.Memory memory) {
        Map<String, Reading<MemoryMark>> phases = new LinkedHashMap<>();
        phases.put("before", memory.before());
        phases.put("loaded", memory.loaded());
        phases.put("peak", memory.peak());
        phases.put("after", memory.after());
        int group = phases.size() * ROW + 24;
        SvgChart chart = new SvgChart(2 * group);
        List<String> reasons = new ArrayList<>();
        group(
                chart,
                0,
                "held by the server's processes, GiB",
                values(phases, MemoryMark::serverResident),
                reasons);
        group(
                chart,
                group,
                "available on the host, GiB (least at the peak)",
                values(phases, MemoryMark::hostAvailable),
                reasons);
        String unknown =
                reasons.isEmpty()
                        ? ""
                        : " Unknown: " + String.join("; ", reasons.stream().distinct().toList());
        return chart.figure(HEADING, "At each phase of the model's turn." + unknown);
    }

    private static Map<String, Reading<Bytes>> values(
            Map<String, Reading<MemoryMark>> phases, Function<MemoryMark, Reading<Bytes>> part) {
        Map<String, Reading<Bytes>> values = new LinkedHashMap<>();
        phases.forEach((name, mark) ->
                values.put(
                        name,
                        mark instanceof Reading.Known<MemoryMark>(MemoryMark m)
                                ? part.apply(m)
                                : Reading.unsupported(mark.reason())));
        return values;
    }

    private static void group(
            SvgChart chart,
            double top,
            String title,
            Map<String, Reading<Bytes>> values,
            List<String> reasons) {
        chart.text("label", 0, top + 12, title);
        Optional<Double> most =
                values.values().stream()
                        .filter(Reading::isKnown)
                        .map(r -> r.value().toGib())
                        .max(Double::compare);
        Axis x = new Axis(0, Math.max(most.orElse(1.0), 1e-6), FROM, SvgChart.WIDTH - 52.0, false);
        double y = top + 18;
        for (Map.Entry<String, Reading<Bytes>> e : values.entrySet()) {
            chart.textBefore("tick", FROM - 6, y + 12, e.getKey());
            if (e.getValue() instanceof Reading.Known<Bytes>(Bytes b)) {
                double end = x.at(b.toGib());
                String css = e.getKey().equals("peak") ? "bar peak" : "bar";
                chart.rect(css, FROM, y + 2, Math.max(1, end - FROM), ROW - 5.0);
                chart.text("tick", end + 5, y + 12, Figure.text(b.toGib()));
            } else {
                chart.text("tick", FROM, y + 12, Figure.UNKNOWN);
                reasons.add(e.getValue().reason());
            }
            y += ROW;
        }
    }
}
