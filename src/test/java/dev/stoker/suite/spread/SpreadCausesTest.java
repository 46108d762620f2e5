package dev.stoker.suite.spread;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Planted causes are named, and healthy runs and plain noise are blamed on nothing. */
class SpreadCausesTest {
    private static final int TESTS = 10;
    private static final int ITERATIONS = 3;
    private static final int RUNS = 400;

    /** One request before its rate is known. */
    private record Request(String task, int iteration, int order, Map<Factor, Double> factors) {}

    /** Random factors that do nothing by themselves. */
    private static List<Request> requests(Random random) {
        List<Request> all = new ArrayList<>();
        for (int i = 1; i <= ITERATIONS; i++) {
            for (int t = 0; t < TESTS; t++) {
                Map<Factor, Double> f = new EnumMap<>(Factor.class);
                for (Factor factor : Factor.values()) {
                    f.put(factor, random.nextDouble());
                }
                f.put(Factor.FIRST_ITERATION, i == 1 ? 1.0 : 0.0);
                f.put(Factor.THROTTLED, random.nextInt(5) == 0 ? 1.0 : 0.0);
                all.add(new Request("test-" + t, i, all.size(), f));
            }
        }
        return all;
    }

    private static Explanation explain(
            Random random, double noise, ToDoubleFunction<Request> effect) {
        List<Observation> seen = new ArrayList<>();
        for (Request r : requests(random)) {
            double rate = 30 * Math.exp(effect.applyAsDouble(r) + noise * random.nextGaussian());
            seen.add(
                    new Observation(
                            r.task(), r.iteration(), r.order(), rate, 100, 50, r.factors()));
        }
        return SpreadCauses.explain(seen);
    }

    private static List<String> codes(Explanation e) {
        return e.causes().stream().map(Explanation.Cause::code).toList();
    }

    @Test
    void healthyRuns_namedCauses_areNone() {
        for (int run = 0; run < RUNS; run++) {
            Explanation e = explain(new Random(run), 0.03, r -> 0);
            assertThat(e.isHigh()).isFalse();
            assertThat(e.causes()).isEmpty();
            assertThat(e.remark()).isEmpty();
        }
    }

    @Test
    void plainNoise_blamedOnSomething_isRare() {
        int blamed = 0;
        for (int run = 0; run < RUNS; run++) {
            Explanation e = explain(new Random(run), 0.25, r -> 0);
            assertThat(e.isHigh()).isTrue();
            if (e.causes().isEmpty()) {
                assertThat(e.remark()).startsWith("No cause was found").contains("Looked at");
            } else {
                blamed++;
            }
        }
        assertThat(blamed).as("of %d", RUNS).isLessThanOrEqualTo(RUNS / 40);
    }

    /** Each factor makes requests slower by up to a half, over noise of 6 %. */
    @ParameterizedTest
    @EnumSource(Factor.class)
    void plantedFactor_alone_isNamedAndNothingElse(Factor factor) {
        int named = 0;
        int others = 0;
        for (int run = 0; run < 100; run++) {
            Explanation e =
                    explain(
                            new Random(run),
                            0.06,
                            r -> 0.7 * factor.direction() * r.factors().get(factor));
            named += codes(e).contains(factor.code()) ? 1 : 0;
            others += (int) codes(e).stream().filter(c -> !c.equals(factor.code())).count();
        }
        assertThat(named).isGreaterThanOrEqualTo(95);
        assertThat(others).isLessThanOrEqualTo(5);
    }

    @Test
    void factor_thatWorksTheWrongWay_isNoCause() {
        for (int run = 0; run < 50; run++) {
            Explanation e =
                    explain(new Random(run), 0.06, r -> 0.7 * r.factors().get(Factor.OTHERS_CPU));
            assertThat(codes(e)).doesNotContain("other-processes");
        }
    }

    @Test
    void firstRequest_slow_isNamedWithItsRates() {
        int named = 0;
        for (int run = 0; run < 100; run++) {
            Explanation e = explain(new Random(run), 0.05, r -> r.order() == 0 ? -1.2 : 0);
            named += codes(e).equals(List.of("first-request")) ? 1 : 0;
        }
        assertThat(named).isGreaterThanOrEqualTo(95);
    }

    @Test
    void testsThatDiffer_withSteadyRepetitions_areTheCause() {
        Explanation e = explain(new Random(1), 0.03, r -> r.task().equals("test-3") ? -1.0 : 0.0);
        assertThat(codes(e)).containsExactly("tests");
        assertThat(e.causes().getFirst().evidence()).contains("test-3");
        assertThat(e.betweenShare().orElseThrow()).isGreaterThan(0.9);
        assertThat(e.withinCv().orElseThrow()).isLessThan(0.05);
    }

    @Test
    void testsAndAFactor_together_areBothNamed() {
        Explanation e =
                explain(
                        new Random(2),
                        0.05,
                        r ->
                                (r.task().compareTo("test-5") < 0 ? -1.5 : 0.0)
                                        - 0.7 * r.factors().get(Factor.OTHERS_CPU));
        assertThat(codes(e)).containsExactly("tests", "other-processes");
    }

    @Test
    void oneIteration_highSpread_isNotExplainedAway() {
        List<Observation> seen = new ArrayList<>();
        for (int t = 0; t < 5; t++) {
            seen.add(new Observation("t" + t, 1, t, 10 + 5 * t, 100, 50, Map.of()));
        }
        Explanation e = SpreadCauses.explain(seen);
        assertThat(e.isHigh()).isTrue();
        assertThat(e.causes()).isEmpty();
        assertThat(e.remark()).contains("one iteration");
    }

    @Test
    void unknownFactors_inTheRemark_areSaidToBeUnknown() {
        List<Observation> seen = new ArrayList<>();
        Random random = new Random(3);
        for (int i = 0; i < 12; i++) {
            double rate = 20 * Math.exp(0.4 * random.nextGaussian());
            seen.add(
                    new Observation(
                            "t" + i % 3, 1 + i / 3, i, rate, 100, 50, Map.of(Factor.WAIT, 0.1)));
        }
        assertThat(SpreadCauses.explain(seen).remark())
                .contains("Not known here")
                .contains("throttling by heat");
    }
}
