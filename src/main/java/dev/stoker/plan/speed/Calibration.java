package dev.stoker.plan.speed;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How much faster this host is than the model of speed says, from rates that were measured on it.
 *
 * @param factor measured over predicted; 1 where nothing was measured
 * @param from what was measured, a phrase; empty for nothing
 * @param sameModel whether it was the very model
 */
public record Calibration(double factor, String from, boolean sameModel) {
    public static final Calibration NONE = new Calibration(1, "", false);

    /** Beyond these a measured rate is of something else, or the host is broken. */
    private static final double LEAST = 0.05;

    private static final double MOST = 8;
    private static final int OTHERS = 5;

    public boolean any() {
        return !from.isEmpty();
    }

    /**
     * A measured rate beside the one that was predicted for the same model, settings and depth.
     *
     * @param model its name
     * @param measured tokens a second
     * @param predicted tokens a second
     * @param from such as {@code run 20260801-a, 2026-08-01}
     */
    public record Pair(String model, double measured, double predicted, String from) {
        double factor() {
            return measured / predicted;
        }

        boolean usable() {
            double factor = factor();
            return factor >= LEAST && factor <= MOST;
        }
    }

    /** Returns the calibration of one measured rate; none for rates that can't be. */
    public static Calibration of(Pair pair, boolean sameModel) {
        return pair.usable()
                ? new Calibration(pair.factor(), pair.model() + " of " + pair.from(), sameModel)
                : NONE;
    }

    /**
     * Returns the calibration for a model: from itself where it was measured, else the middle of up
     * to five others.
     *
     * @param pairs the newest first
     */
    public static Calibration choose(String model, List<Pair> pairs) {
        List<Pair> usable = pairs.stream().filter(Pair::usable).toList();
        Optional<Pair> same = usable.stream().filter(p -> p.model().equals(model)).findFirst();
        if (same.isPresent()) {
            return of(same.get(), true);
        }
        List<Pair> others =
                usable.stream()
                        .limit(OTHERS)
                        .sorted(Comparator.comparingDouble(Pair::factor))
                        .toList();
        if (others.isEmpty()) {
            return NONE;
        }
        Pair middle = others.get(others.size() / 2);
        String from =
                others.size() == 1
                        ? middle.model() + " of " + middle.from()
                        : "the middle of "
                                + others.size()
                                + " models measured here, "
                                + middle.model();
        return new Calibration(middle.factor(), from, false);
    }
}
