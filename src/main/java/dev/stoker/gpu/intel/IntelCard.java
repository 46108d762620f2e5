package dev.stoker.gpu.intel;

import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.gpu.sysfs.DrmCard;
import dev.stoker.gpu.sysfs.EngineShares;
import dev.stoker.gpu.sysfs.GpuCard;
import dev.stoker.gpu.sysfs.Hwmon;
import dev.stoker.gpu.sysfs.SysTree;
import dev.stoker.gpu.sysfs.UnifiedMemory;
import dev.stoker.host.HostMemory;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One card of Intel with the driver i915 or xe. The driver tells the load of engines only beside
 * the files of each process, so utilisation is known where those of all users can be seen. Used by
 * one thread.
 *
 * <p>Source: the kernel's sysfs documents of i915 and xe, their hwmon documents, drm-usage-stats.
 */
final class IntelCard implements GpuCard {
    private static final double FASTEST_MHZ = 20_000;
    private static final double MOST_BYTES = 1L << 45;

    private final DrmCard card;
    private final SysTree tree;
    private final Supplier<HostMemory> host;
    private final GpuDevice device;
    private final boolean xe;
    private final IntelProcesses processes = new IntelProcesses();
    private final EngineShares energy = new EngineShares();

    IntelCard(DrmCard card, int index, Supplier<HostMemory> host) {
        this.card = card;
        this.tree = card.tree();
        this.host = host;
        this.xe = card.driver().equals("xe");
        // Intel puts its integrated GPU at this place of the bus, and nothing else.
        boolean integrated = card.pciBusId().endsWith(":00:02.0");
        this.device =
                new GpuDevice(
                        index,
                        card.listedName("8086")
                                .<Reading<String>>map(Reading::known)
                                .orElseGet(() -> Reading.known("Intel GPU " + card.deviceId())),
                        Reading.unsupported("the card tells no lasting number"),
                        Reading.known(card.pciBusId()),
                        GpuVendor.INTEL,
                        integrated,
                        Reading.known(card.driver()));
    }

    @Override
    public GpuDevice device() {
        return device;
    }

    @Override
    public DrmCard card() {
        return card;
    }

    @Override
    public void fill(GpuSample.Builder sample, Look look) {
        Reading<Double> clock =
                xe
                        ? megahertz(frequency("cur_freq"))
                        : megahertz(card.card().resolve("gt_cur_freq_mhz"));
        Reading<Double> most =
                xe
                        ? Hwmon.first(
                                megahertz(frequency("rp0_freq")), megahertz(frequency("max_freq")))
                        : Hwmon.first(
                                megahertz(card.card().resolve("gt_RP0_freq_mhz")),
                                megahertz(card.card().resolve("gt_max_freq_mhz")));
        sample.put(GpuMetric.CLOCK, clock).put(GpuMetric.GRAPHICS_CLOCK, clock);
        sample.put(GpuMetric.CLOCK_MAX, most).put(GpuMetric.GRAPHICS_CLOCK_MAX, most);
        Optional<Hwmon> sensors = Hwmon.below(tree, card.device()).stream().findFirst();
        sensors.ifPresent(h -> sensors(sample, h, look.since()));
        sample.throttleReasons(throttleReasons());
        IntelProcesses.Uses uses = processes.of(look);
        sample.processes(Reading.known(uses.processes()));
        Reading<Double> hidden =
                Reading.unsupported("needs root: the driver tells it only with each process");
        sample.put(GpuMetric.UTILISATION, look.sawAll() ? uses.utilisation() : hidden);
        sample.put(GpuMetric.DECODER_UTILISATION, look.sawAll() ? uses.video() : hidden);
        if (!look.sawAll()) {
            sample.fact(
                    "hidden_processes",
                    Reading.unsupported("needs root to see those of other users"));
        }
        memory(sample, uses, look.sawAll());
        if (!device.unifiedMemory()) {
            sample.put(GpuMetric.PCIE_GENERATION, card.pcieGeneration("current_link_speed"));
            sample.put(GpuMetric.PCIE_GENERATION_MAX, card.pcieGeneration("max_link_speed"));
            sample.put(GpuMetric.PCIE_WIDTH, card.pcieWidth("current_link_width"));
            sample.put(GpuMetric.PCIE_WIDTH_MAX, card.pcieWidth("max_link_width"));
        }
    }

