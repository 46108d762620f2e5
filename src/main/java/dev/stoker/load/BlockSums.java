package dev.stoker.load;

import dev.stoker.base.Reading;
import dev.stoker.trace.RequestTrace;

/** Sums over a part of a step's window. Mutable; used by one thread. */
final class BlockSums {
    long ok;
    long failed;
    double tokens;
    long uncounted;
    final Mean ttft = new Mean();
    final Mean tpot = new Mean();
    final Mean itl = new Mean();
    final Mean e2e = new Mean();
    final Mean dispatch = new Mean();

    /** A mean in the making, milliseconds. */
    static final class Mean {
        long n;
        double sum;

        void add(double millis) {
            n++;
            sum += millis;
        }

        void add(Mean other) {
            n += other.n;
            sum += other.sum;
        }

        double value() {
            return sum / n;
        }
    }

    /** Adds what belongs to the moment at which a request began. */
    void begun(RequestTrace trace) {
        if (trace.outcome() instanceof RequestTrace.Outcome.Failed(String kind, String _)) {
            failed += kind.equals("cancelled") ? 0 : 1;
            return;
        }
        ok++;
        e2e.add(trace.e2eMillis());
        dispatch.add(Math.max(0, trace.sentNanos()) / 1e6);
        if (trace.ttftMillis() instanceof Reading.Known<Double>(Double millis)) {
            ttft.add(millis);
        }
        if (trace.timePerOutputTokenMillis() instanceof Reading.Known<Double>(Double millis)) {
            tpot.add(millis);
        }
    }

    void add(BlockSums other) {
        ok += other.ok;
        failed += other.failed;
        tokens += other.tokens;
        uncounted += other.uncounted;
        ttft.add(other.ttft);
        tpot.add(other.tpot);
        itl.add(other.itl);
        e2e.add(other.e2e);
        dispatch.add(other.dispatch);
    }
}
