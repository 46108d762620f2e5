package dev.stoker.gpu.amd;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.gpu.sysfs.DrmCard;
import dev.stoker.gpu.sysfs.GpuCard;
import dev.stoker.gpu.sysfs.Hwmon;
import dev.stoker.gpu.sysfs.SysTree;
import dev.stoker.host.HostMemory;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One card of AMD: what does not change, and the figures. Used by one thread.
 *
 * <p>Source: the kernel's amdgpu thermal and sysfs documents. The file {@code pcie_bw} is never
 * read: it holds its reader for a second.
 */
final class AmdCard implements GpuCard {
    private static final double MOST_BYTES = 1L << 45;
    private static final double FASTEST = 20e9;
    private static final Pattern LEVEL = Pattern.compile("(?m)^[0-9S]+:\\s*([0-9]{1,6})M[Hh]z");

    private final DrmCard card;
    private final SysTree tree;
    private final AmdProcesses processes;
    private final Supplier<HostMemory> host;
    private GpuDevice device;
    private boolean seenAwake;
    private Reading<Double> total = Reading.unsupported(DrmCard.SLEEPS);

    AmdCard(DrmCard card, int index, Supplier<HostMemory> host) {
        this.card = card;
        this.tree = card.tree();
        this.host = host;
        this.processes = new AmdProcesses(tree);
        this.device = describe(index);
    }

    private GpuDevice describe(int index) {
        boolean awake = !card.sleeps();
        seenAwake = awake;
        String id = awake ? tree.word(card.file("unique_id")) : "";
        return new GpuDevice(
                index,
                name(),
                id.matches("[0-9a-f]{8,32}")
                        ? Reading.known("AMD-" + id)
                        : Reading.unsupported("the card tells no lasting number"),
                Reading.known(card.pciBusId()),
                GpuVendor.AMD,
                awake && isApu(),
                Reading.known(card.driver()));
    }

    @Override
    public DrmCard card() {
        return card;
    }

    /** A card that slept when it was found is described anew when it has woken. */
    @Override
    public GpuDevice device() {
        if (!seenAwake && !card.sleeps()) {
            device = describe(device.index());
        }
        return device;
    }

    /** Only APUs have a voltage of the northbridge. */
    private boolean isApu() {
        return hwmon().filter(h -> h.number("in1_input").isKnown()).isPresent();
    }

    private Optional<Hwmon> hwmon() {
        return Hwmon.below(tree, card.device()).stream().findFirst();
    }

    /** The names of a sleeping card come from lists alone: its own files would wake it. */
    private Reading<String> name() {
        String own = card.sleeps() ? "" : Text.plain(tree.word(card.file("product_name")), 80);
        if (!own.isEmpty()) {
            return Reading.known(own);
        }
        return listed().or(() -> card.listedName("1002"))
                .<Reading<String>>map(Reading::known)
                .orElseGet(() -> Reading.known("AMD GPU " + Text.plain(card.deviceId(), 16)));
    }

    private Optional<String> listed() {
        String id = card.deviceId().replaceFirst("^0x", "").toUpperCase(Locale.ROOT);
        String revision =
                tree.word(card.file("revision")).replaceFirst("^0x", "").toUpperCase(Locale.ROOT);
        String list = tree.word(tree.path("usr/share/libdrm/amdgpu.ids"));
        return list.lines()
                .map(line -> line.split(",\\s*", 3))
                .filter(p -> p.length == 3 && p[0].equals(id) && p[1].equals(revision))
                .map(p -> Text.plain(p[2], 80))
                .findFirst();
    }

