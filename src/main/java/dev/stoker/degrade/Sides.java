package dev.stoker.degrade;

import dev.stoker.base.Reading;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * What was seen around the fast measurements and around the slow ones, side by side. A figure of a
 * side is the median of what is known of it. Pure.
 *
 * @param fast of the first load
 * @param slow of later loads, those that were slow
 */
record Sides(List<Measured> fast, List<Measured> slow) {

    /** Splits; a measurement is slow if it lost at least half of what the whole run did. */
    static Sides of(List<Measured> measured, double dropPercent) {
        List<Measured> first = measured.stream().filter(m -> m.load() == 0).toList();
        double before = median(first.stream().mapToDouble(Measured::decode).toArray());
        double mark = before * (1 - dropPercent / 200);
        return new Sides(
                first, measured.stream().filter(m -> m.load() > 0 && m.decode() < mark).toList());
    }

    /** A figure on both sides. */
    record Pair(double fast, double slow) {
        double ratio() {
            return fast == 0 ? (slow == 0 ? 1 : Double.POSITIVE_INFINITY) : slow / fast;
        }
    }

    Reading<Pair> pair(Sign sign) {
        Reading<Double> a = median(fast, sign);
        Reading<Double> b = median(slow, sign);
        if (!a.isKnown()) {
            return Reading.unsupported(a.reason());
        }
        return b.map(value -> new Pair(a.value(), value));
    }

    private static Reading<Double> median(List<Measured> side, Sign sign) {
        double[] known =
                side.stream()
                        .map(m -> m.look().sign(sign))
                        .filter(Reading::isKnown)
                        .mapToDouble(Reading::value)
                        .toArray();
        if (known.length > 0) {
            return Reading.known(median(known));
        }
        return side.isEmpty()
                ? Reading.unsupported("there is no such measurement")
                : side.getFirst().look().sign(sign);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return n == 0 ? 0 : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    /** Returns what slowed a GPU during slow measurements and not during fast ones. */
    Reading<List<String>> newReasons() {
        if (slow.isEmpty()) {
            return Reading.unsupported("there is no such measurement");
        }
        TreeSet<String> reasons = new TreeSet<>();
        for (Measured m : slow) {
            Reading<List<String>> seen = m.look().slowedBy();
            if (!seen.isKnown()) {
                return seen;
            }
            reasons.addAll(seen.value());
        }
        fast.forEach(m -> m.look().slowedBy().orElse(List.of()).forEach(reasons::remove));
        return Reading.known(List.copyOf(reasons));
    }

    /** Returns the processes' starts of a side, where they can be seen. */
    static Reading<String> runner(List<Measured> side) {
        return side.isEmpty()
                ? Reading.unsupported("there is no such measurement")
                : side.getLast().look().runner();
    }

    Reading<Boolean> sharedMemory() {
        return fast.isEmpty()
                ? Reading.unsupported("there is no such measurement")
                : fast.getFirst().look().sharedMemory();
    }
}
