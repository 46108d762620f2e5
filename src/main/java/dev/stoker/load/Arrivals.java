package dev.stoker.load;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * When requests begin. A closed loop sends the next request when an answer has come; all others are
 * open loops, whose schedule is fixed before the first answer and never waits for one, so that a
 * slow server cannot thin out its own load.
 */
public sealed interface Arrivals {

    /**
     * So many users, each of whom sends the next request when the answer has come.
     *
     * @param users at least one
     */
    record Closed(int users) implements Arrivals {
        public Closed {
            if (users < 1) {
                throw new IllegalArgumentException("a closed loop needs a user");
            }
        }
    }

    /** Requests at equal distances. */
    record Constant(double perSecond) implements Arrivals {
        public Constant {
            requireRate(perSecond);
        }
    }

    /** Requests at random, independent of one another: exponential distances. */
    record Poisson(double perSecond, long seed) implements Arrivals {
        public Poisson {
            requireRate(perSecond);
        }
    }

    /**
     * Requests as they were recorded.
     *
     * @param at the moments after the start, in order
     */
    record Trace(List<Duration> at) implements Arrivals {
        public Trace {
            at = List.copyOf(at);
        }
    }

    private static void requireRate(double perSecond) {
        if (!(perSecond > 0) || !Double.isFinite(perSecond)) {
            throw new IllegalArgumentException("a rate must be above 0, but is " + perSecond);
        }
    }

    default boolean isOpen() {
        return !(this instanceof Closed);
    }

    /** Returns the stable name of the kind. */
    default String code() {
        return switch (this) {
            case Closed c -> "closed";
            case Constant c -> "constant";
            case Poisson p -> "poisson";
            case Trace t -> "trace";
        };
    }

    /** Returns the load in short words for a person. */
    default String label() {
        return switch (this) {
            case Closed(int users) -> users == 1 ? "1 user" : users + " users";
            case Constant(double rate) -> rate(rate) + "/s";
            case Poisson(double rate, long _) -> rate(rate) + "/s random";
            case Trace(List<Duration> at) -> at.size() + " recorded";
        };
    }

    private static String rate(double perSecond) {
        return perSecond == Math.rint(perSecond)
                ? String.format(Locale.ROOT, "%.0f", perSecond)
                : String.format(Locale.ROOT, "%.3g", perSecond);
    }
}
