package dev.stoker.suite.spread;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Why the rate of a model's requests spreads.
 *
 * @param n how many requests
 * @param mean their mean rate, tokens a second
 * @param sd standard deviation; empty for one request
 * @param min the slowest
 * @param max the fastest
 * @param cv sd/mean
 * @param withinCv the same within one test, pooled over the tests: what is left when the tests' own
 *     differences are taken out; empty where no test was repeated
 * @param betweenShare the share of the variance that lies between the tests, 0 to 1
 * @param causes what explains it, the strongest first
 * @param remark what else is to be said: that nothing was found, and what could not be looked at;
 *     empty where the spread is small or explained
 */
public record Explanation(
        int n,
        double mean,
        OptionalDouble sd,
        double min,
        double max,
        OptionalDouble cv,
        OptionalDouble withinCv,
        OptionalDouble betweenShare,
        List<Cause> causes,
        String remark) {

    /** A coefficient of variation above this is high. */
    public static final double HIGH = 0.10;

    public Explanation {
        causes = List.copyOf(causes);
    }

    /** Returns whether the spread is one that wants an explanation. */
    public boolean isHigh() {
        return cv.orElse(0) > HIGH || withinCv.orElse(0) > HIGH;
    }

    /**
     * A likely cause.
     *
     * @param code stable name
     * @param finding what it is, in a sentence without its point
     * @param evidence the figures that say so
     */
    public record Cause(String code, String finding, String evidence) {}
}
