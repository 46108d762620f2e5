package dev.stoker.load;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How the load tester itself fared in a step: whether its figures are the server's or its own.
 *
 * @param cpuSeconds CPU time of the whole process; empty where the system does not tell
 * @param elapsedSeconds the step, drain included
 * @param busyShare share of the time in which the event loop was at work, 0 to 1; empty for a
 *     carrier that does not tell (TLS)
 * @param lagP50Millis how late a read was stamped at most, median over the reads; empty likewise
 * @param lagP99Millis the same, 99th percentile
 * @param lagMaxMillis the same, the largest, late wake-ups included
 * @param gcPauseMillis all pauses for garbage collection together
 * @param lateP99Millis how late requests of an open loop were begun, 99th percentile; 0 for a
 *     closed loop
 * @param lateMaxMillis the same, the largest
 * @param held requests that waited because as many as allowed were in flight
 * @param reasons why the figures may be the client's own; empty if they are not
 */
public record ClientFigures(
        OptionalDouble cpuSeconds,
        double elapsedSeconds,
        OptionalDouble busyShare,
        OptionalDouble lagP50Millis,
        OptionalDouble lagP99Millis,
        OptionalDouble lagMaxMillis,
        double gcPauseMillis,
        double lateP99Millis,
        double lateMaxMillis,
        long held,
        List<String> reasons) {
    public ClientFigures {
        reasons = List.copyOf(reasons);
    }

    /** Returns whether the client may have bent the figures. */
    public boolean bottleneck() {
        return !reasons.isEmpty();
    }
}
