package dev.stoker.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.stats.ChangeOfLevels.Point;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

class ChangeOfLevelsTest {

    /** Three measurements at first, then two a level; the value of each is made by its place. */
    private static List<List<Point>> levels(int later, Model model) {
        List<List<Point>> levels = new ArrayList<>();
        double time = 0;
        for (int level = 0; level <= later; level++) {
            List<Point> points = new ArrayList<>();
            for (int i = 0; i < (level == 0 ? 3 : 2); i++) {
                points.add(new Point(time, model.value(level, time)));
                time++;
            }
            levels.add(points);
        }
        return levels;
    }

    private interface Model {
        double value(int level, double time);
    }

    @Property(tries = 200)
    void change_stepAndDriftWithoutNoise_areBothFound(
            @ForAll @DoubleRange(min = 0.1, max = 3) double step,
            @ForAll @DoubleRange(min = 0.9, max = 1.1) double drift,
            @ForAll @IntRange(min = 2, max = 12) int later) {
        ChangeOfLevels found =
                ChangeOfLevels.of(
                        levels(later, (l, t) -> 20 * Math.pow(drift, t) * (l == 0 ? 1 : step)));
        assertThat(found.change().ratio()).isCloseTo(step, within(1e-9 + step * 1e-9));
        assertThat(found.drift().ratio()).isCloseTo(drift, within(1e-9));
    }

    @Property(tries = 100)
    void change_valuesScaled_isTheSame(
            @ForAll long seed, @ForAll @DoubleRange(min = 0.01, max = 100) double scale) {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<Point>> levels = levels(4, (l, t) -> 10 * Math.exp(0.05 * random.nextGaussian()));
        List<List<Point>> scaled =
                levels.stream()
                        .map(level ->
                                level.stream()
                                        .map(p -> new Point(p.time() * 3, p.value() * scale))
                                        .toList())
                        .toList();
        ChangeOfLevels a = ChangeOfLevels.of(levels);
        ChangeOfLevels b = ChangeOfLevels.of(scaled);
        assertThat(b.change().ratio()).isCloseTo(a.change().ratio(), within(1e-9));
        assertThat(b.change().ci95().low()).isCloseTo(a.change().ci95().low(), within(1e-9));
        assertThat(b.unequal()).isCloseTo(a.unequal(), within(1e-9));
    }

    @Test
    void interval_ofNothingWithDriftAndNoise_leavesOutTheTruthInOneOfTwenty() {
        SplittableRandom random = new SplittableRandom(7);
        int outside = 0;
        int unequal = 0;
        for (int i = 0; i < 4000; i++) {
            ChangeOfLevels found =
                    ChangeOfLevels.of(
                            levels(
                                    5,
                                    (l, t) ->
                                            30
                                                    * Math.exp(
                                                            -0.01 * t
                                                                    + 0.03
                                                                            * random
                                                                                    .nextGaussian())));
            outside += found.change().isSeen() ? 1 : 0;
            unequal += found.unequal() < 0.05 ? 1 : 0;
        }
        assertThat(outside / 4000.0).isBetween(0.04, 0.06);
        assertThat(unequal / 4000.0).isBetween(0.04, 0.06);
    }

    @Test
    void of_tooFew_isRefused() {
        List<List<Point>> few = List.of(List.of(new Point(0, 1)), List.of(new Point(1, 1)));
        assertThat(ChangeOfLevels.isEnough(few)).isFalse();
        assertThatThrownBy(() -> ChangeOfLevels.of(few))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Point(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
