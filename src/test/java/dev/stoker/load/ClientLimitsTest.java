package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.OptionalDouble;

class ClientLimitsTest {
    private static List<String> late(double ttft, double gap, double stamp, double dispatch) {
        return new ClientLimits(OptionalDouble.of(ttft), OptionalDouble.of(gap))
                .reasons(0.1, stamp, dispatch, 0, 10, 0);
    }

    @ParameterizedTest
    @CsvSource({
        // A model that computes on the client's cores: late, but nothing that could be seen.
        "300, 60, 5, 0",
        // A fast server, and a client that is as fast.
        "20, 1, 1.9, 4.9",
        // An open loop that begins 20 ms late, at first tokens of half a second.
        "500, 300, 0.1, 20",
    })
    void reasons_latenessThatBendsNothing_none(
            double ttft, double gap, double stamp, double dispatch) {
        assertThat(late(ttft, gap, stamp, dispatch)).isEmpty();
    }

    @Test
    void reasons_latenessThatBendsAFigure_figureIsNamed() {
        assertThat(late(300, 10, 4, 0))
                .containsExactly(
                        "1 % of its stamps may be more than 4.0 ms late, against gaps between"
                                + " chunks (ITL) of 10 ms");
        assertThat(late(15, 100, 4, 0))
                .containsExactly(
                        "1 % of its stamps may be more than 4.0 ms late, against first tokens"
                                + " (TTFT) of 15 ms");
        assertThat(late(100, 10, 0, 20))
                .containsExactly(
                        "1 % of the requests began more than 20.0 ms late, against first tokens"
                                + " (TTFT) of 100 ms");
    }

    @Test
    void reasons_figuresUnknown_latenessCounts() {
        assertThat(
                        new ClientLimits(OptionalDouble.empty(), OptionalDouble.empty())
                                .reasons(0, 3, 6, 0, 10, 0))
                .containsExactly(
                        "1 % of its stamps may be more than 3.0 ms late",
                        "1 % of the requests began more than 6.0 ms late");
    }

    @Test
    void reasons_clientThatIsBusyOrHoldsBack_always() {
        assertThat(
                        new ClientLimits(OptionalDouble.of(1000), OptionalDouble.of(100))
                                .reasons(0.71, 0, 0, 101, 10, 3))
                .containsExactly(
                        "its loop was at work 71 % of the time",
                        "garbage collection stopped it for 101 ms",
                        "3 requests waited as too many were in flight");
    }
}
