package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.MachineWatch;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How full the memory for models is on this host: that of the fullest GPU, or the host's where
 * there is no GPU or its memory is the host's. Used by one thread.
 */
final class MemoryShare implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Duration BETWEEN = Duration.ofSeconds(55);

    private final MachineWatch watch;
    private final Clock clock;
    private OptionalDouble last = OptionalDouble.empty();
    private long lookedAt;

    MemoryShare(MachineWatcher machines, Endpoint server, Clock clock) {
        this.clock = clock;
        watch =
                machines.open(
                        new MachineWatcher.Wanted(
                                List.of(server.url()), Optional.empty(), false, false));
    }

    /** Returns the used share, 0 to 1, or nothing where it is not known; looks once a minute. */
    OptionalDouble used() throws InterruptedException {
        if (lookedAt == 0 || clock.nanos() - lookedAt > BETWEEN.toNanos()) {
            last = look();
            lookedAt = clock.nanos();
        }
        return last;
    }

    private OptionalDouble look() throws InterruptedException {
        MachineSample sample = watch.look(PATIENCE);
        OptionalDouble fullest = OptionalDouble.empty();
        boolean own = false;
        for (GpuSample gpu : sample.gpus()) {
            if (gpu.device().unifiedMemory()) {
                continue;
            }
            Reading<Bytes> total = gpu.bytes(GpuMetric.MEMORY_TOTAL);
            Reading<Bytes> used = gpu.bytes(GpuMetric.MEMORY_USED);
            if (total.isKnown() && used.isKnown() && total.value().count() > 0) {
                own = true;
                double share = used.value().count() / (double) total.value().count();
                fullest = OptionalDouble.of(Math.max(fullest.orElse(0), share));
            }
        }
        Reading<Bytes> total = sample.memory().total();
        Reading<Bytes> available = sample.memory().available();
        if (own || !total.isKnown() || !available.isKnown() || total.value().count() <= 0) {
            return fullest;
        }
        return OptionalDouble.of(1 - available.value().count() / (double) total.value().count());
    }

    @Override
    public void close() {
        watch.close();
    }
}