    private Path frequency(String file) {
        return card.file("tile0/gt0/freq0").resolve(file);
    }

    private Reading<Double> megahertz(Path file) {
        return tree.figure(file, 1, 0, FASTEST_MHZ).map(mhz -> mhz * 1e6);
    }

    private void memory(GpuSample.Builder sample, IntelProcesses.Uses uses, boolean sawAll) {
        if (device.unifiedMemory()) {
            UnifiedMemory.fill(sample, host.get());
            return;
        }
        Reading<Double> total =
                Hwmon.first(
                        tree.figure(card.card().resolve("lmem_total_bytes"), 1, 1, MOST_BYTES),
                        tree.figure(card.file("tile0/physical_vram_size_bytes"), 1, 1, MOST_BYTES));
        sample.put(
                GpuMetric.MEMORY_TOTAL,
                total.isKnown()
                        ? total
                        : Reading.unsupported("the driver tells it only to privileged programs"));
        Reading<Double> used =
                sawAll
                        ? Reading.known((double) uses.memory())
                        : Reading.unsupported(
                                "needs root: the driver tells it only with each process");
        sample.put(GpuMetric.MEMORY_USED, used);
    }

    private void sensors(GpuSample.Builder sample, Hwmon h, long since) {
        String zone = h.channel("temp", "pkg").orElse(xe ? "temp2" : "temp1");
        sample.put(GpuMetric.TEMPERATURE, h.celsius(zone + "_input"));
        h.channel("temp", "vram")
                .ifPresent(t -> sample.put(GpuMetric.MEMORY_TEMPERATURE, h.celsius(t + "_input")));
        String meter = h.channel("energy", "card").orElse("energy1");
        Reading<Double> joules = h.joules(meter + "_input");
        sample.put(GpuMetric.ENERGY, joules);
        sample.put(GpuMetric.POWER, watts(h, meter, since));
        sample.put(
                GpuMetric.POWER_LIMIT, Hwmon.first(h.watts("power1_max"), h.watts("power1_cap")));
        sample.put(GpuMetric.FAN_SPEED, h.fanSpeed("fan1_input"));
    }

    /** The meter counts energy; power is its growth. */
    private Reading<Double> watts(Hwmon h, String meter, long since) {
        Reading<Long> microjoules = h.number(meter + "_input");
        if (!microjoules.isKnown()) {
            return microjoules.map(_ -> 0.0);
        }
        long growth = energy.growth("energy", microjoules.value());
        return growth < 0 || since <= 0
                ? Reading.failed("this is the first look, and power needs two")
                : SysTree.within(Reading.known(growth * 1e3 / since), 0, 20_000);
    }

    private Reading<Set<ThrottleReason>> throttleReasons() {
        Path folder = xe ? frequency("throttle") : card.card().resolve("gt/gt0");
        String begin = xe ? "reason_" : "throttle_reason_";
        Set<ThrottleReason> reasons = EnumSet.noneOf(ThrottleReason.class);
        boolean told = false;
        for (Path file : tree.list(folder, begin + "*")) {
            String name = SysTree.name(file).substring(begin.length());
            Reading<Long> on = tree.number(file);
            told |= on.isKnown();
            if (on.orElse(0L) > 0 && !name.equals("status")) {
                reasons.add(reason(name));
            }
        }
        return told
                ? Reading.known(reasons)
                : Reading.unsupported("the driver does not tell why the clock is low");
    }

    static ThrottleReason reason(String name) {
        return switch (name) {
            case "pl1", "pl2", "pl4", "vr_tdc", "fast_vmode", "psys_pl1", "psys_pl2" ->
                    ThrottleReason.POWER_CAP;
            case "thermal", "soc_thermal", "mem_thermal", "vr_thermal", "soc_avg_thermal" ->
                    ThrottleReason.SOFTWARE_THERMAL;
            case "prochot", "vr_thermalert" -> ThrottleReason.HARDWARE_THERMAL;
            default -> ThrottleReason.OTHER;
        };
    }

    @Override
    public void fillAsleep(GpuSample.Builder sample) {
        sample.nothing(DrmCard.SLEEPS).trouble(DrmCard.asleep());
    }
}
