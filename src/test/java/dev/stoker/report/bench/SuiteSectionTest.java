package dev.stoker.report.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;
import dev.stoker.bench.SuiteResult;
import dev.stoker.bench.SuiteResult.Failure;
import dev.stoker.bench.SuiteResult.TestResult;
import dev.stoker.stats.Spread;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class SuiteSectionTest {
    private static TestResult test(String name, String skipped, int passed, int judged) {
        Reading<Spread> rate =
                judged == 0
                        ? Reading.unsupported("nothing was answered")
                        : Reading.known(Spread.of(10, 20));
        return new TestResult(
                name,
                skipped,
                passed,
                judged,
                rate,
                rate,
                rate,
                rate,
                List.of("829 tokens read"),
                passed < judged
                        ? List.of(
                                new Failure(
                                        1, "number", "the number 58", "<no number>", "an answer"))
                        : List.of());
    }

    private static String table(TestResult... tests) {
        return SuiteSection.tests(new SuiteResult(List.of(tests), new TreeMap<>())).markdown();
    }

    @Test
    void tests_passedAndFailed_haveTheirRowsWithSpeed() {
        String table = table(test("health", "", 2, 2), test("reasoning", "", 1, 2));
        assertThat(table)
                .contains("| health | 2/2 | 15.0 ± 7.07")
                .contains("| reasoning | 1/2 |")
                .contains("| 47 |")
                .contains("829 tokens read");
    }

    @Test
    void tests_notAsked_sayWhyAndNoFigure() {
        String table = table(test("vision", "the model can't see", 0, 0));
        assertThat(table)
                .contains("| vision | skipped (1) | – (2) |")
                .contains("1. the model can't see")
                .contains("2. nothing was answered");
    }

    @Test
    void summary_ofSeveralIterations_hasTheRangeOfTheirRates() {
        assertThat(
                        SuiteSection.summary(
                                new SuiteResult(
                                        List.of(test("a", "", 1, 2)),
                                        new TreeMap<>(Map.of(1, 1.0, 2, 0.0)))))
                .isEqualTo("1 of 2 answers passed; of each iteration 50 % (0–100)");
    }
}
