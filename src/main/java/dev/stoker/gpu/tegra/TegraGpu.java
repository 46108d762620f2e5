package dev.stoker.gpu.tegra;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuUnit;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.gpu.sysfs.Hwmon;
import dev.stoker.gpu.sysfs.SysTree;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the kernel's files tell of a Jetson's GPU. Used by one thread.
 *
 * <p>Source: nvgpu's sysfs (load in tenths of a percent), devfreq (Hz), the kernel's thermal and
 * hwmon documents; debugfs of the boot processor for the memory's clock, which needs root.
 */
final class TegraGpu {
    private static final double FASTEST = 20e9;
    private static final String GPU_ALERT = "gpu-throttle-alert";
    private static final Reading<Double> NO_GPU =
            Reading.failed("the driver has not brought up the GPU yet");

    private final SysTree tree;
    private final Rails rails;
    private final Zones zones;
    private long overcurrents = -1;

    TegraGpu(SysTree tree) {
        this.tree = tree;
        this.rails = new Rails(tree);
        this.zones = new Zones(tree);
    }

    /**
     * Puts in what the kernel tells.
     *
     * @param gpu the folder of the GPU's frequency scaling, if the driver has made it
     */
    void fill(GpuSample.Builder sample, Optional<Path> gpu, long nanos) {
        Reading<Double> clock = clock(gpu, "cur_freq");
        sample.put(GpuMetric.UTILISATION, load(gpu));
        sample.put(GpuMetric.CLOCK, clock).put(GpuMetric.GRAPHICS_CLOCK, clock);
        Reading<Double> most = most(gpu);
        sample.put(GpuMetric.CLOCK_MAX, most).put(GpuMetric.GRAPHICS_CLOCK_MAX, most);
        memoryClock(sample);
        power(sample);
        temperatures(sample, nanos);
        fans(sample);
        sample.throttleReasons(throttleReasons(gpu, most));
        gpu.ifPresent(folder -> facts(sample, folder));
    }

    private Reading<Double> load(Optional<Path> gpu) {
        return gpu.map(f -> tree.figure(f.resolve("device/load"), 0.1, 0, 100)).orElse(NO_GPU);
    }

    private Reading<Double> clock(Optional<Path> gpu, String file) {
        // 0 Hz is a GPU whose power was taken away: that it is, and no failure.
        return gpu.map(f -> tree.figure(f.resolve(file), 1, 0, FASTEST)).orElse(NO_GPU);
    }

    /** The highest that the chip has; {@code max_freq} is what it may have now. */
    private Reading<Double> most(Optional<Path> gpu) {
        OptionalLong most = OptionalLong.empty();
        String list = gpu.map(f -> tree.word(f.resolve("available_frequencies"))).orElse("");
        for (String word : list.split("\\s+", -1)) {
            if (word.matches("[0-9]{1,11}")) {
                most = OptionalLong.of(Math.max(most.orElse(0), Long.parseLong(word)));
            }
        }
        return most.isPresent() ? Reading.known((double) most.getAsLong()) : clock(gpu, "max_freq");
    }

    private void memoryClock(GpuSample.Builder sample) {
        Path emc = tree.path("sys/kernel/debug/bpmp/debug/clk/emc");
        Path bwmgr = tree.path("sys/class/devfreq/bwmgr");
        boolean open = tree.exists(bwmgr);
        Reading<Double> rate =
                open
                        ? tree.figure(bwmgr.resolve("cur_freq"), 1, 1, FASTEST)
                        : tree.figure(emc.resolve("rate"), 1, 1, FASTEST);
        sample.put(GpuMetric.MEMORY_CLOCK, rate);
        sample.put(
                GpuMetric.MEMORY_CLOCK_MAX,
                open
                        ? tree.figure(bwmgr.resolve("max_freq"), 1, 1, FASTEST)
                        : tree.figure(emc.resolve("max_rate"), 1, 1, FASTEST));
        // The activity monitor counts in percent of a kilohertz of the memory's clock.
        Reading<Long> activity = tree.number(tree.path("sys/kernel/debug/cactmon/mc_all"));
        sample.put(
                GpuMetric.MEMORY_UTILISATION,
                rate.isKnown()
                        ? SysTree.within(activity.map(a -> a / (rate.value() / 1000)), 0, 100)
                        : rate);
    }

    private void power(GpuSample.Builder sample) {
        List<Rails.Rail> all = rails.read();
        Optional<Rails.Rail> own = Rails.ofGpu(all);
        sample.put(
                GpuMetric.POWER,
                own.map(Rails.Rail::watts)
                        .orElse(Reading.unsupported("no rail of the GPU alone is measured")));
        own.ifPresent(rail -> sample.fact("power_rail", Reading.known(rail.name())));
        sample.put(GpuMetric.BOARD_POWER, Rails.board(all));
        all.forEach(rail -> sample.sensor(rail.name(), GpuUnit.WATTS, rail.watts()));
    }

