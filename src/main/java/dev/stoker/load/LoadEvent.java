package dev.stoker.load;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.trace.RequestTrace;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** What happened in a load test; the journal is a list of these. */
public sealed interface LoadEvent {
    int step();

    /**
     * A step began.
     *
     * @param startedEpochMillis wall time, for labels
     * @param arrivals the stable name of the arrivals' kind
     * @param users of a closed loop; 0 for an open one
     * @param perSecond of an open loop; 0 for a closed one and for a recorded one
     * @param lead what is not measured at the start: requests that began in it, and their tokens
     * @param duration how long is measured, if the step goes by time
     * @param requests how many are measured, if the step goes by their number
     */
    record StepStarted(
            int step,
            long startedEpochMillis,
            String arrivals,
            int users,
            double perSecond,
            Duration lead,
            Optional<Duration> duration,
            OptionalLong requests)
            implements LoadEvent {

        /** Returns the load in a few words: {@code 8 users}, {@code 2.5/s poisson}. */
        public String label() {
            if (users > 0) {
                return users == 1 ? "1 user" : users + " users";
            }
            return perSecond > 0
                    ? String.format(Locale.ROOT, "%s/s %s", trimmed(perSecond), arrivals)
                    : arrivals;
        }

        private static String trimmed(double value) {
            return value == Math.rint(value)
                    ? Long.toString((long) value)
                    : String.format(Locale.ROOT, "%.3g", value);
        }
    }

    /**
     * A request ended.
     *
     * @param at its intended start, nanoseconds after the step's
     */
    record RequestEnded(int step, long at, RequestTrace trace) implements LoadEvent {}

    /**
     * A step ended.
     *
     * @param windowEnd where the full load ended, nanoseconds after the step's start
     * @param why {@code done}, {@code error-rate} or {@code interrupted}
     */
    record StepEnded(int step, long windowEnd, String why, ClientFigures client)
            implements LoadEvent {}

    /**
     * What the server's host showed at a moment.
     *
     * @param at nanoseconds after the step's start
     * @param hostAvailable memory that new programs could have
     * @param serverResident memory of the server's process tree
     * @param serverCpu CPU time that the server's process tree has taken since its start
     */
    record ServerSampled(
            int step,
            long at,
            Reading<Bytes> hostAvailable,
            Reading<Bytes> serverResident,
            Reading<Duration> serverCpu)
            implements LoadEvent {}
}
