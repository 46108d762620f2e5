package dev.stoker.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * The promises of a comparison, held by simulation with fixed seeds: at most 5 % false alarms, a
 * drop of 20 % at a spread of 8 % seen by five with five, and intervals that hold the truth in 93
 * to 97 of 100 comparisons.
 */
class ChangeOfMeansTest {
    private static final int TRIES = 2000;

    /** Shares of the simulated comparisons, in percent. */
    private record Shares(double covered, double seen) {}

    private interface Comparison {
        Change of(Random random);
    }

    private static Shares simulate(double truth, Comparison comparison) {
        Random random = new Random(20261122);
        int covered = 0;
        int seen = 0;
        for (int i = 0; i < TRIES; i++) {
            Change change = comparison.of(random);
            covered += change.ci95().contains(truth) ? 1 : 0;
            seen += change.isSeen() ? 1 : 0;
        }
        return new Shares(100.0 * covered / TRIES, 100.0 * seen / TRIES);
    }

    private static double[] draw(Random random, int n, ToDoubleFunction<Random> one) {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = one.applyAsDouble(random);
        }
        return values;
    }

    private static ToDoubleFunction<Random> normal(double mean, double spread) {
        return r -> mean * (1 + spread * r.nextGaussian());
    }

    /** Latencies: many short, a few long; a mean of 1. */
    private static ToDoubleFunction<Random> exponential() {
        return r -> -Math.log(1 - r.nextDouble());
    }

    @ParameterizedTest
    @CsvSource({"3, 3", "4, 4", "5, 5", "5, 10", "10, 10"})
    void unpaired_nothingChanged_atMostFivePercentFalseAlarms(int na, int nb) {
        Shares shares =
                simulate(
                        1,
                        r ->
                                ChangeOfMeans.unpaired(
                                        draw(r, na, normal(37, 0.08)),
                                        draw(r, nb, normal(37, 0.08))));

        // The sampling error of 2000 tries is 0.5 %: two of them are no broken promise.
        assertThat(shares.seen()).isLessThanOrEqualTo(na == 5 && nb == 5 ? 5.0 : 6.0);
        assertThat(shares.covered()).isBetween(93.0, na == 3 ? 97.5 : 97.0);
    }

    @Test
    void unpaired_dropOfTwentyPercentFiveEach_seenInNinetyFivePercent() {
        Shares shares =
                simulate(
                        0.8,
                        r ->
                                ChangeOfMeans.unpaired(
                                        draw(r, 5, normal(100, 0.08)),
                                        draw(r, 5, normal(80, 0.08))));

        assertThat(shares.seen()).isGreaterThanOrEqualTo(95);
        assertThat(shares.covered()).isBetween(93.0, 97.0);
    }

    @Test
    void unpaired_unequalSpreads_intervalsStillCover() {
        Shares shares =
                simulate(
                        0.8,
                        r ->
                                ChangeOfMeans.unpaired(
                                        draw(r, 5, normal(100, 0.02)),
                                        draw(r, 5, normal(80, 0.10))));

        assertThat(shares.covered()).isBetween(93.0, 97.0);
    }

    @Test
    void unpaired_manySkewedFigures_bootstrapCovers() {
        Shares shares =
                simulate(
                        1,
                        r ->
                                ChangeOfMeans.unpaired(
                                        draw(r, 30, exponential()), draw(r, 30, exponential())));

        assertThat(shares.covered()).isBetween(93.0, 97.0);
    }

    @Test
    void unpaired_oneWildAmongEight_ranksSeeMoreThanStudent() {
        Comparison ranks = r -> ChangeOfMeans.unpaired(wild(r, 1), wild(r, 0.8));
        Comparison student =
                r -> LogRatio.unpaired(wild(r, 1), wild(r, 0.8)).change(Change.Method.WELCH);

        assertThat(simulate(0.8, ranks).seen()).isGreaterThan(simulate(0.8, student).seen() + 40);
        assertThat(simulate(1, r -> ChangeOfMeans.unpaired(wild(r, 1), wild(r, 1))).seen())
                .isLessThanOrEqualTo(7);
    }

    /** Eight, each of which takes three times as long with a chance of one in ten. */
    private static double[] wild(Random random, double mean) {
        return draw(
                random,
                8,
                r -> mean * (1 + 0.02 * r.nextGaussian()) * (r.nextDouble() < 0.1 ? 3 : 1));
    }

    @Test
    void paired_sharedDrift_seesWhatUnpairedCanNot() {
        Comparison paired = r -> drifting(r, true);
        Comparison unpaired = r -> drifting(r, false);

        assertThat(simulate(0.9, paired).seen()).isGreaterThan(95);
        assertThat(simulate(0.9, paired).covered()).isBetween(93.0, 97.0);
        assertThat(simulate(0.9, unpaired).seen()).isLessThan(60);
    }

    /** The machine's speed wanders by 10 %; what is compared differs by 10 %, with 2 % of noise. */
    private static Change drifting(Random random, boolean paired) {
        double[] speed = draw(random, 6, normal(100, 0.10));
        double[] a = new double[speed.length];
        double[] b = new double[speed.length];
        for (int i = 0; i < speed.length; i++) {
            a[i] = speed[i] * (1 + 0.02 * random.nextGaussian());
            b[i] = 0.9 * speed[i] * (1 + 0.02 * random.nextGaussian());
        }
        return paired ? ChangeOfMeans.paired(a, b) : ChangeOfMeans.unpaired(a, b);
    }

    @Test
    void paired_manySkewedPairs_bootstrapCovers() {
        Shares shares =
                simulate(
                        1,
                        r -> {
                            double[] a = draw(r, 25, exponential());
                            double[] b = draw(r, 25, exponential());
                            return ChangeOfMeans.paired(a, b);
                        });

        assertThat(shares.covered()).isBetween(93.0, 97.0);
    }

    /** The delta method by hand. */
    @Test
    void unpaired_knownSamples_knownInterval() {
        Change change =
                ChangeOfMeans.unpaired(new double[] {99, 100, 101}, new double[] {79, 80, 81});

        assertThat(change.ratio()).isCloseTo(0.8, within(1e-12));
        assertThat(change.method()).isEqualTo(Change.Method.WELCH);
        // Standard error sqrt(0.01² + 0.0125²)/√3 = 0.009242; 3.816 degrees: t = 2.8288.
        assertThat(change.ci95().low()).isCloseTo(0.8 * Math.exp(-0.026145), within(1e-4));
        assertThat(change.ci95().high()).isCloseTo(0.8 * Math.exp(0.026145), within(1e-4));
    }

    @Test
    void unpaired_sameDataTwice_sameAnswer() {
        double[] a = draw(new Random(1), 40, exponential());
        double[] b = draw(new Random(2), 40, exponential());

        assertThat(ChangeOfMeans.unpaired(a, b)).isEqualTo(ChangeOfMeans.unpaired(a, b));
        assertThat(ChangeOfMeans.unpaired(a, b).method()).isEqualTo(Change.Method.BOOTSTRAP);
    }

    @Test
    void unpaired_noSpreadAtAll_saysWhatItSees() {
        double[] a = {5, 5, 5};

        assertThat(ChangeOfMeans.unpaired(a, a).isSeen()).isFalse();
        assertThat(ChangeOfMeans.unpaired(a, a).pValue()).isEqualTo(1);
        assertThat(ChangeOfMeans.unpaired(a, new double[] {4, 4}).isSeen()).isTrue();
    }

    @Test
    void unpaired_wildValue_isComparedByRanks() {
        Change change =
                ChangeOfMeans.unpaired(
                        new double[] {10, 10.1, 9.9, 10.2, 60}, new double[] {8, 8.1, 7.9, 8.2, 8});

        assertThat(change.method()).isEqualTo(Change.Method.RANK_SUM);
        assertThat(change.isSeen()).isTrue();
        assertThat(change.ratio()).isBetween(0.75, 0.82);
        // All of the second lie below the first: 2 of the 252 ways to share out the ranks. (A tie
        // in one sample leaves the exact figure a little to either side.)
        assertThat(change.pValue()).isBetween(0.005, 0.013);
    }

    @Test
    void any_tooFewOrNotPositive_refused() {
        double[] two = {1, 2};
        assertThatThrownBy(() -> ChangeOfMeans.unpaired(new double[] {1}, two))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ChangeOfMeans.unpaired(new double[] {1, 0}, two))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ChangeOfMeans.unpaired(two, new double[] {1, Double.NaN}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ChangeOfMeans.paired(two, new double[] {1, 2, 3}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Provide
    Arbitrary<double[]> measurements() {
        return Arbitraries.doubles()
                .between(0.1, 1e6)
                .array(double[].class)
                .ofMinSize(2)
                .ofMaxSize(12);
    }

    @Property(tries = 200)
    void unpaired_anyData_intervalHoldsTheRatioAndTurnsWithTheOrder(
            @ForAll("measurements") double[] a, @ForAll("measurements") double[] b) {
        Change there = ChangeOfMeans.unpaired(a, b);
        Change back = ChangeOfMeans.unpaired(b, a);

        assertThat(there.ci95().low()).isLessThanOrEqualTo(there.ratio() * (1 + 1e-9));
        assertThat(there.ci95().high()).isGreaterThanOrEqualTo(there.ratio() * (1 - 1e-9));
        assertThat(there.pValue()).isBetween(0.0, 1.0);
        assertThat(back.method()).isEqualTo(there.method());
        if (there.method() == Change.Method.WELCH) {
            assertThat(back.ratio() * there.ratio()).isCloseTo(1, within(1e-6));
        }
    }
}
