package dev.stoker.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Reading;

import org.junit.jupiter.api.Test;

import java.time.Duration;

/** The figures of one request, each by its definition, on numbers that were worked out by hand. */
class RequestTraceTest {
    private static final long MS = 1_000_000;

    private static ServerTimings timings(long prompt, Reading<Long> cached, Reading<Long> output) {
        return new ServerTimings(
                Reading.unsupported("not told"),
                Reading.unsupported("not told"),
                Reading.known(prompt),
                cached,
                Reading.known(Duration.ofMillis(500)),
                output,
                Reading.known(Duration.ofMillis(400)));
    }

    private static RequestTrace trace(String finish, Reading<Long> output, long... chunks) {
        return new RequestTrace(
                0,
                5 * MS,
                7 * MS,
                90 * MS,
                chunks,
                chunks.length > 1 ? chunks[1] : -1,
                600 * MS,
                40,
                timings(1000, Reading.known(200L), output),
                new RequestTrace.Outcome.Ok(finish));
    }

    @Test
    void latencies_always_countFromTheIntendedStart() {
        RequestTrace t = trace("length", Reading.known(3L), 100 * MS, 150 * MS, 300 * MS);
        assertThat(t.ttftMillis().value()).isEqualTo(100.0);
        assertThat(t.ttfaMillis().value()).isEqualTo(150.0);
        assertThat(t.dispatchDelayMillis().value()).isEqualTo(7.0);
        assertThat(t.e2eMillis()).isEqualTo(600.0);
        assertThat(t.gapsMillis()).containsExactly(50.0, 150.0);
    }

    @Test
    void decodeRate_cutByLength_endsAtTheLastToken() {
        RequestTrace t = trace("length", Reading.known(11L), 100 * MS, 350 * MS, 600 * MS);
        assertThat(t.decodeTokensPerSecond().value()).isCloseTo(20.0, within(1e-9));
    }

    @Test
    void decodeRate_endedByTheModel_countsTheEndSignAtTheEnd() {
        RequestTrace t = trace("stop", Reading.known(11L), 100 * MS, 350 * MS, 550 * MS);
        assertThat(t.decodeTokensPerSecond().value()).isCloseTo(20.0, within(1e-9));
    }

    @Test
    void decodeRate_withoutTheServersCount_isUnknownWhateverTheChunks() {
        RequestTrace t = trace("length", Reading.unsupported("no usage"), 1, 2, 3, 4);
        assertThat(t.decodeTokensPerSecond()).isEqualTo(Reading.unsupported("no usage"));
    }

    @Test
    void decodeRate_oneTokenOrOneRead_isUnknown() {
        assertThat(trace("length", Reading.known(1L), MS).decodeTokensPerSecond().isKnown())
                .isFalse();
        assertThat(trace("length", Reading.known(5L), MS, MS).decodeTokensPerSecond().reason())
                .contains("one read");
    }

    @Test
    void latencies_withoutAToken_areUnknown() {
        RequestTrace t = trace("length", Reading.known(0L));
        assertThat(t.ttftMillis().isKnown()).isFalse();
        assertThat(t.ttfaMillis().isKnown()).isFalse();
        assertThat(t.decodeNanos()).isZero();
        assertThat(t.gapsMillis()).isEmpty();
    }

    @Test
    void promptRate_always_isOfTheUncachedTokens() {
        assertThat(timings(1000, Reading.known(200L), Reading.known(3L)).promptTokensPerSecond())
                .isEqualTo(Reading.known(1600.0));
    }

    @Test
    void promptRate_cachedShareUnknown_isWithheld() {
        assertThat(
                        timings(1000, Reading.unsupported("not in the log"), Reading.known(3L))
                                .promptTokensPerSecond())
                .isEqualTo(Reading.unsupported("not in the log"));
    }

    @Test
    void promptRate_allCached_isUnknown() {
        assertThat(
                        timings(1000, Reading.known(1000L), Reading.known(3L))
                                .promptTokensPerSecond()
                                .isKnown())
                .isFalse();
    }

    @Test
    void serverDecodeRate_always_leavesTheFirstTokenOut() {
        assertThat(timings(1, Reading.known(0L), Reading.known(21L)).decodeTokensPerSecond())
                .isEqualTo(Reading.known(50.0));
        assertThat(
                        timings(1, Reading.known(0L), Reading.known(1L))
                                .decodeTokensPerSecond()
                                .isKnown())
                .isFalse();
    }

    @Test
    void timings_ofASilentServer_areUnknownThroughout() {
        ServerTimings none = ServerTimings.none("silent");
        assertThat(none.decodeTokensPerSecond()).isEqualTo(Reading.unsupported("silent"));
        assertThat(none.promptTokensPerSecond()).isEqualTo(Reading.unsupported("silent"));
        assertThat(none.withCachedTokens(Reading.known(0L)).cachedTokens().value()).isZero();
    }
}
