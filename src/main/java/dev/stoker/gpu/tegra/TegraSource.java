package dev.stoker.gpu.tegra;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuCollector;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuTrouble.Kind;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.gpu.sysfs.SysTree;
import dev.stoker.gpu.sysfs.UnifiedMemory;
import dev.stoker.host.HostMemory;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The GPU of a Jetson. The kernel's files come first wherever they tell something, and are looked
 * for again while they do not (the driver may come up after this program). NVML is asked only for
 * what it truly knows there: on Thor its name, utilisation and processes, and clocks and power
 * where it has them; on Orin, whose NVML answers success with zeros or not at all, only for
 * versions. A call of NVML that hangs does not hold up the files' figures. Used by one thread.
 */
public final class TegraSource implements GpuSource {
    private static final Duration NVML_PATIENCE = Duration.ofMillis(400);
    private static final long MODE_NANOS = 5_000_000_000L;

    /** What NVML on Thor may be believed, where the files tell nothing. */
    private static final List<GpuMetric> OF_NVML =
            List.of(
                    GpuMetric.UTILISATION,
                    GpuMetric.MEMORY_UTILISATION,
                    GpuMetric.ENCODER_UTILISATION,
                    GpuMetric.DECODER_UTILISATION,
                    GpuMetric.POWER,
                    GpuMetric.ENERGY,
                    GpuMetric.CLOCK,
                    GpuMetric.CLOCK_MAX,
                    GpuMetric.GRAPHICS_CLOCK,
                    GpuMetric.GRAPHICS_CLOCK_MAX,
                    GpuMetric.PERFORMANCE_STATE);

    private final SysTree tree;
    private final TegraChip chip;
    private final Supplier<HostMemory> memory;
    private final Clock clock;
    private final TegraGpu gpu;
    private final Optional<GpuCollector> nvml;
    private Optional<Path> folder = Optional.empty();
    private Reading<String> mode = Reading.failed("not read yet");
    private long modeSince;

    private TegraSource(
            SysTree tree,
            TegraChip chip,
            Optional<GpuSource> nvml,
            Supplier<HostMemory> memory,
            Clock clock) {
        this.tree = tree;
        this.chip = chip;
        this.memory = memory;
        this.clock = clock;
        this.gpu = new TegraGpu(tree);
        this.nvml = nvml.map(source -> new GpuCollector(List.of(source), clock));
    }

    /**
     * Returns the source of this machine's GPU, or nothing where it is no Jetson.
     *
     * @param nvml NVIDIA's library; it is closed with this source
     * @param memory the host's memory now, which is the GPU's
     */
    public static Optional<TegraSource> detect(
            SysTree tree, Supplier<GpuSource> nvml, Supplier<HostMemory> memory, Clock clock) {
        return TegraChip.detect(tree)
                .map(chip -> new TegraSource(tree, chip, Optional.of(nvml.get()), memory, clock));
    }

    @Override
    public String name() {
        return "Tegra";
    }

    @Override
    public GpuReport sample() {
        Instant time = clock.now();
        long nanos = clock.nanos();
        Optional<GpuPicture> picture = askNvml();
        Optional<GpuReport> report = picture.map(p -> p.parts().getFirst().report());
        Optional<GpuSample> other = report.flatMap(r -> r.gpus().stream().findFirst());
        boolean fresh = picture.filter(p -> p.parts().getFirst().silence().isEmpty()).isPresent();
        if (folder.isEmpty() || !tree.exists(folder.get())) {
            folder = TegraChip.gpu(tree);
        }
        Reading<String> driver =
                report.map(GpuReport::driver).orElse(Reading.unsupported("NVML was not asked"));
        GpuSample.Builder sample = GpuSample.of(device(other, driver), time, nanos);
        gpu.fill(sample, folder, nanos);
        UnifiedMemory.fill(sample, memory.get());
        Reading<List<GpuProcess>> holders =
                chip.thor()
                        ? Reading.unsupported("the kernel's files do not tell it on Thor")
                        : NvMap.read(tree);
        sample.processes(holders);
        facts(sample, nanos);
        GpuSample built = sample.build();
        // What NVML told before a call that hangs is no figure of now.
        if (chip.thor() && fresh && other.isPresent()) {
            built = withNvml(built, other.get());
        }
        Optional<GpuTrouble> trouble =
                chip.thor() ? picture.flatMap(TegraSource::trouble) : Optional.empty();
        return new GpuReport(
                name(),
                time,
                nanos,
                List.of(built),
                driver,
                report.map(GpuReport::cuda).orElse(driver),
                trouble);
    }

    private Optional<GpuPicture> askNvml() {
        if (nvml.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(nvml.get().collect(NVML_PATIENCE));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(nvml.get().latest(NVML_PATIENCE));
        }
    }

    /** A Jetson works without NVML too; only what is wrong with it is said. */
    private static Optional<GpuTrouble> trouble(GpuPicture picture) {
        return picture.troubles().stream().filter(t -> t.kind() != Kind.ABSENT).findFirst();
    }

    private GpuDevice device(Optional<GpuSample> other, Reading<String> driver) {
        Reading<String> none = Reading.unsupported("a Jetson's GPU has none that is stable");
        Optional<GpuDevice> thor = other.map(GpuSample::device).filter(_ -> chip.thor());
        return new GpuDevice(
                0,
                thor.map(GpuDevice::name).filter(Reading::isKnown).orElse(chip.model()),
                thor.map(GpuDevice::uuid).orElse(none),
                thor.map(GpuDevice::pciBusId).orElse(none),
                GpuVendor.NVIDIA,
                true,
                driver);
    }

    private void facts(GpuSample.Builder sample, long nanos) {
        if (modeSince == 0 || nanos - modeSince >= MODE_NANOS) {
            mode = PowerMode.read(tree);
            modeSince = nanos;
        }
        sample.fact("board", chip.model());
        sample.fact("l4t_release", chip.release());
        sample.fact("power_mode", mode);
    }

    private static GpuSample withNvml(GpuSample own, GpuSample nvml) {
        GpuSample.Builder merged = own.toBuilder(own.device());
        for (GpuMetric metric : OF_NVML) {
            if (!own.value(metric).isKnown()) {
                Reading<Double> told = nvml.value(metric);
                merged.put(metric, told.isKnown() ? told : own.value(metric));
            }
        }
        // What slows the GPU: both may know a part of it.
        if (!own.throttleReasons().isKnown()) {
            merged.throttleReasons(nvml.throttleReasons());
        }
        merged.processes(nvml.processes());
        nvml.trouble().ifPresent(merged::trouble);
        return merged.build();
    }

    @Override
    public void close() {
        nvml.ifPresent(GpuCollector::close);
    }
}
