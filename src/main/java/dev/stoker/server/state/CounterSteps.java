package dev.stoker.server.state;

import dev.stoker.base.Reading;

import java.util.EnumMap;
import java.util.Map;

/** How far counters went between two samples of them. Pure. */
final class CounterSteps {
    private static final String RESTARTED = "the server began to count anew in this interval";

    private CounterSteps() {}

    /** Returns the step of each counter: never negative, unknown over a restart. */
    static Map<Counter, Reading<Double>> between(Counters before, Counters after) {
        boolean restarted = restarted(before, after);
        Map<Counter, Reading<Double>> steps = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            Reading<Double> from = before.get(counter);
            Reading<Double> to = after.get(counter);
            if (!from.isKnown() || !to.isKnown()) {
                steps.put(counter, to.isKnown() ? from : to);
            } else if (restarted) {
                steps.put(counter, Reading.failed(RESTARTED));
            } else {
                steps.put(counter, Reading.known(to.value() - from.value()));
            }
        }
        return steps;
    }

    /**
     * Returns whether the process began anew in between. One counter that went backwards is enough:
     * another may have overtaken its old value since.
     */
    static boolean restarted(Counters before, Counters after) {
        if (before.life().isPresent()
                && after.life().isPresent()
                && !before.life().equals(after.life())) {
            return true;
        }
        for (Counter counter : Counter.values()) {
            Reading<Double> from = before.get(counter);
            Reading<Double> to = after.get(counter);
            if (from.isKnown() && to.isKnown() && to.value() < from.value()) {
                return true;
            }
        }
        return false;
    }
}
