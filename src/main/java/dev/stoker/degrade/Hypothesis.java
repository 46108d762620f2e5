package dev.stoker.degrade;

/**
 * A cause held against what was seen.
 *
 * @param evidence the figures that speak for or against it, or what could not be seen
 */
public record Hypothesis(Cause cause, Fits fits, String evidence) {

    /** Whether a cause agrees with what was seen. */
    public enum Fits {
        YES,
        NO,
        UNKNOWN
    }

    static Hypothesis yes(Cause cause, String evidence) {
        return new Hypothesis(cause, Fits.YES, evidence);
    }

    static Hypothesis no(Cause cause, String evidence) {
        return new Hypothesis(cause, Fits.NO, evidence);
    }

    static Hypothesis unknown(Cause cause, String evidence) {
        return new Hypothesis(cause, Fits.UNKNOWN, evidence);
    }
}
