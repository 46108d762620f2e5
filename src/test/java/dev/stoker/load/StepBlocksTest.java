package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.history.Comparer;
import dev.stoker.history.Comparison;
import dev.stoker.history.MetricComparison;
import dev.stoker.history.Run;
import dev.stoker.history.Verdict;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/**
 * Blocks are an honest unit: two load tests of one server do not differ, a slower server does. A
 * server of four slots that answers in 0.85 s on average can do 4.7 requests a second.
 */
class StepBlocksTest {
    private static final int TIMES = 400;
    private static final QueueSimulation HALF_MINUTE = new QueueSimulation(4, 30, 1);
    private static final QueueSimulation TWO_MINUTES = new QueueSimulation(4, 120, 1);

    /** Shares of the comparisons, or of the figures judged in them, in percent. */
    private record Found(double regressions, double worseOrBetter) {}

    private static Found compare(Function<Random, Run> a, Function<Random, Run> b) {
        Random dice = new Random(42);
        Comparer comparer = new Comparer(0.05, Set.of());
        int regressions = 0;
        int seen = 0;
        int judged = 0;
        for (int i = 0; i < TIMES; i++) {
            Comparison c = comparer.compare(a.apply(dice), b.apply(dice));
            regressions += c.hasRegression() ? 1 : 0;
            for (MetricComparison m : c.subjects().getFirst().metrics()) {
                // Every request ends well here: that figure can raise no alarm.
                if (m.metric().judged() && m.metric() != StepBlocks.OK) {
                    judged++;
                    seen += isDifferent(m) ? 1 : 0;
                }
            }
        }
        return new Found(100.0 * regressions / TIMES, 100.0 * seen / judged);
    }

    private static boolean isDifferent(MetricComparison m) {
        return m.verdict() == Verdict.WORSE || m.verdict() == Verdict.BETTER;
    }

    @ParameterizedTest
    @CsvSource({"30, 1", "30, 4", "30, 8", "30, 16", "120, 1", "120, 8", "120, 16"})
    void compare_closedLoopsOfOneServer_fewFalseAlarms(double seconds, int users) {
        QueueSimulation server = new QueueSimulation(4, seconds, 1);

        Found found = compare(d -> server.closed(users, d), d -> server.closed(users, d));

        assertThat(found.regressions()).isLessThanOrEqualTo(5);
        assertThat(found.worseOrBetter()).isLessThanOrEqualTo(6.5);
    }

    @ParameterizedTest
    @CsvSource({"30, 1", "30, 3", "30, 4.4", "30, 6", "120, 2", "120, 4", "120, 6"})
    void compare_openLoopsOfOneServer_fewFalseAlarms(double seconds, double perSecond) {
        QueueSimulation server = new QueueSimulation(4, seconds, 1);

        Found found = compare(d -> server.open(perSecond, d), d -> server.open(perSecond, d));

        assertThat(found.regressions()).isLessThanOrEqualTo(5);
        assertThat(found.worseOrBetter()).isLessThanOrEqualTo(6.5);
    }

    @Test
    void compare_serverThatIsAFifthSlower_isSeen() {
        QueueSimulation slow = new QueueSimulation(4, 30, 1.2);
        QueueSimulation slowLong = new QueueSimulation(4, 120, 1.2);

        assertThat(compare(d -> HALF_MINUTE.closed(8, d), d -> slow.closed(8, d)).regressions())
                .isGreaterThan(85);
        assertThat(compare(d -> TWO_MINUTES.closed(8, d), d -> slowLong.closed(8, d)).regressions())
                .isGreaterThan(98);
        assertThat(compare(d -> TWO_MINUTES.open(3, d), d -> slowLong.open(3, d)).regressions())
                .isGreaterThan(75);
    }

    @Test
    void series_fullLoadOnAQueue_atMostTenBlocksInOrderOfTime() {
        Run run = TWO_MINUTES.closed(8, new Random(1));

        var samples = run.subject("m at 8 users").orElseThrow().series().getFirst().samples();
        assertThat(samples).hasSizeBetween(8, 10);
        assertThat(samples.getFirst().unit()).isEqualTo("block 1");
        assertThat(samples.getFirst().atEpochMillis()).isEqualTo(1_012_000);
        assertThat(samples)
                .isSortedAccordingTo((a, b) -> Long.compare(a.atEpochMillis(), b.atEpochMillis()));
        // Four slots, 81 tokens each on average, 0.05 s before them.
        assertThat(run.subjects().getFirst().series().getFirst().spread().mean())
                .isCloseTo(4 * 80 / 0.85, within(15.0));
    }

    @Test
    void series_queueThatGrows_isOneBlock() {
        // One third more comes than the server can do: no part of it is like another.
        List<Integer> blocks =
                new Random(7)
                        .ints(20)
                        .mapToObj(
                                seed -> TWO_MINUTES.open(6, new Random(seed)).subjects().getFirst())
                        .map(s -> s.series("ttft_ms").orElseThrow().samples().size())
                        .toList();

        assertThat(blocks.stream().filter(n -> n == 1)).hasSizeGreaterThan(15);
    }

    @Test
    void ofLonger_neighboursOfAnAutoregressiveProcess_lessAndLess() {
        assertThat(StepBlocks.ofLonger(0, 5)).isZero();
        assertThat(StepBlocks.ofLonger(0.5, 1)).isCloseTo(0.5, within(1e-12));
        // (x1 + x2) and (x3 + x4): (f + 2f² + f³) / (2 + 2f).
        assertThat(StepBlocks.ofLonger(0.5, 2)).isCloseTo(1.125 / 3, within(1e-12));
        assertThat(StepBlocks.ofLonger(0.5, 20)).isLessThan(0.06);
    }
}
