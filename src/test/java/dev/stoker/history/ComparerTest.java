package dev.stoker.history;

import static dev.stoker.history.Runs.DECODE;
import static dev.stoker.history.Runs.MEMORY;
import static dev.stoker.history.Runs.TTFT;
import static dev.stoker.history.Runs.decoding;
import static dev.stoker.history.Runs.run;
import static dev.stoker.history.Runs.series;
import static dev.stoker.history.Runs.setting;
import static dev.stoker.history.Runs.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.stats.Change;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Random;
import java.util.Set;

class ComparerTest {
    private static final Comparer FIVE_PERCENT = new Comparer(0.05, Set.of());

    private static MetricComparison only(Comparison comparison) {
        assertThat(comparison.metrics()).hasSize(1);
        return comparison.metrics().getFirst();
    }

    @Test
    void compare_clearDrop_worseAndARegression() {
        Comparison c =
                FIVE_PERCENT.compare(
                        decoding("a", 0, 36.9, 37.1, 37.0), decoding("b", 9000, 29.5, 29.7, 29.6));

        MetricComparison m = only(c);
        assertThat(m.verdict()).isEqualTo(Verdict.WORSE);
        assertThat(m.changePercent().value()).isCloseTo(-20, within(0.1));
        assertThat(m.ci95Percent().orElseThrow().contains(-20)).isTrue();
        assertThat(m.regression()).isTrue();
        assertThat(c.verdict()).isEqualTo(Verdict.WORSE);
        assertThat(c.hasRegression()).isTrue();
    }

    @Test
    void compare_clearDropWithinTheThreshold_worseButNoRegression() {
        Comparison c =
                FIVE_PERCENT.compare(
                        decoding("a", 0, 36.9, 37.1, 37.0), decoding("b", 9000, 36.0, 36.2, 36.1));

        assertThat(only(c).verdict()).isEqualTo(Verdict.WORSE);
        assertThat(only(c).regression()).isFalse();
        assertThat(c.verdict()).isEqualTo(Verdict.NO_DIFFERENCE_SEEN);
    }

    @Test
    void compare_latency_lessIsBetter() {
        Run a = run("a", 0, subject("m", series(TTFT, 0, 200, 202, 198)));
        Run b = run("b", 9000, subject("m", series(TTFT, 9000, 100, 101, 99)));

        assertThat(FIVE_PERCENT.compare(a, b).verdict()).isEqualTo(Verdict.BETTER);
        assertThat(FIVE_PERCENT.compare(b, a).verdict()).isEqualTo(Verdict.WORSE);
    }

