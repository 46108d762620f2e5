package dev.stoker.degrade;

import dev.stoker.base.Reading;
import dev.stoker.stats.Change;
import dev.stoker.stats.ChangeOfLevels;
import dev.stoker.stats.ChangeOfLevels.Point;
import dev.stoker.stats.ChangeOfMeans;
import dev.stoker.stats.Interval;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges the measurements of a run. Two comparisons of the loads after a reload with the first one
 * are made: a plain one, and one from which the drift between measurements without a reload is
 * taken out. "Degraded" needs both to see a drop, so that a machine that gets warm is not accused;
 * "healthy" needs that the plain one leaves no room for a drop that matters, and no rise with time
 * that could hide one. The decode rate is judged, the prompt rate only told. Pure.
 *
 * @param verdict on the decode rate
 * @param prompt the drop of the prompt rate
 * @param loadsDiffer whether the loads after a reload differ among themselves by more than the
 *     measurements of one load do
 */
public record Judgement(Verdict verdict, Reading<Verdict.Drop> prompt, boolean loadsDiffer) {
    private static final double STRICT = 0.01;

    /**
     * Judges.
     *
     * @param measured the cycles' measurements that count
     * @param tolerancePercent a smaller drop is none
     */
    public static Judgement of(List<Measured> measured, double tolerancePercent) {
        List<List<Point>> decode = levels(measured, m -> Reading.known(m.decode()));
        Reading<Verdict.Drop> prompt = prompt(measured);
        if (!ChangeOfLevels.isEnough(decode) || !isComparable(decode)) {
            return new Judgement(
                    new Verdict.CannotTell("too little was measured", Optional.empty()),
                    prompt,
                    false);
        }
        ChangeOfLevels levels = ChangeOfLevels.of(decode);
        boolean differ = levels.unequal() < STRICT && range(decode) > tolerancePercent / 100;
        return new Judgement(verdict(decode, levels, tolerancePercent, differ), prompt, differ);
    }

    /** Two measurements of each side are the least of which a spread can be told. */
    private static boolean isComparable(List<List<Point>> levels) {
        int after = levels.stream().skip(1).mapToInt(List::size).sum();
        return !levels.isEmpty() && levels.getFirst().size() >= 2 && after >= 2;
    }

    private static Verdict verdict(
            List<List<Point>> decode,
            ChangeOfLevels levels,
            double tolerancePercent,
            boolean differ) {
        Change plain = plain(decode);
        Verdict.Drop drop = drop(plain);
        Verdict.Drop adjusted = drop(levels.change());
        boolean falls = levels.drift().isSeen() && levels.drift().ratio() < 1;
        boolean rises = levels.drift().isSeen() && levels.drift().ratio() > 1;
        if (drop.ci95().low() > 0 && drop.percent() >= tolerancePercent) {
            if (adjusted.ci95().low() > 0 && adjusted.percent() >= tolerancePercent) {
                return new Verdict.Degraded(falls || rises ? adjusted : drop);
            }
            return new Verdict.CannotTell(
                    falls
                            ? "it gets slower, but between measurements without a reload too: time"
                                    + " or heat"
                            : "it is slower, but so few measurements can't tell reloads from time;"
                                    + " take more cycles",
                    Optional.of(adjusted));
        }
        Verdict.Drop bound = rises ? adjusted : drop;
        if (bound.ci95().high() >= tolerancePercent) {
            return new Verdict.CannotTell(
                    spread(bound, tolerancePercent, differ), Optional.of(bound));
        }
        return new Verdict.Healthy(bound);
    }

    private static String spread(Verdict.Drop drop, double tolerancePercent, boolean differ) {
        if (differ) {
            return "the loads differ too much among themselves; take more cycles";
        }
        String more = "; take more cycles, or a quieter machine";
        return drop.percent() < tolerancePercent
                ? "the measurements spread too much to rule out a drop" + more
                : "it seems slower, but the measurements spread too much to be sure" + more;
    }

    private static Change plain(List<List<Point>> levels) {
        double[] before = levels.getFirst().stream().mapToDouble(Point::value).toArray();
        double[] after =
                levels.stream().skip(1).flatMap(List::stream).mapToDouble(Point::value).toArray();
        return ChangeOfMeans.unpaired(before, after);
    }

    private static Verdict.Drop drop(Change change) {
        return new Verdict.Drop(
                100 * (1 - change.ratio()),
                new Interval(
                        100 * (1 - Math.min(change.ci95().high(), 1e6)),
                        100 * (1 - change.ci95().low())));
    }

    private static Reading<Verdict.Drop> prompt(List<Measured> measured) {
        List<List<Point>> levels = levels(measured, Measured::prompt);
        if (!isComparable(levels)) {
            return Reading.unsupported(
                    measured.stream()
                            .map(m -> m.prompt().reason())
                            .filter(r -> !r.isEmpty())
                            .findFirst()
                            .orElse("too little was measured"));
        }
        return Reading.known(drop(plain(levels)));
    }

    /** The largest of the later loads' means over the smallest, less one. */
    private static double range(List<List<Point>> levels) {
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        for (List<Point> level : levels.subList(1, levels.size())) {
            double mean = level.stream().mapToDouble(Point::value).average().orElse(0);
            least = Math.min(least, mean);
            most = Math.max(most, mean);
        }
        return least > 0 ? most / least - 1 : 0;
    }

    private interface Figure {
        Reading<Double> of(Measured measured);
    }

    private static List<List<Point>> levels(List<Measured> measured, Figure figure) {
        List<List<Point>> levels = new ArrayList<>();
        int last = measured.stream().mapToInt(Measured::load).max().orElse(-1);
        for (int load = 0; load <= last; load++) {
            List<Point> level = new ArrayList<>();
            for (Measured m : measured) {
                Reading<Double> value = figure.of(m);
                if (m.load() == load && value.isKnown() && value.value() > 0) {
                    level.add(new Point(m.seconds(), value.value()));
                }
            }
            if (!level.isEmpty() || load == 0) {
                levels.add(level);
            }
        }
        return levels;
    }
}
