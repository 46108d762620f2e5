package dev.stoker.bench;

import dev.stoker.base.Reading;
import dev.stoker.host.CpuLoad;
import dev.stoker.host.HostProcess;
import dev.stoker.host.Throttling;
import dev.stoker.suite.spread.Circumstances;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * Looks before and after a request at what else goes on, so that a slow one can be explained. Both
 * looks stand outside the measured time. Thread-safe.
 */
final class Surroundings {
    /** Times of CPUs come in hundredths of a second: shorter requests tell nothing of them. */
    private static final Duration SHORTEST = Duration.ofMillis(200);

    private static final long WHOLE = 1000;

    private final BenchContext context;
    private final ServerMemory memory;

    Surroundings(BenchContext context, ServerMemory memory) {
        this.context = context;
        this.memory = memory;
    }

    /**
     * What was seen before a request.
     *
     * @param nanos the clock's time
     * @param requests that the server worked on
     * @param busy of all CPUs
     * @param known of it: the server's and this program's
     * @param pageIns of the host
     * @param pauses of this program
     */
    record Before(
            long nanos,
            Reading<Long> requests,
            Reading<CpuLoad> busy,
            Reading<Duration> known,
            Reading<Long> pageIns,
            Duration pauses) {}

    /** Looks before a request. */
    Before look() {
        return new Before(
                context.clock().nanos(),
                context.server().requestsInProgress(),
                context.host().cpuLoad(),
                knownWork(),
                context.host().pageIns(),
                pauses());
    }

    /** Returns what went on since. */
    Circumstances since(Before before) {
        Duration time = Duration.ofNanos(context.clock().nanos() - before.nanos());
        return new Circumstances(
                others(before, time),
                context.host().throttling().map(Throttling::now).map(now -> now ? 1L : 0L),
                before.requests(),
                pageIns(before),
                othersGpu(),
                Reading.known(pauses().minus(before.pauses()).toNanos()));
    }

    /** Right behind the request: drivers tell of the last second or so. */
    private Reading<Long> othersGpu() {
        return memory.process() instanceof Reading.Known<HostProcess>(HostProcess server)
                ? context.gpus()
                        .permille(
                                context.host().tree(server.pid()).processes().stream()
                                        .map(HostProcess::pid)
                                        .collect(Collectors.toSet()))
                : Reading.unsupported(memory.process().reason());
    }

    private Reading<Long> pageIns(Before before) {
        return before.pageIns() instanceof Reading.Known<Long>(Long then)
                ? context.host().pageIns().map(now -> Math.max(0, now - then))
                : before.pageIns();
    }

    private Reading<Long> others(Before before, Duration time) {
        if (time.compareTo(SHORTEST) < 0) {
            return Reading.unsupported("it was too short to tell");
        }
        if (!(before.busy() instanceof Reading.Known<CpuLoad>(CpuLoad then))
                || !(context.host().cpuLoad() instanceof Reading.Known<CpuLoad>(CpuLoad now))) {
            return Reading.unsupported(
                    before.busy().isKnown()
                            ? "the load of the CPUs could not be read again"
                            : before.busy().reason());
        }
        if (!(before.known() instanceof Reading.Known<Duration>(Duration knownThen))
                || !(knownWork() instanceof Reading.Known<Duration>(Duration knownNow))) {
            return Reading.unsupported(
                    before.known().isKnown()
                            ? "the server's CPU time could not be read again"
                            : before.known().reason());
        }
        Duration others = now.busy().minus(then.busy()).minus(knownNow.minus(knownThen));
        double share = others.toNanos() / ((double) time.toNanos() * now.cpus());
        return Reading.known(Math.clamp(Math.round(share * WHOLE), 0, WHOLE));
    }

    private Reading<Duration> knownWork() {
        if (!(memory.process() instanceof Reading.Known<HostProcess>(HostProcess server))) {
            return Reading.unsupported(memory.process().reason());
        }
        Duration own = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        return context.host().cpuTime(server.pid()).map(own::plus);
    }

    private static Duration pauses() {
        return Duration.ofMillis(
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                        .filter(n -> n > 0)
                        .sum());
    }
}
