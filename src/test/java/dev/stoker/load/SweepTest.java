package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Reading;
import dev.stoker.stats.LatencySummary;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

class SweepTest {
    /** A server with so many slots, each of 10 tokens and one request a second. */
    private static StepSummary served(LoadStep step, int index, int slots, double bestRate) {
        int users = step.arrivals() instanceof Arrivals.Closed(int n) ? n : 0;
        double rate = step.arrivals() instanceof Arrivals.Poisson(double r, long _) ? r : 0;
        double requests = users > 0 ? Math.min(users, slots) : Math.min(rate, slots);
        Map<String, Boolean> verdicts = Map.of("ttft_p95=500ms", users > 0 || rate <= bestRate);
        LatencySummary none = LatencySummary.none();
        return new StepSummary(
                index,
                new LoadEvent.StepStarted(
                        index,
                        0,
                        step.arrivals().code(),
                        users,
                        rate,
                        step.lead(),
                        step.duration(),
                        step.requests()),
                10,
                10,
                0,
                0,
                0,
                Map.of(),
                Reading.known(1L),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Reading.known(1L),
                10,
                true,
                Reading.known(requests * 10),
                Reading.known(requests),
                OptionalDouble.of(1),
                none,
                none,
                none,
                none,
                none,
                none,
                none,
                none,
                none,
                Optional.of(1.0),
                verdicts,
                Optional.empty(),
                "done");
    }

    private static List<StepSummary> run(Sweep sweep, int slots, double bestRate) {
        List<StepSummary> steps = new ArrayList<>();
        for (Optional<LoadStep> next = sweep.next(steps);
                next.isPresent();
                next = sweep.next(steps)) {
            steps.add(served(next.get(), steps.size(), slots, bestRate));
            assertThat(steps).hasSizeLessThan(50);
        }
        return steps;
    }

    private static Sweep sweep(boolean objectives) {
        return new Sweep(Duration.ofSeconds(1), Duration.ZERO, objectives, 1);
    }

    @Test
    void sweep_withoutObjectives_doublesTheUsersUntilItBringsLittle() {
        List<StepSummary> steps = run(sweep(false), 6, 0);
        assertThat(steps).extracting(s -> s.started().users()).containsExactly(1, 2, 4, 8, 16);
        Sweep.Found found = Sweep.found(steps);
        assertThat(found.knee().orElseThrow().started().users()).isEqualTo(8);
    }

    @Test
    void sweep_withObjectives_closesInOnTheHighestRateThatMeetsThem() {
        List<StepSummary> steps = run(sweep(true), 16, 11.3);
        double best = Sweep.found(steps).best().orElseThrow().started().perSecond();
        assertThat(best).isCloseTo(11.3, within(0.51)).isLessThanOrEqualTo(11.3);
    }

    @Test
    void sweep_whoseObjectivesNoRateMeets_findsNone() {
        assertThat(Sweep.found(run(sweep(true), 16, 0)).best()).isEmpty();
    }
}
