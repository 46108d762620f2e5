package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.server.LoopbackServer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What load testers are known to get wrong, one by one. */
@Timeout(60)
class TrapsTest {
    private LoadRig rig;

    @BeforeEach
    void open(@TempDir Path results) {
        rig = new LoadRig(results);
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void rest(long millis) throws InterruptedException {
        new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }

    @Test
    void requests_ofWhichAQuarterFails_areCountedByKind() {
        AtomicInteger n = new AtomicInteger();
        rig.answers(out -> {
            boolean fails = n.incrementAndGet() % 4 == 0;
            (fails ? LoopbackServer.json(429, "{\"error\":\"queue full\"}") : LoadRig.good(3, 3))
                    .write(out);
        });
        StepSummary s = rig.run(LoadRig.requests(4, 40));
        assertThat(s.sent()).isEqualTo(40);
        assertThat(s.ok()).isEqualTo(30);
        assertThat(s.failed()).isEqualTo(10);
        assertThat(s.failures()).containsExactly(entry("busy", 10L));
        assertThat(s.outputTokens().value()).isEqualTo(90);
        assertThat(s.ttft().n()).as("only good requests have latencies").isEqualTo(30);
    }

    @Test
    void errorEvent_insideAGoodStream_isAFailure() {
        rig.answers(
                LoopbackServer.text(
                        LoadRig.HEAD
                                + LoadRig.chunk(
                                        LoadRig.token(" a")
                                                + LoadRig.event(
                                                        "{\"error\":{\"message\":\"engine"
                                                                + " died\"}}"))
                                + LoadRig.LAST_CHUNK));
        StepSummary s = rig.run(LoadRig.requests(1, 3));
        assertThat(s.ok()).isZero();
        assertThat(s.failures()).containsExactly(entry("stream-error", 3L));
        assertThat(s.ttft().n()).isZero();
        assertThat(s.outputTokens().value()).isZero();
    }

    @Test
    void stream_cutWithoutDoneOrUsage_isAFailureAndNoTokensAreInvented() {
        rig.answers(
                LoopbackServer.text(
                        LoadRig.HEAD + LoadRig.chunk(LoadRig.token(" a") + LoadRig.token(" b"))));
        StepSummary s = rig.run(LoadRig.requests(1, 2));
        assertThat(s.failures()).containsExactly(entry("server-died", 2L));
        assertThat(s.outputTokens().value()).isZero();
    }

    @Test
    void stream_endedInGoodOrderWithoutAFinishReason_isAFailure() {
        rig.answers(
                LoopbackServer.text(
                        LoadRig.HEAD + LoadRig.chunk(LoadRig.token(" a")) + LoadRig.LAST_CHUNK));
        assertThat(rig.run(LoadRig.requests(1, 2)).failures())
                .containsExactly(entry("stream-cut", 2L));
    }

    @Test
    void gaps_ofWhichOneIsLong_areShownAsGapsNotAsMeans() {
        rig.answers(out -> {
            say(out, LoadRig.HEAD + LoadRig.chunk(LoadRig.token(" a")));
            for (int i = 0; i < 10; i++) {
                rest(i == 5 ? 220 : 5);
                say(out, LoadRig.chunk(LoadRig.token(" b")));
            }
            say(out, LoadRig.chunk(LoadRig.end(11)) + LoadRig.LAST_CHUNK);
        });
        StepSummary s = rig.run(LoadRig.requests(1, 2));
        assertThat(s.itl().n()).isEqualTo(20);
        assertThat(s.itl().max().orElseThrow()).isBetween(215.0, 400.0);
        assertThat(s.tpot().max().orElseThrow()).isLessThan(60);
    }

    @Test
    void chunks_ofFourTokens_areNotTokens() {
        rig.answers(LoadRig.good(5, 20));
        StepSummary s = rig.run(LoadRig.requests(1, 4));
        assertThat(s.outputTokens().value()).isEqualTo(80);
        assertThat(s.tokensPerChunk()).hasValue(4);
    }

    @Test
    void reasoningChunks_beforeTheAnswer_giveTtftAndTtfaApart() {
        rig.answers(out -> {
            say(out, LoadRig.HEAD + LoadRig.chunk(LoadRig.content("reasoning_content", "hm")));
            rest(150);
            say(out, LoadRig.chunk(LoadRig.token(" so") + LoadRig.end(2)) + LoadRig.LAST_CHUNK);
        });
        StepSummary s = rig.run(LoadRig.requests(1, 2));
        assertThat(s.ttft().max().orElseThrow()).isLessThan(140);
        assertThat(s.ttfa().min().orElseThrow()).isGreaterThanOrEqualTo(149);
        assertThat(s.outputTokens().value()).isEqualTo(4);
    }

    @Test
    void roleChunk_sentAtOnce_isNoToken() {
        rig.answers(out -> {
            say(
                    out,
                    LoadRig.HEAD
                            + LoadRig.chunk(
                                    LoadRig.event(
                                            "{\"model\":\"m\",\"choices\":[{"
                                                + "\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                                                + "\"finish_reason\":null}]}")));
            rest(120);
            say(out, LoadRig.chunk(LoadRig.token(" a") + LoadRig.end(1)) + LoadRig.LAST_CHUNK);
        });
        StepSummary s = rig.run(LoadRig.requests(1, 2));
        assertThat(s.ttft().min().orElseThrow()).isGreaterThanOrEqualTo(119);
        assertThat(s.itl().n()).isZero();
    }

    @Test
    void lines_withCrLfCommentsAndWithoutSpaces_areUnderstood() {
        String body =
                ": comment\r\n\r\n"
                        + LoadRig.token(" é").replace("data: ", "data:").replace("\n", "\r\n")
                        + ":\r\n\r\n"
                        + LoadRig.end(2).replace("data: ", "data:").replace("\n", "\r\n");
        byte[] wire =
                (LoadRig.HEAD + LoadRig.chunk(body) + LoadRig.LAST_CHUNK)
                        .getBytes(StandardCharsets.UTF_8);
        rig.answers(out -> {
            for (byte b : wire) {
                out.write(b);
                out.flush();
            }
        });
        StepSummary s = rig.run(LoadRig.requests(2, 6));
        assertThat(s.ok()).isEqualTo(6);
        assertThat(s.outputTokens().value()).isEqualTo(12);
        assertThat(s.ttft().n()).isEqualTo(6);
    }

    @Test
    void streams_asManyAsAsked_areReallyOpenAtOnce() {
        CountDownLatch all = new CountDownLatch(200);
        rig.answers(out -> {
            all.countDown();
            boolean reached = all.await(20, TimeUnit.SECONDS);
            (reached ? LoadRig.good(1, 1) : LoopbackServer.json(500, "{}")).write(out);
        });
        StepSummary s = rig.run(LoadRig.requests(200, 200));
        assertThat(s.ok()).isEqualTo(200);
    }

    @Test
    void rates_ofOneRun_agreeWithOneAnother() {
        rig.answers(out -> {
            say(out, LoadRig.HEAD);
            for (int i = 0; i < 10; i++) {
                rest(5);
                say(out, LoadRig.chunk(LoadRig.token(" a")));
            }
            say(out, LoadRig.chunk(LoadRig.end(10)) + LoadRig.LAST_CHUNK);
        });
        StepSummary s = rig.run(LoadRig.requests(2, 40));
        assertThat(s.steady()).isTrue();
        double byRequests = s.requestsPerSecond().value() * 10;
        assertThat(s.outputTokensPerSecond().value()).isCloseTo(byRequests, within(byRequests / 5));
    }

    @Test
    void server_thatStallsInTheStream_isStalledAndNothingHangs() {
        rig.stall = Duration.ofMillis(300);
        rig.answers(
                LoopbackServer.text(LoadRig.HEAD + LoadRig.chunk(LoadRig.token(" a")))
                        .then(LoopbackServer.SILENCE));
        StepSummary s = rig.run(LoadRig.requests(3, 3));
        assertThat(s.failures()).containsExactly(entry("stalled", 3L));
        assertThat(s.itl().n()).isZero();
    }

    @Test
    void server_thatSaysRubbish_isABadAnswer() {
        rig.answers(LoopbackServer.text("\u0000\u0001nonsense\r\n\r\n"));
        assertThat(rig.run(LoadRig.requests(2, 4)).failures())
                .containsExactly(entry("bad-answer", 4L));
    }

    @Test
    void line_ofTenMegabytes_isReadAndLongerOnesAreRefused() {
        rig.answers(
                LoopbackServer.text(
                        LoadRig.HEAD
                                + LoadRig.chunk(
                                        LoadRig.token("x".repeat(10 << 20)) + LoadRig.end(1))
                                + LoadRig.LAST_CHUNK));
        assertThat(rig.run(LoadRig.requests(1, 1)).ok()).isEqualTo(1);
        rig.answers(
                LoopbackServer.text(
                        LoadRig.HEAD
                                + LoadRig.chunk(
                                        LoadRig.token("x".repeat(17 << 20)) + LoadRig.end(1))
                                + LoadRig.LAST_CHUNK));
        assertThat(rig.run(LoadRig.requests(1, 1)).failures())
                .containsExactly(entry("bad-answer", 1L));
    }

    @Test
    void answer_withoutUsage_hasNoCountInsteadOfChunks() {
        rig.answers(
                LoopbackServer.text(
                        LoadRig.HEAD
                                + LoadRig.chunk(
                                        LoadRig.token(" a")
                                                + LoadRig.event(
                                                        "{\"model\":\"m\",\"choices\":[{\"delta\":{},"
                                                            + "\"finish_reason\":\"stop\"}]}"))
                                + LoadRig.LAST_CHUNK));
        StepSummary s = rig.run(LoadRig.requests(1, 2));
        assertThat(s.ok()).isEqualTo(2);
        assertThat(s.outputTokens().isKnown()).isFalse();
        assertThat(s.outputTokensPerSecond().isKnown()).isFalse();
        assertThat(s.tpot().n()).isZero();
    }

    @Test
    void ollamaLines_throughTheSameEngine_areCounted() {
        String line =
                "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\" a\"},"
                        + "\"done\":false}\n";
        String last =
                "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},"
                        + "\"done\":true,\"done_reason\":\"stop\",\"eval_count\":4,"
                        + "\"prompt_eval_count\":9}\n";
        rig.answers(
                LoopbackServer.text(
                        LoadRig.HEAD + LoadRig.chunk(line.repeat(3) + last) + LoadRig.LAST_CHUNK));
        StepSummary s = rig.run(rig.ollama(), LoadRig.requests(2, 10));
        assertThat(s.ok()).isEqualTo(10);
        assertThat(s.outputTokens().value()).isEqualTo(40);
        assertThat(s.promptTokens().value()).isEqualTo(90);
    }
}
