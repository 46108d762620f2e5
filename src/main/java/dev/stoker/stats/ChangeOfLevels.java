package dev.stoker.stats;

import org.apache.commons.statistics.distribution.FDistribution;

import java.util.List;

/**
 * How a figure changed where something is done again and again that may leave it at another level,
 * while time may move it too: measurements are grouped by level, each group has a mean of its own,
 * and all groups share one slope in time, which is estimated within groups alone. By that a slow
 * drift can't pass for a change of level, and a level may be anything: one step that stays, or one
 * step more each time. Ordinary least squares on logarithms; intervals by Student's t. Pure.
 *
 * @param change of the mean of the later levels against the first one, the drift taken out
 * @param drift of the figure in one unit of time, as a ratio
 * @param unequal the probability that the later levels differ among themselves as much as they do
 *     where they are all the same; 1 where there is only one
 */
public record ChangeOfLevels(Change change, Change drift, double unequal) {

    /**
     * One measurement.
     *
     * @param time in any unit
     * @param value above zero
     */
    public record Point(double time, double value) {
        public Point {
            if (!(value > 0) || value == Double.POSITIVE_INFINITY || !Double.isFinite(time)) {
                throw new IllegalArgumentException("no measurement: " + value + " at " + time);
            }
        }
    }

    /**
     * Compares levels.
     *
     * @param levels at least two, each with a measurement; so many in all that two degrees of
     *     freedom are left beside a mean for each and the slope
     */
    public static ChangeOfLevels of(List<List<Point>> levels) {
        if (!isEnough(levels)) {
            throw new IllegalArgumentException("too few measurements for " + levels.size());
        }
        Fit fit = new Fit(levels);
        return fit.result(unequal(levels, fit));
    }

    /** Returns whether these measurements can be compared. */
    public static boolean isEnough(List<List<Point>> levels) {
        int n = levels.stream().mapToInt(List::size).sum();
        return levels.size() >= 2
                && levels.stream().noneMatch(List::isEmpty)
                && n - levels.size() - 1 >= 2
                && new Fit(levels).xx > 0;
    }

    /** The sums of one fit. */
    private static final class Fit {
        private final int[] counts;
        private final double[] times;
        private final double[] logs;
        private final double xx;
        private final double slope;
        private final double variance;
        private final double degrees;

        Fit(List<List<Point>> levels) {
            int k = levels.size();
            counts = new int[k];
            times = new double[k];
            logs = new double[k];
            double sxx = 0;
            double sxy = 0;
            double syy = 0;
            int n = 0;
            for (int i = 0; i < k; i++) {
                List<Point> level = levels.get(i);
                counts[i] = level.size();
                n += level.size();
                times[i] = level.stream().mapToDouble(Point::time).average().orElse(0);
                logs[i] = level.stream().mapToDouble(p -> Math.log(p.value())).average().orElse(0);
                for (Point p : level) {
                    double x = p.time() - times[i];
                    double y = Math.log(p.value()) - logs[i];
                    sxx += x * x;
                    sxy += x * y;
                    syy += y * y;
                }
            }
            xx = sxx;
            slope = sxx > 0 ? sxy / sxx : 0;
            degrees = n - k - 1;
            variance = degrees > 0 ? Math.max(0, syy - slope * sxy) / degrees : 0;
        }

        ChangeOfLevels result(double unequal) {
            int later = counts.length - 1;
            double log = 0;
            double time = 0;
            double spread = 0;
            for (int i = 1; i <= later; i++) {
                log += logs[i] / later;
                time += times[i] / later;
                spread += 1.0 / counts[i] / later / later;
            }
            double apart = time - times[0];
            double error = Math.sqrt(variance * (spread + 1.0 / counts[0] + apart * apart / xx));
            return new ChangeOfLevels(
                    change(log - logs[0] - slope * apart, error),
                    change(slope, Math.sqrt(variance / xx)),
                    unequal);
        }

        private Change change(double log, double error) {
            return new LogRatio(log, error, degrees).change(Change.Method.LEVELS);
        }

        double rest() {
            return variance * degrees;
        }
    }

    /**
     * An F test: how much worse is a fit with one level for all later measurements than one with a
     * level for each?
     */
    private static double unequal(List<List<Point>> levels, Fit full) {
        int later = levels.size() - 1;
        if (later < 2) {
            return 1;
        }
        List<Point> merged =
                levels.subList(1, levels.size()).stream().flatMap(List::stream).toList();
        double more = new Fit(List.of(levels.getFirst(), merged)).rest() - full.rest();
        if (full.variance < 1e-18) {
            return more < 1e-15 ? 1 : 0;
        }
        return FDistribution.of(later - 1, full.degrees)
                .survivalProbability(Math.max(0, more) / (later - 1) / full.variance);
    }
}