    @Override
    public void fill(GpuSample.Builder sample, Look look) {
        sample.put(GpuMetric.UTILISATION, figure("gpu_busy_percent", 1, 100));
        sample.put(GpuMetric.MEMORY_UTILISATION, figure("mem_busy_percent", 1, 100));
        memory(sample);
        hwmon().ifPresentOrElse(h -> sensors(sample, h), () -> noSensors(sample));
        clocks(sample);
        link(sample);
        sample.throttleReasons(
                switch (tree.bytes(card.file("gpu_metrics"))) {
                    case Reading.Known<byte[]>(byte[] table) -> AmdThrottle.parse(table);
                    case Reading.Unsupported<byte[]>(String reason) -> Reading.unsupported(reason);
                    case Reading.Failed<byte[]>(String reason) -> Reading.failed(reason);
                });
        errors(sample);
        processes.begin();
        sample.processes(
                Reading.known(
                        processes.of(
                                look.clients(),
                                card.pciBusId(),
                                device.unifiedMemory(),
                                look.since())));
        processes.end();
        if (!look.sawAll()) {
            sample.fact(
                    "hidden_processes",
                    Reading.unsupported("needs root to see those of other users"));
        }
        sample.fact(
                "power_profile",
                tree.text(card.file("power_dpm_force_performance_level"))
                        .map(t -> Text.plain(t, 40)));
    }

    private Reading<Double> figure(String file, double scale, double most) {
        return tree.figure(card.file(file), scale, 0, most);
    }

    /** An APU takes from a part that the firmware has set aside, and from the host's memory. */
    private void memory(GpuSample.Builder sample) {
        Reading<Double> all = figure("mem_info_vram_total", 1, MOST_BYTES);
        Reading<Double> used = figure("mem_info_vram_used", 1, MOST_BYTES);
        if (device.unifiedMemory()) {
            all = sum(all, figure("mem_info_gtt_total", 1, MOST_BYTES));
            used = sum(used, figure("mem_info_gtt_used", 1, MOST_BYTES));
            host(sample);
        }
        total = all;
        sample.put(GpuMetric.MEMORY_TOTAL, all);
        sample.put(GpuMetric.MEMORY_USED, used);
        Reading<Double> taken = used;
        sample.put(
                GpuMetric.MEMORY_FREE,
                taken.isKnown() ? all.map(a -> Math.max(0, a - taken.value())) : taken);
    }

    private void host(GpuSample.Builder sample) {
        HostMemory memory = host.get();
        sample.put(GpuMetric.MEMORY_AVAILABLE, memory.available().map(b -> (double) b.count()));
        sample.put(GpuMetric.MEMORY_PAGE_CACHE, memory.pageCache().map(b -> (double) b.count()));
    }

    private static Reading<Double> sum(Reading<Double> a, Reading<Double> b) {
        return b.isKnown() ? a.map(v -> v + b.value()) : a.isKnown() ? b : a;
    }

    private void sensors(GpuSample.Builder sample, Hwmon h) {
        String edge = h.channel("temp", "edge").orElse("temp1");
        sample.put(GpuMetric.TEMPERATURE, h.celsius(edge + "_input"));
        h.channel("temp", "junction")
                .ifPresent(t -> {
                    sample.put(GpuMetric.HOTSPOT_TEMPERATURE, h.celsius(t + "_input"));
                    sample.put(GpuMetric.SLOWDOWN_TEMPERATURE, h.celsius(t + "_crit"));
                    sample.put(GpuMetric.SHUTDOWN_TEMPERATURE, h.celsius(t + "_emergency"));
                });
        if (h.channel("temp", "junction").isEmpty()) {
            sample.put(GpuMetric.SLOWDOWN_TEMPERATURE, h.celsius(edge + "_crit"));
        }
        h.channel("temp", "mem")
                .ifPresent(t -> sample.put(GpuMetric.MEMORY_TEMPERATURE, h.celsius(t + "_input")));
        sample.put(
                GpuMetric.POWER, Hwmon.first(h.watts("power1_average"), h.watts("power1_input")));
        sample.put(GpuMetric.POWER_LIMIT, h.watts("power1_cap"));
        Reading<Double> clock = h.hertz("freq1_input");
        sample.put(GpuMetric.CLOCK, clock).put(GpuMetric.GRAPHICS_CLOCK, clock);
        sample.put(GpuMetric.MEMORY_CLOCK, h.hertz("freq2_input"));
        sample.put(GpuMetric.FAN, h.fanPercent("pwm1"));
        sample.put(GpuMetric.FAN_SPEED, h.fanSpeed("fan1_input"));
        for (String channel : h.channels("in", "_label")) {
            Reading<Long> millivolts = h.number(channel + "_input");
            sample.fact(
                    "voltage_" + h.label(channel).toLowerCase(Locale.ROOT),
                    millivolts.map(mv -> mv + " mV"));
        }
    }

