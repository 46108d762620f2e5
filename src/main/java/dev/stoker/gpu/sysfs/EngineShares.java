package dev.stoker.gpu.sysfs;

import dev.stoker.base.Reading;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which share of an engine's time a client has taken since the look before, in percent. Clients
 * that were not seen again are forgotten. Used by one thread.
 */
public final class EngineShares {
    private static final Reading<Double> FIRST =
            Reading.failed("this is the first look, and a share needs two");

    private final Map<String, Long> before = new HashMap<>();
    private final Set<String> seen = new HashSet<>();

    /** Begins a look. */
    public void begin() {
        seen.clear();
    }

    /**
     * Takes a counter and returns its growth in percent of what could have been.
     *
     * @param key of the client and engine
     * @param counter what it has taken so far; negative where it is not told
     * @param most what it could have taken since the look before; 0 or less where unknown
     */
    public Reading<Double> percent(String key, long counter, double most) {
        if (counter < 0) {
            return Reading.unsupported("the driver does not tell it of this engine");
        }
        seen.add(key);
        Long last = before.put(key, counter);
        if (last == null || most <= 0) {
            return FIRST;
        }
        // A counter may go back when the client closes one of its contexts.
        return Reading.known(Math.clamp(100.0 * Math.max(0, counter - last) / most, 0, 100));
    }

    /**
     * Returns the growth of a counter of something that all clients share; -1 at the first look.
     */
    public long growth(String key, long counter) {
        seen.add(key);
        Long last = before.put(key, counter);
        return last == null || counter < last ? -1 : counter - last;
    }

    /** Ends a look. */
    public void end() {
        before.keySet().retainAll(seen);
    }

    /** Returns the sum of two shares; what is not known does not count where the other is. */
    public static Reading<Double> sum(Reading<Double> a, Reading<Double> b) {
        if (a.isKnown() && b.isKnown()) {
            return Reading.known(Math.min(100, a.value() + b.value()));
        }
        return a.isKnown() || !b.isKnown() ? a : b;
    }
}
