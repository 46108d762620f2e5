package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

class ScheduleTest {
    private static long[] moments(Arrivals arrivals, Duration ramp, int n) {
        Schedule schedule = Schedule.of(arrivals, ramp);
        long[] at = new long[n];
        for (int i = 0; i < n; i++) {
            at[i] = schedule.next();
        }
        return at;
    }

    @Test
    void constant_always_hasEqualDistances() {
        assertThat(moments(new Arrivals.Constant(4), Duration.ZERO, 4))
                .containsExactly(0, 250_000_000, 500_000_000, 750_000_000);
    }

    @Test
    void constant_withARamp_risesInAStraightLineToItsRate() {
        long[] at = moments(new Arrivals.Constant(10), Duration.ofSeconds(10), 61);
        // Half the rate on average: 50 requests in the ramp, the first half of it with a quarter.
        assertThat(at[50] / 1e9).isCloseTo(10, within(1e-6));
        assertThat(at[12] / 1e9).isLessThan(5);
        assertThat(at[13] / 1e9).isGreaterThan(5);
        assertThat((at[60] - at[50]) / 1e9).isCloseTo(1, within(1e-6));
    }

    @Test
    void poisson_always_hasItsRateAndTheSpreadOfExponentialDistances() {
        long[] at = moments(new Arrivals.Poisson(100, 3), Duration.ZERO, 100_001);
        double mean = at[100_000] / 1e9 / 100_000;
        double squares = 0;
        for (int i = 0; i < 100_000; i++) {
            double gap = (at[i + 1] - at[i]) / 1e9 - mean;
            squares += gap * gap;
        }
        assertThat(mean).isCloseTo(0.01, within(0.0002));
        assertThat(Math.sqrt(squares / 100_000)).isCloseTo(mean, within(0.0003));
    }

    @Test
    void poisson_ofTheSameSeed_isTheSame() {
        Arrivals.Poisson arrivals = new Arrivals.Poisson(5, 42);
        assertThat(moments(arrivals, Duration.ZERO, 50))
                .isEqualTo(moments(arrivals, Duration.ZERO, 50));
        assertThat(moments(arrivals, Duration.ZERO, 50))
                .isNotEqualTo(moments(new Arrivals.Poisson(5, 43), Duration.ZERO, 50));
    }

    @Test
    void trace_atItsEnd_isOver() {
        Schedule schedule =
                Schedule.of(
                        new Arrivals.Trace(List.of(Duration.ofMillis(3), Duration.ofMillis(9))),
                        Duration.ZERO);
        assertThat(List.of(schedule.next(), schedule.next(), schedule.next()))
                .containsExactly(3_000_000L, 9_000_000L, Schedule.NEVER);
    }
}
