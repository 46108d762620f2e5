package dev.stoker.degrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.SplittableRandom;

class JudgementTest {
    private static final int RUNS = 200;

    private static Verdict verdict(int cycles, Runs.Rate rate) {
        return Judgement.of(Runs.of(cycles, rate), Design.TOLERANCE).verdict();
    }

    private static double noise(SplittableRandom random, double spread) {
        return Math.exp(spread * random.nextGaussian());
    }

    /** Measurements spread, loads differ a little, and the chip gets warm by so much in all. */
    private static int degradedOf(double spread, double loads, double warm, double step) {
        SplittableRandom random = new SplittableRandom(42);
        int degraded = 0;
        for (int i = 0; i < RUNS; i++) {
            double[] levels = random.doubles(6).map(_ -> noise(random, loads)).toArray();
            Verdict verdict =
                    verdict(
                            5,
                            (s, n) ->
                                    37
                                            * levels[s.load()]
                                            * (1 - warm * (1 - Math.exp(-n / 4.0)))
                                            * (s.load() == 0 ? 1 : 1 - step)
                                            * noise(random, spread));
            degraded += verdict instanceof Verdict.Degraded ? 1 : 0;
        }
        return degraded;
    }

    @ParameterizedTest
    @CsvSource({
        "0.001, 0, 0",
        "0.01, 0, 0",
        "0.03, 0, 0",
        "0.10, 0, 0",
        "0.30, 0, 0",
        "0.01, 0.01, 0",
        "0.02, 0.02, 0",
        "0.01, 0, 0.08",
        "0.02, 0.01, 0.15"
    })
    void healthyBox_200Runs_isAccusedInAtMostOneOfTwenty(double spread, double loads, double warm) {
        assertThat(degradedOf(spread, loads, warm, 0)).isLessThanOrEqualTo(RUNS / 20);
    }

    @ParameterizedTest
    @CsvSource({"0.01, 0.2", "0.02, 0.2", "0.03, 0.47", "0.05, 0.47", "0.10, 0.86"})
    void dropOfTheStory_200Runs_isSeenInNineteenOfTwenty(double spread, double step) {
        assertThat(degradedOf(spread, 0.005, 0, step)).isGreaterThanOrEqualTo(RUNS * 19 / 20);
    }

    @Property(tries = 100)
    void dropThatStays_isGivenAsItIs(
            @ForAll @DoubleRange(min = 0.06, max = 0.9) double step,
            @ForAll @IntRange(min = 2, max = 10) int cycles) {
        Verdict verdict = verdict(cycles, (s, n) -> s.load() == 0 ? 37 : 37 * (1 - step));
        assertThat(verdict).isInstanceOf(Verdict.Degraded.class);
        assertThat(verdict.drop().orElseThrow().percent()).isCloseTo(100 * step, within(1e-6));
    }

    @Test
    void dropThatGrowsWithEachReload_isDegraded() {
        SplittableRandom random = new SplittableRandom(3);
        Verdict verdict =
                verdict(5, (s, n) -> 37 * Math.pow(0.1414, s.load() / 5.0) * noise(random, 0.01));
        assertThat(verdict).isInstanceOf(Verdict.Degraded.class);
        assertThat(verdict.drop().orElseThrow().percent()).isBetween(60.0, 75.0);
    }

    @Test
    void steadyMachine_200Runs_isHealthyWithABoundInNineteenOfTwenty() {
        SplittableRandom random = new SplittableRandom(1);
        int healthy = 0;
        for (int i = 0; i < RUNS; i++) {
            Verdict verdict = verdict(5, (s, n) -> 37 * noise(random, 0.01));
            if (verdict instanceof Verdict.Healthy(Verdict.Drop found)) {
                healthy++;
                assertThat(found.ci95().high()).isLessThan(Design.TOLERANCE);
            }
        }
        assertThat(healthy).isGreaterThanOrEqualTo(RUNS * 19 / 20);
    }

    @Test
    void slowerWithEveryMeasurement_isTimeAndNotReloads() {
        SplittableRandom random = new SplittableRandom(1);
        Verdict verdict = verdict(5, (s, n) -> 37 * Math.exp(-0.03 * n) * noise(random, 0.002));
        assertThat(verdict).isInstanceOf(Verdict.CannotTell.class);
        assertThat(verdict.sentence()).contains("time or heat");
    }

    @Test
    void noReloadYet_cannotTell() {
        assertThat(verdict(0, (s, n) -> 37)).isInstanceOf(Verdict.CannotTell.class);
    }

    @Property(tries = 100)
    void runThatStoppedAnywhere_isJudgedWithoutAnError(
            @ForAll @IntRange(min = 0, max = 15) int measured,
            @ForAll @DoubleRange(min = 0, max = 0.9) double step) {
        List<Measured> all = Runs.of(5, (s, n) -> s.load() == 0 ? 37 : 37 * (1 - step));
        List<Measured> some = all.subList(0, measured);
        Judgement judgement = Judgement.of(some, Design.TOLERANCE);
        assertThat(Hypotheses.of(some, judgement)).hasSize(Cause.values().length);
        if (measured < Design.BEFORE + 2) {
            assertThat(judgement.verdict()).isInstanceOf(Verdict.CannotTell.class);
        }
    }

    @Test
    void wideSpread_cannotTell() {
        SplittableRandom random = new SplittableRandom(5);
        assertThat(verdict(5, (s, n) -> 37 * noise(random, 0.25)))
                .isInstanceOf(Verdict.CannotTell.class);
    }

    @Test
    void loadsOfTheirOwnSpeed_areNoticed() {
        SplittableRandom random = new SplittableRandom(5);
        Judgement judgement =
                Judgement.of(
                        Runs.of(5, (s, n) -> (s.load() % 2 == 0 ? 33 : 26) * noise(random, 0.005)),
                        Design.TOLERANCE);
        assertThat(judgement.loadsDiffer()).isTrue();
    }
}
