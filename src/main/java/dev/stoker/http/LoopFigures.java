package dev.stoker.http;

/**
 * How punctual a carrier was over a stretch of time. Lag is an upper bound of how long bytes lay in
 * the system before their read was stamped; each read counts. All in the clock's time.
 *
 * @param reads how many reads there were
 * @param busyNanos time spent on reads and on the driver
 * @param elapsedNanos the stretch
 * @param lagP50Nanos median over the reads
 * @param lagP99Nanos 99th percentile over the reads
 * @param lagMaxNanos the largest, of late wake-ups too
 */
public record LoopFigures(
        long reads,
        long busyNanos,
        long elapsedNanos,
        long lagP50Nanos,
        long lagP99Nanos,
        long lagMaxNanos) {

    /** Returns the share of the time in which the loop was busy, 0 to 1. */
    public double busyShare() {
        return elapsedNanos <= 0 ? 0 : Math.min(1, busyNanos / (double) elapsedNanos);
    }
}
