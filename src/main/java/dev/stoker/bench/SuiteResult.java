package dev.stoker.bench;

import dev.stoker.base.Reading;
import dev.stoker.stats.Spread;

import java.util.List;
import java.util.SortedMap;

/**
 * How a model did in the tests of a suite.
 *
 * @param tests in the suite's order
 * @param passRates share of the judged tests that passed, 0 to 1, by iteration; only iterations in
 *     which every test was judged that was judged at all
 */
public record SuiteResult(List<TestResult> tests, SortedMap<Integer, Double> passRates) {
    public SuiteResult {
        tests = List.copyOf(tests);
    }

    /** Returns how many answers passed. */
    public int passed() {
        return tests.stream().mapToInt(TestResult::passed).sum();
    }

    /** Returns how many answers were judged. */
    public int judged() {
        return tests.stream().mapToInt(TestResult::judged).sum();
    }

    /** Returns the pass rate over the iterations. */
    public Reading<Spread> passRate() {
        return passRates.isEmpty()
                ? Reading.unsupported("no iteration is complete")
                : Reading.known(
                        Spread.of(
                                passRates.values().stream()
                                        .mapToDouble(Double::doubleValue)
                                        .toArray()));
    }

    /**
     * One test.
     *
     * @param skipped why it was not asked; empty if it was
     * @param passed answers that every check was content with
     * @param judged answers that were judged
     * @param outputTokens of an answer, all turns together
     * @param seconds from the first send to the last token, all turns together
     * @param tokensPerSecond output tokens by these seconds
     * @param decodeTokensPerSecond after the first token, all turns together
     * @param notes how it was checked, or why it could not be
     * @param failures the answers that did not pass
     */
    public record TestResult(
            String name,
            String skipped,
            int passed,
            int judged,
            Reading<Spread> outputTokens,
            Reading<Spread> seconds,
            Reading<Spread> tokensPerSecond,
            Reading<Spread> decodeTokensPerSecond,
            List<String> notes,
            List<Failure> failures) {
        public TestResult {
            notes = List.copyOf(notes);
            failures = List.copyOf(failures);
        }
    }

    /**
     * A check that failed.
     *
     * @param check its stable name
     * @param expected what was wanted
     * @param seen what came
     * @param answer the beginning of the answer, thinking included
     */
    public record Failure(
            int iteration, String check, String expected, String seen, String answer) {}
}