    @Test
    void compare_figureWithoutGoodDirection_differentAndNeverARegression() {
        Run a = run("a", 0, subject("m", series(MEMORY, 0, 200, 202, 198)));
        Run b = run("b", 9000, subject("m", series(MEMORY, 9000, 400, 401, 399)));

        Comparison c = FIVE_PERCENT.compare(a, b);
        assertThat(only(c).verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(c.hasRegression()).isFalse();
        assertThat(c.verdict()).isEqualTo(Verdict.CANNOT_TELL);
    }

    @Test
    void compare_sameFigures_noDifferenceSeenAndRunsNeeded() {
        MetricComparison m =
                only(
                        FIVE_PERCENT.compare(
                                decoding("a", 0, 36, 37, 38), decoding("b", 9000, 37, 38, 36.5)));

        assertThat(m.verdict()).isEqualTo(Verdict.NO_DIFFERENCE_SEEN);
        assertThat(m.needed().getAsInt()).isBetween(4, 8);
    }

    @Test
    void compare_wideSpreadOfFew_cannotTell() {
        MetricComparison m =
                only(
                        FIVE_PERCENT.compare(
                                decoding("a", 0, 25, 37, 45), decoding("b", 9000, 28, 39, 33)));

        assertThat(m.verdict()).isEqualTo(Verdict.CANNOT_TELL);
        assertThat(m.needed().getAsInt()).isGreaterThan(50);
    }

    @Test
    void compare_oneValueOrNone_changeWithoutVerdict() {
        MetricComparison one =
                only(FIVE_PERCENT.compare(decoding("a", 0, 20), decoding("b", 1, 10)));
        assertThat(one.verdict()).isEqualTo(Verdict.CANNOT_TELL);
        assertThat(one.changePercent().value()).isCloseTo(-50, within(1e-9));
        assertThat(one.ci95Percent()).isEmpty();
        assertThat(one.n()).isEqualTo(1);

        MetricComparison none = only(FIVE_PERCENT.compare(decoding("a", 0, 20), decoding("b", 1)));
        assertThat(none.changePercent().reason()).isEqualTo("no request ended well");
        assertThat(none.b().reason()).isEqualTo("no request ended well");
    }

    @Test
    void compare_runsInTurns_paired() {
        Run a = decoding("a", 0, 30, 33, 27, 36);
        Run b = decoding("b", 500, 28.5, 31.4, 25.6, 34.3);

        assertThat(only(FIVE_PERCENT.compare(a, b)).change().orElseThrow().method())
                .isEqualTo(Change.Method.PAIRED_T);
        assertThat(only(FIVE_PERCENT.compare(a, b)).verdict()).isEqualTo(Verdict.WORSE);
        Run later = decoding("b", 9000, 28.5, 31.4, 25.6, 34.3);
        assertThat(only(FIVE_PERCENT.compare(a, later)).change().orElseThrow().method())
                .isEqualTo(Change.Method.WELCH);
        assertThat(only(FIVE_PERCENT.compare(a, later)).verdict()).isNotEqualTo(Verdict.WORSE);
    }

    @Test
    void compare_otherModels_matchedByName() {
        Run a =
                run(
                        "a",
                        0,
                        subject("x", series(DECODE, 0, 1, 2)),
                        subject("y", series(DECODE, 0, 3, 3)));
        Run b = run("b", 0, subject("z"), subject("y", series(DECODE, 9000, 3, 3)));

        Comparison c = FIVE_PERCENT.compare(a, b);
        assertThat(c.subjects()).extracting(s -> s.name()).containsExactly("y");
        assertThat(c.onlyA()).containsExactly("x");
        assertThat(c.onlyB()).containsExactly("z");
    }

    @Test
    void compare_modelThatFailsNow_regression() {
        Run a = decoding("a", 0, 30, 31);
        Run b =
                run(
                        "b",
                        0,
                        new Subject(
                                "phi4:14b",
                                Subject.Outcome.FAILED,
                                "out of memory",
                                Setting.empty(),
                                0,
                                1,
                                List.of()));

        assertThat(FIVE_PERCENT.compare(a, b).hasRegression()).isTrue();
        assertThat(FIVE_PERCENT.compare(a, b).verdict()).isEqualTo(Verdict.WORSE);
        assertThat(FIVE_PERCENT.compare(b, a).hasRegression()).isFalse();
    }

    @Test
    void differences_ofSettings_unknownIsListedOnceItIsKnownSomewhere() {
        Setting a = setting("host", "box", "gpu", "?no GPU", "driver", "?no GPU");
        Setting b = setting("host", "thor", "gpu", "?no GPU", "driver", "580.1");

        assertThat(a.differences(b))
                .extracting(Setting.Difference::name)
                .containsExactly("host", "driver");
        assertThat(a.differences(a)).isEmpty();
    }

    @Test
    void compare_namedMetric_onlyThatAndJudged() {
        Run a =
                run(
                        "a",
                        0,
                        subject("m", series(TTFT, 0, 200, 202, 198), series(DECODE, 0, 9, 9.1)));
        Run b =
                run(
                        "b",
                        9000,
                        subject("m", series(TTFT, 9000, 300, 301, 299), series(DECODE, 0, 9, 9)));

        Comparison c = new Comparer(0.05, Set.of("decode_tokens_per_second")).compare(a, b);
        assertThat(only(c).metric()).isEqualTo(DECODE);
        assertThat(c.hasRegression()).isFalse();
    }

    @Test
    void compare_oneWorseAmongManyUnsureOnes_doesNotStand() {
        Subject[] a = new Subject[10];
        Subject[] b = new Subject[10];
        for (int i = 0; i < a.length; i++) {
            // One loses 10 % at a spread that makes it just seen; the others do not change.
            double loss = i == 0 ? 0.9 : 1;
            a[i] = subject("m" + i, series(DECODE, 0, 98, 100, 102));
            b[i] = subject("m" + i, series(DECODE, 9000, 96 * loss, 100 * loss, 104 * loss));
        }
        Comparison c = FIVE_PERCENT.compare(run("a", 0, a), run("b", 9000, b));

        assertThat(c.metrics().getFirst().verdict()).isEqualTo(Verdict.WORSE);
        assertThat(c.metrics().getFirst().stands()).isFalse();
        assertThat(c.hasRegression()).isFalse();
        assertThat(c.verdict()).isEqualTo(Verdict.CANNOT_TELL);
        Comparison alone = FIVE_PERCENT.compare(run("a", 0, a[0]), run("b", 9000, b[0]));
        assertThat(alone.hasRegression()).isTrue();
    }

    @Test
    void compare_oneWorseOneBetter_regressionCounts() {
        Run a = run("a", 0, subject("m", series(TTFT, 0, 200, 202), series(DECODE, 0, 9, 9.1)));
        Run b =
                run(
                        "b",
                        9000,
                        subject("m", series(TTFT, 9000, 300, 301), series(DECODE, 9000, 18, 18.1)));

        assertThat(FIVE_PERCENT.compare(a, b).verdict()).isEqualTo(Verdict.WORSE);
        assertThat(FIVE_PERCENT.compare(a, b).hasRegression()).isTrue();
    }

    /** Ten models with two figures each that did not change: an alarm in one of twenty at most. */
    @Test
    void compare_manyUnchangedFigures_fewFalseAlarmsOnTheWhole() {
        Random random = new Random(11);
        int alarms = 0;
        for (int i = 0; i < 1000; i++) {
            Run a = noisy(random, "a", 0);
            Run b = noisy(random, "b", 1_000_000);
            alarms += new Comparer(0, Set.of()).compare(a, b).hasRegression() ? 1 : 0;
        }
        // The sampling error of 1000 tries is 0.7 %.
        assertThat(alarms / 1000.0).isLessThanOrEqualTo(0.06);
    }

    private static Run noisy(Random random, String id, long from) {
        Subject[] subjects = new Subject[10];
        for (int i = 0; i < subjects.length; i++) {
            subjects[i] =
                    subject(
                            "model" + i,
                            series(DECODE, from, values(random)),
                            series(TTFT, from, values(random)));
        }
        return run(id, from, subjects);
    }

    private static double[] values(Random random) {
        double[] values = new double[5];
        for (int i = 0; i < values.length; i++) {
            values[i] = 100 * (1 + 0.08 * random.nextGaussian());
        }
        return values;
    }
}
