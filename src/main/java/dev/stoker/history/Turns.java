package dev.stoker.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Whether two series were measured in turns: then each value has a partner that met the same
 * conditions, and the pairs are compared. Two runs one after the other share nothing but the number
 * of their iterations, and pairing those would pretend to know more. Pure.
 */
final class Turns {
    private Turns() {}

    /**
     * @param a values of the first, in the order of time
     * @param b their partners
     */
    record Pairs(double[] a, double[] b) {}

    private record Placed(Sample sample, boolean first) {}

    /** Returns the pairs; empty where the two did not take turns all the time. */
    static Optional<Pairs> of(List<Sample> a, List<Sample> b) {
        if (a.size() != b.size() || a.size() < 2) {
            return Optional.empty();
        }
        List<Placed> all = new ArrayList<>();
        a.forEach(s -> all.add(new Placed(s, true)));
        b.forEach(s -> all.add(new Placed(s, false)));
        if (all.stream().anyMatch(p -> p.sample().atEpochMillis() < 0)) {
            return Optional.empty();
        }
        all.sort(Comparator.comparingLong(p -> p.sample().atEpochMillis()));
        double[] left = new double[a.size()];
        double[] right = new double[a.size()];
        for (int i = 0; i < left.length; i++) {
            Placed one = all.get(2 * i);
            Placed two = all.get(2 * i + 1);
            if (one.first() == two.first()
                    || one.sample().atEpochMillis() == two.sample().atEpochMillis()) {
                return Optional.empty();
            }
            left[i] = (one.first() ? one : two).sample().value();
            right[i] = (one.first() ? two : one).sample().value();
        }
        return Optional.of(new Pairs(left, right));
    }
}
