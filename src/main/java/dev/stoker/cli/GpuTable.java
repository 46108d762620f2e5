package dev.stoker.cli;

import dev.stoker.alert.Severity;
import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.cli.Terminal.Colour;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.MigInstance;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.host.HostMemory;
import dev.stoker.rules.Thresholds;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleFunction;

/**
 * The table of GPUs, one line each; columns that matter least are left out where the terminal is
 * narrow. Made for one terminal; used by one thread.
 */
final class GpuTable {
    private static final int WIDE = 120;

    /** Boards of one make differ at the beginning or a little behind it; JSON has all of it. */
    private static final int LONGEST_NAME = 22;

    private static final int LONGEST_NAME_WIDE = 32;
    private static final int VERY_WIDE = 160;
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉█";

    private final Terminal terminal;
    private final Thresholds marks;

    /**
     * @param marks by which cells are coloured
     */
    GpuTable(Terminal terminal, Thresholds marks) {
        this.terminal = terminal;
        this.marks = marks;
    }

    List<String> lines(List<GpuSample> shown, HostMemory host) {
        boolean wide = terminal.columns() >= WIDE;
        Table table =
                new Table()
                        .left("GPU", 0)
                        .right("util", 0)
                        .right("mem GiB", 0)
                        .left("", 6)
                        .right("°C", 0)
                        .right("W", 0)
                        .right("MHz", 1)
                        .right("fan", 7)
                        .right("state", 8)
                        .right("mem MHz", 10)
                        .right("PCIe", 11)
                        .right("NVLink", 12)
                        .right("ECC", 13)
                        .left("slowed by", 0);
        boolean fans = shown.stream().anyMatch(gpu -> gpu.value(GpuMetric.FAN).isKnown());
        for (GpuSample gpu : shown) {
            if (gpu.trouble().map(GpuTrouble::kind).orElse(GpuTrouble.Kind.FAILED)
                    == GpuTrouble.Kind.LOST) {
                table.row(title(gpu), "lost", "", "", "", "", "", "", "", "", "", "", "", "");
                continue;
            }
            table.row(
                    title(gpu),
                    percent(gpu.value(GpuMetric.UTILISATION)),
                    memory(gpu, host),
                    bar(gpu, host, wide ? 16 : 8),
                    temperature(gpu),
                    power(gpu),
                    clock(gpu, wide),
                    fans ? percent(gpu.value(GpuMetric.FAN)) : "",
                    state(gpu.value(GpuMetric.PERFORMANCE_STATE)),
                    megahertz(gpu.value(GpuMetric.MEMORY_CLOCK)),
                    pcie(gpu),
                    links(gpu),
                    ecc(gpu),
                    slowedBy(gpu, wide));
            for (MigInstance part : gpu.instances()) {
                table.row(
                        "  " + part.index() + ": " + part.name().orElse("instance"),
                        "",
                        used(part.memoryUsed(), part.memoryTotal()),
                        bar(
                                part.memoryUsed(),
                                part.memoryTotal(),
                                wide ? 16 : 8,
                                marks::ofGpuMemory),
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "");
            }
        }
        return table.lines(terminal.columns());
    }

    String title(GpuSample gpu) {
        String name = gpu.device().name().orElse("GPU");
        String bare = name.startsWith("NVIDIA ") && name.length() > 7 ? name.substring(7) : name;
        int columns = terminal.columns();
        int longest =
                columns >= VERY_WIDE
                        ? 2 * LONGEST_NAME_WIDE
                        : columns >= WIDE ? LONGEST_NAME_WIDE : LONGEST_NAME;
        return gpu.device().index() + " " + cut(bare, longest);
    }

    static String cut(String text, int longest) {
        return text.codePointCount(0, text.length()) <= longest
                ? text
                : text.substring(0, text.offsetByCodePoints(0, longest - 1)) + "…";
    }

    static String percent(Reading<Double> reading) {
        return reading.isKnown() ? Math.round(reading.value()) + "%" : Numbers.UNKNOWN;
    }

    private static String state(Reading<Double> reading) {
        return reading.isKnown() ? "P" + Math.round(reading.value()) : "";
    }

    static String megahertz(Reading<Double> reading) {
        return reading.isKnown() ? Long.toString(Math.round(reading.value() / 1e6)) : "";
    }

    /** A GPU without memory of its own uses the host's; files that can be dropped are not used. */
    private static Reading<Bytes> usedMemory(GpuSample gpu, HostMemory host) {
        Reading<Bytes> own = gpu.bytes(GpuMetric.MEMORY_USED);
        if (own.isKnown() || !gpu.device().unifiedMemory()) {
            return own;
        }
        return host.total().isKnown() && host.available().isKnown()
                ? Reading.known(host.total().value().minus(host.available().value()))
                : own;
    }

    private static Reading<Bytes> totalMemory(GpuSample gpu, HostMemory host) {
        Reading<Bytes> own = gpu.bytes(GpuMetric.MEMORY_TOTAL);
        return own.isKnown() || !gpu.device().unifiedMemory() ? own : host.total();
    }