    private void temperatures(GpuSample.Builder sample, long nanos) {
        List<Zones.Zone> all = zones.read(nanos);
        Optional<Zones.Zone> own = Zones.named(all, "gpu");
        sample.put(
                GpuMetric.TEMPERATURE,
                own.map(Zones.Zone::celsius)
                        .orElse(Reading.unsupported("no thermal zone of the GPU is to be seen")));
        Zones.named(all, "tj")
                .ifPresent(tj -> sample.put(GpuMetric.HOTSPOT_TEMPERATURE, tj.celsius()));
        own.ifPresent(zone -> {
            sample.put(GpuMetric.SLOWDOWN_TEMPERATURE, zones.mark(zone, "passive"));
            sample.put(GpuMetric.SHUTDOWN_TEMPERATURE, zones.mark(zone, "critical"));
        });
        all.forEach(zone -> sample.sensor(zone.name(), GpuUnit.CELSIUS, zone.celsius()));
    }

    /** One node tells what the fan is told, another how fast it turns; older ones do both. */
    private void fans(GpuSample.Builder sample) {
        OptionalDouble told = OptionalDouble.empty();
        Reading<Double> speed = Reading.unsupported("no fan is measured");
        for (Hwmon chip : Hwmon.below(tree, tree.path("sys/class"))) {
            String name = chip.name();
            if (!name.contains("fan") && !name.contains("tach")) {
                continue;
            }
            Reading<Double> percent = chip.fanPercent("pwm1");
            if (percent.isKnown()) {
                told = OptionalDouble.of(Math.max(told.orElse(0), percent.value()));
            }
            Reading<Double> rpm = Hwmon.first(chip.fanSpeed("fan1_input"), chip.fanSpeed("rpm"));
            if (rpm.isKnown() && rpm.value() >= speed.orElse(0.0)) {
                speed = rpm;
            }
        }
        sample.put(
                GpuMetric.FAN,
                told.isPresent()
                        ? Reading.known(told.getAsDouble())
                        : Reading.unsupported("no fan is to be seen"));
        sample.put(GpuMetric.FAN_SPEED, speed);
    }

    private Reading<Set<ThrottleReason>> throttleReasons(Optional<Path> gpu, Reading<Double> most) {
        Set<ThrottleReason> reasons = EnumSet.noneOf(ThrottleReason.class);
        boolean told = false;
        for (Path device : tree.list(tree.path("sys/class/thermal"), "cooling_device*")) {
            String type = tree.word(device.resolve("type"));
            Reading<Long> state = tree.number(device.resolve("cur_state"));
            if ((type.equals(GPU_ALERT) || type.equals("hot-surface-alert")) && state.isKnown()) {
                told = true;
                if (state.value() > 0) {
                    reasons.add(ThrottleReason.SOFTWARE_THERMAL);
                }
            }
        }
        long count = overcurrentEvents();
        if (count >= 0) {
            told = true;
            if (overcurrents >= 0 && count > overcurrents) {
                reasons.add(ThrottleReason.HARDWARE_SLOWDOWN);
            }
            overcurrents = count;
        }
        Reading<Double> allowed = clock(gpu, "max_freq");
        if (allowed.isKnown() && most.isKnown()) {
            told = true;
            if (allowed.value() < most.value() * 0.99) {
                reasons.add(ThrottleReason.APPLICATION_CLOCKS);
            }
        }
        return told
                ? Reading.known(reasons)
                : Reading.unsupported("the kernel does not tell why the clock is low");
    }

    /** Returns how often too much current has slowed the chip; negative where it is not told. */
    private long overcurrentEvents() {
        long sum = -1;
        for (Hwmon chip : Hwmon.below(tree, tree.path("sys/class"))) {
            if (!chip.name().contains("soctherm_oc")) {
                continue;
            }
            for (Path file : tree.list(chip.folder(), "oc*_event_cnt")) {
                Reading<Long> events = tree.number(file);
                if (events.isKnown() && events.value() >= 0) {
                    sum = Math.max(0, sum) + events.value();
                }
            }
        }
        return sum;
    }

    private void facts(GpuSample.Builder sample, Path gpu) {
        sample.fact("governor", tree.text(gpu.resolve("governor")).map(g -> Text.plain(g, 40)));
        Reading<Long> least = tree.number(gpu.resolve("min_freq"));
        Reading<Long> most = tree.number(gpu.resolve("max_freq"));
        // What jetson_clocks does: it lifts the lowest clock to the highest.
        sample.fact(
                "clocks",
                least.isKnown() && most.isKnown()
                        ? Reading.known(
                                least.value().equals(most.value())
                                        ? "locked at " + most.value() / 1_000_000 + " MHz"
                                        : "free, "
                                                + least.value() / 1_000_000
                                                + " to "
                                                + most.value() / 1_000_000
                                                + " MHz")
                        : Reading.unsupported("the clock's limits are not told"));
        gate(sample, "power_gating", gpu.resolve("device/railgate_enable"));
        gate(sample, "3d_scaling", gpu.resolve("device/enable_3d_scaling"));
    }

    private void gate(GpuSample.Builder sample, String name, Path file) {
        Reading<Long> state = tree.number(file);
        if (state.isKnown()) {
            sample.fact(name, Reading.known(state.value() == 0 ? "off" : "on"));
        }
    }
}
