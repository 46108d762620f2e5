package dev.stoker.load;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/**
 * The moments at which an open loop begins its requests. With a ramp the rate rises in a straight
 * line from nothing to its full height. The moments depend on the arrivals alone. One thread.
 *
 * <p>Source: a Poisson process with a rate r(t) is one of rate 1 whose time is stretched by the
 * inverse of R(t) = ∫r (Çinlar, Introduction to Stochastic Processes, ch. 4). Constant arrivals are
 * stretched in the same way.
 */
@FunctionalInterface
interface Schedule {
    /** No request begins any more. */
    long NEVER = Long.MAX_VALUE;

    /** Returns the next moment, nanoseconds after the start, or {@link #NEVER}. */
    long next();

    /**
     * @throws IllegalArgumentException for a closed loop, which has no schedule
     */
    static Schedule of(Arrivals arrivals, Duration ramp) {
        return switch (arrivals) {
            case Arrivals.Closed c -> throw new IllegalArgumentException("no schedule");
            case Arrivals.Constant(double rate) -> stretched(equal(), rate, ramp);
            case Arrivals.Poisson(double rate, long seed) ->
                    stretched(exponential(seed), rate, ramp);
            case Arrivals.Trace(List<Duration> at) -> recorded(at.iterator());
        };
    }

    private static Schedule recorded(Iterator<Duration> at) {
        return () -> at.hasNext() ? at.next().toNanos() : NEVER;
    }

    private static Schedule stretched(DoubleSupplier units, double perSecond, Duration ramp) {
        double perNano = perSecond / 1e9;
        double rampNanos = ramp.toNanos();
        double inRamp = perNano * rampNanos / 2;
        return () -> {
            double unit = units.getAsDouble();
            double nanos =
                    unit < inRamp
                            ? Math.sqrt(2 * unit * rampNanos / perNano)
                            : rampNanos + (unit - inRamp) / perNano;
            return Math.round(Math.min(nanos, 9e18));
        };
    }

    /** The moments of a process of rate 1 with equal distances: 0, 1, 2 … */
    private static DoubleSupplier equal() {
        double[] n = {0};
        return () -> n[0]++;
    }

    /** The moments of a Poisson process of rate 1. */
    private static DoubleSupplier exponential(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] sum = {0};
        return () -> sum[0] -= Math.log1p(-random.nextDouble());
    }
}