    private static String memory(GpuSample gpu, HostMemory host) {
        return used(usedMemory(gpu, host), totalMemory(gpu, host));
    }

    private static String used(Reading<Bytes> used, Reading<Bytes> total) {
        return used.isKnown() || total.isKnown()
                ? Numbers.gib(used) + "/" + Numbers.gib(total)
                : Numbers.UNKNOWN;
    }

    private String bar(GpuSample gpu, HostMemory host, int width) {
        boolean unified = gpu.device().unifiedMemory();
        return bar(
                usedMemory(gpu, host),
                totalMemory(gpu, host),
                width,
                unified ? marks::ofHostMemory : marks::ofGpuMemory);
    }

    private String bar(
            Reading<Bytes> used,
            Reading<Bytes> total,
            int width,
            DoubleFunction<Optional<Severity>> severity) {
        if (!used.isKnown() || !total.isKnown() || total.value().count() <= 0) {
            return "";
        }
        double share = Math.clamp(used.value().count() / (double) total.value().count(), 0, 1);
        int eighths = (int) Math.round(share * width * 8);
        StringBuilder b = new StringBuilder("█".repeat(eighths / 8));
        if (eighths % 8 > 0) {
            b.append(EIGHTHS.charAt(eighths % 8));
        }
        String rest = "·".repeat(width - b.length());
        Colour colour = severity.apply(share).map(Alerts::colour).orElse(Colour.GOOD);
        return terminal.paint(colour, b.toString()) + terminal.paint(Colour.FAINT, rest);
    }

    private String temperature(GpuSample gpu) {
        Reading<Double> now = gpu.value(GpuMetric.TEMPERATURE);
        if (!now.isKnown()) {
            return Numbers.UNKNOWN;
        }
        String text = Long.toString(Math.round(now.value()));
        return marks.ofTemperature(gpu)
                .map(severity -> terminal.paint(Alerts.colour(severity), text))
                .orElse(text);
    }

    static String power(GpuSample gpu) {
        Reading<Double> now = gpu.value(GpuMetric.POWER);
        Reading<Double> limit = gpu.value(GpuMetric.POWER_LIMIT);
        if (!now.isKnown() && !limit.isKnown()) {
            return Numbers.UNKNOWN;
        }
        String left = now.isKnown() ? Long.toString(Math.round(now.value())) : Numbers.UNKNOWN;
        return limit.isKnown() ? left + "/" + Math.round(limit.value()) : left;
    }

    private static String clock(GpuSample gpu, boolean wide) {
        Reading<Double> now = gpu.value(GpuMetric.CLOCK);
        Reading<Double> shown = now.isKnown() ? now : gpu.value(GpuMetric.GRAPHICS_CLOCK);
        if (!shown.isKnown()) {
            return Numbers.UNKNOWN;
        }
        Reading<Double> most = gpu.value(GpuMetric.CLOCK_MAX);
        return megahertz(shown) + (wide && most.isKnown() ? "/" + megahertz(most) : "");
    }

    private static String pcie(GpuSample gpu) {
        Reading<Double> generation = gpu.value(GpuMetric.PCIE_GENERATION);
        Reading<Double> width = gpu.value(GpuMetric.PCIE_WIDTH);
        return generation.isKnown() && width.isKnown()
                ? Math.round(generation.value()) + "×" + Math.round(width.value())
                : "";
    }

    private static String links(GpuSample gpu) {
        Reading<Double> total = gpu.value(GpuMetric.NVLINK_TOTAL);
        return total.isKnown()
                ? Math.round(gpu.value(GpuMetric.NVLINK_ACTIVE).orElse(0.0))
                        + "/"
                        + Math.round(total.value())
                : "";
    }

    private static String ecc(GpuSample gpu) {
        Reading<Double> bad = gpu.value(GpuMetric.ECC_UNCORRECTED);
        return bad.isKnown() ? Long.toString(Math.round(bad.value())) : "";
    }

    private String slowedBy(GpuSample gpu, boolean wide) {
        if (gpu.trouble().isPresent()) {
            return terminal.paint(Colour.BAD, gpu.trouble().get().kind().code().replace('_', ' '));
        }
        List<ThrottleReason> reasons = worstFirst(gpu);
        if (reasons.isEmpty()) {
            return "";
        }
        String words = reasons.getFirst().word();
        if (reasons.size() > 1) {
            words =
                    wide
                            ? String.join(", ", reasons.stream().map(ThrottleReason::word).toList())
                            : words + " +" + (reasons.size() - 1);
        }
        return switch (reasons.getFirst().effect()) {
            case HARMFUL -> terminal.paint(Colour.BAD, words);
            case LIMITED -> terminal.paint(Colour.WARNING, words);
            case CHOSEN -> words;
            case NORMAL -> terminal.paint(Colour.FAINT, words);
        };
    }

    static List<ThrottleReason> worstFirst(GpuSample gpu) {
        return gpu.throttleReasons().orElse(Set.of()).stream()
                .sorted((a, b) -> b.effect().compareTo(a.effect()))
                .toList();
    }
}
