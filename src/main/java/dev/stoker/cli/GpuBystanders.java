package dev.stoker.cli;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.bench.OtherGpuUse;
import dev.stoker.gpu.GpuCollector;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSource;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Tells by the drivers of this host's GPUs how much others keep them busy. The drivers are asked on
 * threads of their own; one that is silent costs a second once. Thread-safe.
 */
public final class GpuBystanders implements OtherGpuUse {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Supplier<List<GpuSample>> look;

    /**
     * @param gpus those of the server's host; this never closes it
     */
    public GpuBystanders(GpuCollector gpus) {
        this(() -> {
            try {
                return gpus.collect(PATIENCE).gpus();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return gpus.latest(PATIENCE).gpus();
            }
        });
    }

    GpuBystanders(Supplier<List<GpuSample>> look) {
        this.look = look;
    }

    /** Returns one over these sources, which runs as long as the program. */
    public static OtherGpuUse of(List<GpuSource> sources, Clock clock) {
        return sources.isEmpty()
                ? OtherGpuUse.unknown("this host has no GPU that tells its processes")
                : new GpuBystanders(new GpuCollector(sources, clock));
    }

    @Override
    public Reading<Long> permille(Set<Long> own) {
        List<GpuSample> gpus = look.get();
        Reading<Long> most = Reading.unsupported("no GPU of this host tells its processes");
        for (GpuSample gpu : gpus) {
            Reading<Long> others = others(gpu, own);
            if (others instanceof Reading.Known<Long>(Long now)) {
                most = Reading.known(Math.max(now, most.orElse(0L)));
            }
        }
        return most;
    }

    private static Reading<Long> others(GpuSample gpu, Set<Long> own) {
        if (!(gpu.processes() instanceof Reading.Known<List<GpuProcess>>(List<GpuProcess> all))) {
            return Reading.unsupported(gpu.processes().reason());
        }
        double sum = 0;
        for (GpuProcess process : all) {
            if (own.contains(process.pid())) {
                continue;
            }
            if (!process.smPercent().isKnown()) {
                return Reading.unsupported(process.smPercent().reason());
            }
            sum += process.smPercent().value();
        }
        return Reading.known(Math.clamp(Math.round(sum * 10), 0L, 1000L));
    }
}
