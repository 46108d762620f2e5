package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.http.ResponseHead;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.StreamEvent;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** What becomes of an answer's events: which one is the first token, and what the end was. */
class TraceRecorderTest {
    private static final long START = 5_000;

    private final TraceRecorder recorder = new TraceRecorder(Clock.system(), START);

    private void on(StreamEvent... events) {
        for (StreamEvent event : events) {
            recorder.on(event);
        }
    }

    private static StreamEvent head(long at) {
        return new StreamEvent.Headers(START + at, new ResponseHead(200, "OK", List.of()));
    }

    private static StreamEvent end(long at) {
        return new StreamEvent.End(START + at, "stop");
    }

    @Test
    void stamps_always_areAfterTheIntendedStart() {
        recorder.connected(START + 10);
        recorder.sent(START + 20);
        on(head(30), new StreamEvent.Token(START + 40, "a"), end(50));
        RequestTrace t = recorder.trace();
        assertThat(t.connectedNanos()).isEqualTo(10);
        assertThat(t.sentNanos()).isEqualTo(20);
        assertThat(t.headNanos()).isEqualTo(30);
        assertThat(t.chunkNanos()).containsExactly(40);
        assertThat(t.endNanos()).isEqualTo(50);
        assertThat(t.outcome()).isEqualTo(new RequestTrace.Outcome.Ok("stop"));
    }

    @Test
    void firstToken_reasoning_countsButIsNoAnswer() {
        on(
                head(1),
                new StreamEvent.Reasoning(START + 100, "hm"),
                new StreamEvent.Token(START + 200, "yes"),
                end(300));
        RequestTrace t = recorder.trace();
        assertThat(t.ttftMillis()).isEqualTo(Reading.known(100 / 1e6));
        assertThat(t.ttfaMillis()).isEqualTo(Reading.known(200 / 1e6));
        assertThat(recorder.text()).isEqualTo("yes");
        assertThat(t.chars()).isEqualTo(5);
    }

    @Test
    void firstToken_toolCall_countsAndIsAnAnswer() {
        on(head(1), new StreamEvent.ToolCall(START + 100, "{}"), end(300));
        RequestTrace t = recorder.trace();
        assertThat(t.ttftMillis().value()).isEqualTo(100 / 1e6);
        assertThat(t.ttfaMillis().value()).isEqualTo(100 / 1e6);
    }

    @Test
    void outputTokens_always_areTheServersCountAndNotTheChunks() {
        ServerTimings said =
                new ServerTimings(
                        Reading.unsupported("-"),
                        Reading.unsupported("-"),
                        Reading.known(7L),
                        Reading.known(0L),
                        Reading.known(Duration.ofMillis(1)),
                        Reading.known(9L),
                        Reading.known(Duration.ofMillis(2)));
        on(
                new StreamEvent.Token(START + 1, "three tokens in one"),
                new StreamEvent.Usage(START + 2, ServerTimings.none("not yet")),
                new StreamEvent.Usage(START + 2, said),
                end(3));
        assertThat(recorder.chunkCount()).isEqualTo(1);
        assertThat(recorder.trace().outputTokens()).isEqualTo(Reading.known(9L));
    }

    @Test
    void outputTokens_serverSaysNothing_areUnknown() {
        on(new StreamEvent.Token(START + 1, "a"), new StreamEvent.Token(START + 2, "b"), end(3));
        assertThat(recorder.trace().outputTokens().isKnown()).isFalse();
    }

    @Test
    void chunks_manyOfThem_areAllKept() {
        for (int i = 0; i < 1000; i++) {
            on(new StreamEvent.Token(START + i, "x"));
        }
        on(end(1000));
        long[] chunks = recorder.trace().chunkNanos();
        assertThat(chunks).hasSize(1000).isSorted().endsWith(999);
    }

    @Test
    void fault_inMidStream_isKeptWithWhatCameBefore() {
        on(
                new StreamEvent.Token(START + 1, "a"),
                new StreamEvent.Fault(START + 9, new ServerFailure.StreamCut("no end")));
        RequestTrace t = recorder.trace();
        assertThat(t.isOk()).isFalse();
        assertThat(t.outcome())
                .isInstanceOfSatisfying(
                        RequestTrace.Outcome.Failed.class,
                        f -> assertThat(f.kind()).isEqualTo("stream-cut"));
        assertThat(t.chunkNanos()).hasSize(1);
        assertThat(t.endNanos()).isEqualTo(9);
    }

    @Test
    void end_neverSeen_isACutStreamAndNoSuccess() {
        on(head(1), new StreamEvent.Token(START + 1, "a"));
        assertThat(recorder.trace().isOk()).isFalse();
        assertThat(recorder.failure()).containsInstanceOf(ServerFailure.StreamCut.class);
    }

    @Test
    void request_neverSent_hasNoStamps() {
        on(new StreamEvent.Fault(START + 3, new ServerFailure.Unreachable("http://x", "refused")));
        RequestTrace t = recorder.trace();
        assertThat(t.sentNanos()).isEqualTo(-1);
        assertThat(t.dispatchDelayMillis().isKnown()).isFalse();
        assertThat(t.ttftMillis().isKnown()).isFalse();
    }
}
