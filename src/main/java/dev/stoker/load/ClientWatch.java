package dev.stoker.load;

import dev.stoker.base.Clock;
import dev.stoker.http.Carrier;
import dev.stoker.http.LoopFigures;
import dev.stoker.stats.LatencyDigest;
import dev.stoker.stats.LatencySummary;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Watches the load tester itself during a step: a client near its limit reports its own queueing as
 * the server's latency, so the limits here are set well below the figures that people look at. Used
 * by the engine's thread.
 *
 * <p>Limits: the loop at work for more than 70 % of the time; 1 % of the reads stamped more than 2
 * ms late; garbage collection for more than 1 % of the time; 1 % of an open loop's requests begun
 * more than 5 ms late; any request held back.
 */
final class ClientWatch {
    private static final double MOST_BUSY = 0.7;
    private static final double LATEST_STAMP_MILLIS = 2;
    private static final double MOST_GC_SHARE = 0.01;
    private static final double LATEST_DISPATCH_MILLIS = 5;

    private final Clock clock;
    private final Carrier carrier;
    private final List<GarbageCollectorMXBean> collectors =
            ManagementFactory.getGarbageCollectorMXBeans();
    private final LatencyDigest late = new LatencyDigest();
    private final OptionalDouble cpuBefore;
    private final long gcBefore;
    private final long begin;
    private long held;

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
        List<String> reasons = new ArrayList<>();
        double lag = loop.lagP99Nanos() / 1e6 / speed;
        if (loop.busyShare() > MOST_BUSY) {
            reasons.add(
                    String.format(
                            Locale.ROOT,
                            "its loop was at work %.0f %% of the time",
                            loop.busyShare() * 100));
        }
        if (lag > LATEST_STAMP_MILLIS) {
            reasons.add(
                    String.format(
                            Locale.ROOT, "1 %% of its stamps may be more than %.1f ms late", lag));
        }
        if (gc > MOST_GC_SHARE * wallSeconds * 1000) {
            reasons.add(
                    String.format(Locale.ROOT, "garbage collection stopped it for %.0f ms", gc));
        }
        if (lateP99 > LATEST_DISPATCH_MILLIS) {
            reasons.add(
                    String.format(
                            Locale.ROOT,
                            "1 %% of the requests began more than %.1f ms late",
                            lateP99));
        }
        if (held > 0) {
            reasons.add(
                    String.format(
                            Locale.ROOT, "%d requests waited as too many were in flight", held));
        }
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
