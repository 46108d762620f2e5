package dev.stoker.load;

import dev.stoker.base.Clock;
import dev.stoker.http.Carrier;
import dev.stoker.http.LoopFigures;
import dev.stoker.stats.LatencyDigest;
import dev.stoker.stats.LatencySummary;
import dev.stoker.trace.RequestTrace;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Watches the load tester itself during a step: a client near its limit reports its own queueing as
 * the server's latency, so the limits here are set well below the figures that people look at. Used
 * by the engine's thread.
 *
 * <p>What counts as too much says {@link ClientLimits}.
 */
final class ClientWatch {
    private final Clock clock;
    private final Carrier carrier;
    private final List<GarbageCollectorMXBean> collectors =
            ManagementFactory.getGarbageCollectorMXBeans();
    private final LatencyDigest late = new LatencyDigest();
    private final OptionalDouble cpuBefore;
    private final long gcBefore;
    private final long begin;
    private long held;
    private long answers;
    private double firstTokens;
    private long gapCount;
    private double gaps;

    ClientWatch(Clock clock, Carrier carrier) {
        this.clock = clock;
        this.carrier = carrier;
        cpuBefore = cpuSeconds();
        gcBefore = gcMillis();
        begin = clock.nanos();
        carrier.figures();
    }

    /** A request of an open loop was begun so long after its moment. */
    void dispatched(long lateNanos) {
        late.add(Math.max(0, lateNanos));
    }

    /** A request has to wait because too many are in flight. */
    void held() {
        held++;
    }

    /** An answer came: how large the figures are that lateness could bend. */
    void answered(RequestTrace trace) {
        long[] chunks = trace.chunkNanos();
        if (trace.isOk() && chunks.length > 0) {
            answers++;
            firstTokens += chunks[0];
            gapCount += chunks.length - 1;
            gaps += chunks[chunks.length - 1] - chunks[0];
        }
    }

    /** In wall milliseconds, as lateness is. */
    private OptionalDouble mean(double nanos, long count) {
        return count == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(nanos / count / 1e6 / clock.speed());
    }

    ClientFigures figures() {
        LoopFigures loop = carrier.figures();
        boolean known = loop.reads() > 0;
        double speed = clock.speed();
        double wallSeconds = (clock.nanos() - begin) / 1e9 / speed;
        OptionalDouble cpu = cpuSeconds();
        LatencySummary dispatch = late.summary();
        double lateMax = dispatch.max().orElse(0) / speed;
        double lateP99 = dispatch.p99().orElse(dispatch.max().orElse(0)) / speed;
        double gc = gcMillis() - gcBefore;
        double lag = loop.lagP99Nanos() / 1e6 / speed;
        List<String> reasons =
                new ClientLimits(mean(firstTokens, answers), mean(gaps, gapCount))
                        .reasons(loop.busyShare(), lag, lateP99, gc, wallSeconds, held);
        return new ClientFigures(
                cpu.isPresent() && cpuBefore.isPresent()
                        ? OptionalDouble.of(cpu.getAsDouble() - cpuBefore.getAsDouble())
                        : OptionalDouble.empty(),
                wallSeconds,
                loop(known, loop.busyShare()),
                loop(known, loop.lagP50Nanos() / 1e6 / speed),
                loop(known, lag),
                loop(known, loop.lagMaxNanos() / 1e6 / speed),
                gc,
                lateP99,
                lateMax,
                held,
                reasons);
    }

    private static OptionalDouble loop(boolean known, double value) {
        return known ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    private static OptionalDouble cpuSeconds() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(Duration::toNanos)
                .map(n -> OptionalDouble.of(n / 1e9))
                .orElse(OptionalDouble.empty());
    }

    private long gcMillis() {
        return collectors.stream().mapToLong(c -> Math.max(0, c.getCollectionTime())).sum();
    }
}
