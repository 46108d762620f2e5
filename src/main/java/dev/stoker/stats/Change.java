package dev.stoker.stats;

import java.util.Locale;

/**
 * How a figure changed from one set of measurements to another: as a ratio, because a change of
 * speed is a percentage. Pure.
 *
 * @param ratio the second over the first; 1 is no change
 * @param ci95 the 95 % interval of the ratio
 * @param pValue the two-sided probability of so large a difference where there is none
 * @param method how it was found
 */
public record Change(double ratio, Interval ci95, double pValue, Method method) {

    /** Returns whether the difference is more than chance: the interval leaves out "no change". */
    public boolean isSeen() {
        return !ci95.contains(1);
    }

    /** The ways to compare; which one fits is decided by {@link ChangeOfMeans}. */
    public enum Method {
        /** Student's t on log ratios with Welch's degrees of freedom: few, unpaired. */
        WELCH("Welch t of the log means"),
        /** Student's t on the pairs: few, interleaved. */
        PAIRED_T("paired t of the log means"),
        /** Percentile-t bootstrap of the means: many, unpaired. */
        BOOTSTRAP("bootstrap-t of the means"),
        /** Percentile-t bootstrap of the pairs: many, interleaved. */
        PAIRED_BOOTSTRAP("paired bootstrap-t of the means"),
        /** Rank sum test with the Hodges-Lehmann ratio: an outlier among few. */
        RANK_SUM("Mann-Whitney with the Hodges-Lehmann ratio, because of an outlier"),
        /** Signed rank test with the Hodges-Lehmann ratio of the pairs: an outlier among few. */
        SIGNED_RANK("Wilcoxon signed rank with the Hodges-Lehmann ratio, because of an outlier"),
        /** Least squares with a level for each group and one slope in time. */
        LEVELS("levels with a common drift, Student's t");

        private final String words;

        Method(String words) {
            this.words = words;
        }

        /** Returns the stable code, as it stands in JSON: {@code rank-sum}. */
        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Returns the method in words. */
        public String words() {
            return words;
        }
    }
}
