package dev.stoker.stats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Random;

class PowerTest {

    /** Tables of the t test: an effect of one deviation needs 22 or 23 on each side for 90 %. */
    @Test
    void needed_effectOfOneDeviation_numberOfTheTables() {
        double spread = -Math.log(0.8);
        assertThat(Power.needed(spread, spread, 0.8).getAsInt()).isBetween(22, 23);
    }

    @Test
    void needed_smallerChangeOrWiderSpread_more() {
        int base = Power.needed(0.08, 0.08, 0.8).getAsInt();

        assertThat(base).isBetween(4, 5);
        assertThat(Power.needed(0.08, 0.08, 0.9).getAsInt()).isGreaterThan(base);
        assertThat(Power.needed(0.2, 0.2, 0.8).getAsInt()).isGreaterThan(base);
        assertThat(Power.neededPairs(0.02, 0.95).getAsInt()).isBetween(3, 6);
    }

    @Test
    void needed_noSpreadOrNoEffect_twoOrNever() {
        assertThat(Power.needed(0, 0, 0.95)).hasValue(2);
        assertThat(Power.needed(0.1, 0.1, 1)).isEmpty();
        assertThat(Power.needed(5, 5, 0.99)).isEmpty();
    }

    @Test
    void needed_simulated_seesTheChangeInNineOfTen() {
        int n = Power.needed(0.05, 0.05, 0.92).getAsInt();
        Random random = new Random(7);
        int seen = 0;
        for (int i = 0; i < 2000; i++) {
            double[] a = new double[n];
            double[] b = new double[n];
            for (int k = 0; k < n; k++) {
                a[k] = 100 * (1 + 0.05 * random.nextGaussian());
                b[k] = 92 * (1 + 0.05 * random.nextGaussian());
            }
            seen += ChangeOfMeans.unpaired(a, b).isSeen() ? 1 : 0;
        }
        assertThat(seen / 2000.0).isBetween(0.88, 0.96);
    }
}