    private static void noSensors(GpuSample.Builder sample) {
        Reading<Double> none = Reading.unsupported("the driver shows no sensors of this card");
        sample.put(GpuMetric.TEMPERATURE, none).put(GpuMetric.POWER, none);
        sample.put(GpuMetric.POWER_LIMIT, none).put(GpuMetric.FAN, none);
    }

    /** The lists of levels tell the highest clocks, and the current ones where no sensor does. */
    private void clocks(GpuSample.Builder sample) {
        String shader = tree.word(card.file("pp_dpm_sclk"));
        Reading<Double> most = highest(shader, "");
        sample.put(GpuMetric.CLOCK_MAX, most).put(GpuMetric.GRAPHICS_CLOCK_MAX, most);
        sample.put(GpuMetric.MEMORY_CLOCK_MAX, highest(tree.word(card.file("pp_dpm_mclk")), ""));
        if (!sample.has(GpuMetric.CLOCK)) {
            sample.put(GpuMetric.CLOCK, highest(shader, "*"));
        }
        if (!sample.has(GpuMetric.MEMORY_CLOCK)) {
            sample.put(GpuMetric.MEMORY_CLOCK, highest(tree.word(card.file("pp_dpm_mclk")), "*"));
        }
    }

    /** Returns the highest level, or of those whose line ends so. */
    static Reading<Double> highest(String levels, String end) {
        double most = -1;
        for (String line : levels.lines().toList()) {
            Matcher m = LEVEL.matcher(line);
            if (m.find() && line.strip().endsWith(end)) {
                most = Math.max(most, Long.parseLong(m.group(1)) * 1e6);
            }
        }
        return most >= 0 && most < FASTEST
                ? Reading.known(most)
                : Reading.unsupported("the driver lists no clocks");
    }

    private void link(GpuSample.Builder sample) {
        if (device.unifiedMemory()) {
            Reading<Double> none = Reading.unsupported("this GPU is not connected by PCIe");
            sample.put(GpuMetric.PCIE_GENERATION, none).put(GpuMetric.PCIE_WIDTH, none);
            return;
        }
        sample.put(GpuMetric.PCIE_GENERATION, card.pcieGeneration("current_link_speed"));
        sample.put(GpuMetric.PCIE_GENERATION_MAX, card.pcieGeneration("max_link_speed"));
        sample.put(GpuMetric.PCIE_WIDTH, card.pcieWidth("current_link_width"));
        sample.put(GpuMetric.PCIE_WIDTH_MAX, card.pcieWidth("max_link_width"));
    }

    /**
     * Counts of the memory's errors since the driver was loaded: lines {@code ue: N}, {@code ce:
     * N}.
     */
    private void errors(GpuSample.Builder sample) {
        Path file = card.file("ras/umc_err_count");
        Reading<String> text = tree.text(file);
        sample.put(GpuMetric.ECC_UNCORRECTED, errors(text, "ue:"));
        sample.put(GpuMetric.ECC_CORRECTED, errors(text, "ce:"));
    }

    private static Reading<Double> errors(Reading<String> text, String label) {
        if (!(text instanceof Reading.Known<String>(String lines))) {
            return text.map(_ -> 0.0);
        }
        return lines.lines()
                .filter(line -> line.startsWith(label))
                .map(line -> line.substring(label.length()).strip())
                .filter(count -> count.matches("[0-9]{1,15}"))
                .findFirst()
                .<Reading<Double>>map(count -> Reading.known((double) Long.parseLong(count)))
                .orElse(Reading.failed("the kernel tells no count of errors"));
    }

    /** Puts in what it told when it was awake. */
    @Override
    public void fillAsleep(GpuSample.Builder sample) {
        sample.nothing(DrmCard.SLEEPS);
        sample.put(GpuMetric.MEMORY_TOTAL, total).trouble(DrmCard.asleep());
    }
}
