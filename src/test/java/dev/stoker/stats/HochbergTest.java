package dev.stoker.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

import java.util.Random;

class HochbergTest {

    @Test
    void stand_severalAtOnce_onlyTheSureOnes() {
        assertThat(Hochberg.stand(new double[0])).isEmpty();
        assertThat(Hochberg.stand(new double[] {0.04})).containsExactly(true);
        assertThat(Hochberg.stand(new double[] {0.03, 0.5})).containsExactly(false, false);
        assertThat(Hochberg.stand(new double[] {0.02, 0.5})).containsExactly(true, false);
        assertThat(Hochberg.stand(new double[] {0.04, 0.001, 0.9}))
                .containsExactly(false, true, false);
        assertThat(Hochberg.stand(new double[] {0.04, 0.03, 0.05}))
                .containsExactly(true, true, true);
    }

    /** Ten unchanged figures at once: one of them looks changed in 5 % of the comparisons. */
    @Test
    void stand_tenUnchangedFigures_anyInFivePercent() {
        Random random = new Random(3);
        assertThat(alarms(random, 0)).isCloseTo(0.05, within(0.011));
        assertThat(alarms(random, 0.8)).isLessThan(0.055);
    }

    /** Figures that share so much of their noise. */
    private static double alarms(Random random, double shared) {
        int alarms = 0;
        for (int i = 0; i < 4000; i++) {
            double common = random.nextGaussian();
            double[] p = new double[10];
            for (int k = 0; k < p.length; k++) {
                double z =
                        Math.sqrt(shared) * common + Math.sqrt(1 - shared) * random.nextGaussian();
                p[k] = upperTail(z);
            }
            for (boolean stands : Hochberg.stand(p)) {
                if (stands) {
                    alarms++;
                    break;
                }
            }
        }
        return alarms / 4000.0;
    }

    private static double upperTail(double z) {
        return NormalDistribution.of(0, 1).survivalProbability(z);
    }
}
