package dev.stoker.explain.probe;

import java.util.OptionalDouble;

/**
 * How fast an answer should come.
 *
 * @param decode tokens a second that the hardware allows; empty where it can't be told
 * @param low the lower end of that band
 * @param high its upper end
 * @param bytesPerToken what a token moves; 0 if not known
 * @param bound what bounds it, a phrase; why there is no figure, where there is none
 * @param assumed whether the hardware's own figures are only assumed, so that a slower answer is no
 *     finding
 * @param baseline tokens a second that were measured before on this host
 * @param from the run they were measured in
 */
public record Expected(
        OptionalDouble decode,
        double low,
        double high,
        long bytesPerToken,
        String bound,
        boolean assumed,
        OptionalDouble baseline,
        String from) {

    /** Nothing is known. */
    public static Expected nothing(String why) {
        return new Expected(
                OptionalDouble.empty(), 0, 0, 0, why, false, OptionalDouble.empty(), "");
    }

    /** Returns the same with what was measured before. */
    public Expected measured(double rate, String run) {
        return new Expected(
                decode, low, high, bytesPerToken, bound, assumed, OptionalDouble.of(rate), run);
    }
}
