package dev.stoker.cli;

import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.ThrottleReason;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One short line a GPU and sample, as {@code nvidia-smi dmon} scrolls them; the titles come again
 * every 20 lines. Used by one thread.
 */
final class GpuScroll {
    private static final int TITLES_EVERY = 20;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private int sinceTitles = TITLES_EVERY;

    List<String> lines(List<GpuSample> gpus) {
        List<String> lines = new ArrayList<>();
        for (GpuSample gpu : gpus) {
            if (sinceTitles >= TITLES_EVERY) {
                lines.add(
                        "#     time  gpu   pwr  temp    sm   mem   enc   dec      fb  mclk  pclk "
                                + " slowed by");
                lines.add(
                        "#             #     W    °C     %     %     %     %     MiB   MHz   MHz");
                sinceTitles = 0;
            }
            lines.add(line(gpu));
            sinceTitles++;
        }
        return lines;
    }

    private static String line(GpuSample gpu) {
        String why =
                gpu.trouble()
                        .filter(GpuTrouble::isFault)
                        .map(t -> t.kind().code())
                        .orElseGet(() ->
                                gpu.throttleReasons().isKnown()
                                        ? String.join(
                                                ",",
                                                gpu.throttleReasons().orElse(Set.of()).stream()
                                                        .map(ThrottleReason::code)
                                                        .toList())
                                        : "-");
        return String.format(
                        Locale.ROOT,
                        "  %8s %4d %5s %5s %5s %5s %5s %5s %7s %5s %5s  %s",
                        TIME.format(gpu.time().atZone(ZoneId.systemDefault())),
                        gpu.device().index(),
                        whole(gpu, GpuMetric.POWER, 1),
                        whole(gpu, GpuMetric.TEMPERATURE, 1),
                        whole(gpu, GpuMetric.UTILISATION, 1),
                        whole(gpu, GpuMetric.MEMORY_UTILISATION, 1),
                        whole(gpu, GpuMetric.ENCODER_UTILISATION, 1),
                        whole(gpu, GpuMetric.DECODER_UTILISATION, 1),
                        whole(gpu, GpuMetric.MEMORY_USED, 1 << 20),
                        whole(gpu, GpuMetric.MEMORY_CLOCK, 1e6),
                        whole(gpu, GpuMetric.CLOCK, 1e6),
                        why)
                .stripTrailing();
    }

    private static String whole(GpuSample gpu, GpuMetric metric, double unit) {
        Reading<Double> value = gpu.value(metric);
        return value.isKnown() ? Long.toString(Math.round(value.value() / unit)) : "-";
    }
}
