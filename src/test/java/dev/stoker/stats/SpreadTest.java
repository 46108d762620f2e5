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

import java.util.Arrays;
import java.util.Random;

class SpreadTest {

    /** The classic table of Student's t: 4.3027 for two degrees of freedom, 2.2622 for nine. */
    @Test
    void of_knownSamples_intervalsOfTheTable() {
        Spread three = Spread.of(31.1, 24.2, 34.5);
        assertThat(three.mean()).isCloseTo(29.9333, within(1e-4));
        assertThat(three.sd().getAsDouble()).isCloseTo(5.2482, within(1e-4));
        assertThat(three.ciHigh().getAsDouble() - three.mean())
                .isCloseTo(4.30265 * 5.24817 / Math.sqrt(3), within(1e-3));

        Spread ten = Spread.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(ten.sd().getAsDouble()).isCloseTo(3.02765, within(1e-5));
        assertThat(ten.ciLow().getAsDouble())
                .isCloseTo(5.5 - 2.262157 * 3.02765 / Math.sqrt(10), within(1e-4));
        assertThat(ten.coefficientOfVariation().getAsDouble())
                .isCloseTo(3.02765 / 5.5, within(1e-5));
    }

    @Test
    void of_oneValue_noSpreadClaimed() {
        Spread one = Spread.of(42);

        assertThat(one.mean()).isEqualTo(42);
        assertThat(one.min()).isEqualTo(42);
        assertThat(one.max()).isEqualTo(42);
        assertThat(one.sd()).isEmpty();
        assertThat(one.ciLow()).isEmpty();
        assertThat(one.ciHigh()).isEmpty();
        assertThat(one.coefficientOfVariation()).isEmpty();
    }

    @Test
    void of_constantValues_zeroWidth() {
        Spread same = Spread.of(0.1, 0.1, 0.1);

        assertThat(same.sd()).hasValue(0);
        assertThat(same.ciLow()).hasValue(0.1);
        assertThat(same.ciHigh()).hasValue(0.1);
    }

    @Test
    void of_nothingOrNotFinite_refused() {
        assertThatThrownBy(Spread::of).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Spread.of(1, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Spread.of(Double.POSITIVE_INFINITY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void coefficientOfVariation_meanOfZero_none() {
        assertThat(Spread.of(-1, 1).coefficientOfVariation()).isEmpty();
    }

    @Property
    void of_anyValues_meanWithinExtremesAndInterval(@ForAll("samples") double[] values) {
        Spread spread = Spread.of(values);

        assertThat(spread.n()).isEqualTo(values.length);
        assertThat(spread.mean()).isBetween(spread.min(), spread.max());
        assertThat(spread.sd().getAsDouble()).isNotNegative();
        assertThat(spread.ciLow().getAsDouble()).isLessThanOrEqualTo(spread.mean());
        assertThat(spread.ciHigh().getAsDouble()).isGreaterThanOrEqualTo(spread.mean());
    }

    @Property
    void of_shiftedAndScaled_followsTheScale(@ForAll("samples") double[] values) {
        Spread before = Spread.of(values);
        Spread after = Spread.of(Arrays.stream(values).map(v -> 3 * v + 100).toArray());

        double tolerance = 1e-9 * (1000 + Math.abs(before.max()) + Math.abs(before.min()));
        assertThat(after.mean()).isCloseTo(3 * before.mean() + 100, within(tolerance));
        assertThat(after.sd().getAsDouble())
                .isCloseTo(3 * before.sd().getAsDouble(), within(tolerance));
    }

    /** Of many samples from a known distribution, 95 % of the intervals must hold its mean. */
    @Test
    void of_manySmallSamples_intervalsHoldTheMeanAsOftenAsPromised() {
        Random random = new Random(20_261_122);
        for (int size : new int[] {3, 5, 20}) {
            int held = 0;
            int rounds = 20_000;
            for (int i = 0; i < rounds; i++) {
                double[] sample = new double[size];
                for (int k = 0; k < size; k++) {
                    sample[k] = 30 + 5 * random.nextGaussian();
                }
                Spread spread = Spread.of(sample);
                if (spread.ciLow().getAsDouble() <= 30 && 30 <= spread.ciHigh().getAsDouble()) {
                    held++;
                }
            }
            assertThat(held / (double) rounds).as("samples of %d", size).isBetween(0.93, 0.97);
        }
    }

    @Provide
    Arbitrary<double[]> samples() {
        return Arbitraries.doubles()
                .between(-1e6, 1e6)
                .array(double[].class)
                .ofMinSize(2)
                .ofMaxSize(40);
    }
}
