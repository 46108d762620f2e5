package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.stoker.server.LoopbackServer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** The engine's clocks, its ends and its journal. */
@Timeout(60)
class LoadEngineTest {
    private LoadRig rig;

    @BeforeEach
    void open(@TempDir Path results) {
        rig = new LoadRig(results);
    }

    private static LoadStep open(Arrivals arrivals, Duration duration) {
        return new LoadStep(
                arrivals,
                Duration.ZERO,
                Duration.ZERO,
                Optional.of(duration),
                OptionalLong.empty());
    }

    private static LoopbackServer.Answer pausesOnce(long millis) {
        AtomicBoolean paused = new AtomicBoolean();
        return out -> {
            if (paused.compareAndSet(false, true)) {
                new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
            }
            LoadRig.good(2, 2).write(out);
        };
    }

    @Test
    void intendedClock_whenTheServerPausesAndRequestsHaveToWait_showsTheWholePause() {
        rig.settings = new LoadSettings(1, Duration.ZERO, false, 1);
        rig.answers(pausesOnce(1000));
        StepSummary s = rig.run(open(new Arrivals.Constant(100), Duration.ofMillis(1500)));
        assertThat(s.ok()).isGreaterThan(20);
        // One request met the pause; a hundred others should have begun in it.
        assertThat(s.ttft().p50().orElseThrow()).isGreaterThan(100);
        assertThat(s.ttft().max().orElseThrow()).isGreaterThanOrEqualTo(999);
        assertThat(s.ttftSent().p50().orElseThrow()).isLessThan(100);
        assertThat(s.dispatchDelay().p50().orElseThrow()).isGreaterThan(100);
        assertThat(s.client().orElseThrow().bottleneck()).isTrue();
        assertThat(s.client().orElseThrow().held()).isPositive();
    }

    @Test
    void openLoop_whileTheServerPauses_goesOnSending() {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch fifty = new CountDownLatch(50);
        rig.answers(out -> {
            asked.incrementAndGet();
            fifty.countDown();
            // Nobody is answered before fifty have asked: a closed loop would never get there.
            boolean reached = fifty.await(20, TimeUnit.SECONDS);
            (reached ? LoadRig.good(1, 1) : LoopbackServer.json(500, "{}")).write(out);
        });
        StepSummary s = rig.run(open(new Arrivals.Poisson(200, 7), Duration.ofMillis(600)));
        assertThat(s.failed()).isZero();
        assertThat(asked.get()).isGreaterThanOrEqualTo(50);
    }

    @Test
    void requests_byNumber_areExactlySoMany() {
        rig.answers(LoadRig.good(1, 1));
        StepSummary s = rig.run(LoadRig.requests(7, 53));
        assertThat(s.sent()).isEqualTo(53);
        assertThat(rig.server.questions()).hasSize(53);
    }

    @Test
    void warmUp_always_isSentButNotMeasured() {
        rig.answers(LoadRig.good(2, 2));
        StepSummary s =
                rig.run(
                        new LoadStep(
                                new Arrivals.Closed(2),
                                Duration.ZERO,
                                Duration.ofMillis(300),
                                Optional.of(Duration.ofMillis(300)),
                                OptionalLong.empty()));
        assertThat(s.lead()).isPositive();
        assertThat(s.ttft().n()).isEqualTo(s.ok() - s.lead());
        assertThat(s.outputTokens().value()).isEqualTo(2 * s.ok());
        assertThat(s.sent()).isEqualTo(rig.server.questions().size());
    }

    @Test
    void step_whenTooManyFail_stops() {
        rig.settings = new LoadSettings(0.5, Duration.ZERO, false, Integer.MAX_VALUE);
        rig.answers(LoopbackServer.json(500, "{\"error\":\"no\"}"));
        StepSummary s = rig.run(LoadRig.requests(2, 10_000));
        assertThat(s.why()).isEqualTo("error-rate");
        assertThat(s.sent()).isBetween(20L, 40L);
    }

    @Test
    void server_thatIsNotThere_isUnreachableAndNotStormed() {
        rig.server.goAway();
        StepSummary s = rig.run(open(new Arrivals.Closed(2), Duration.ofMillis(500)));
        assertThat(s.failures()).containsOnlyKeys("unreachable");
        assertThat(s.sent()).isLessThanOrEqualTo(14);
    }

    @Test
    void objectives_ofAStep_giveVerdictsAndGoodput() {
        rig.objectives = Objective.parse("ttft_p95=5s,e2e_p50=0.001ms,itl_p99=5s");
        rig.answers(LoadRig.good(3, 3));
        StepSummary s = rig.run(LoadRig.requests(1, 10));
        assertThat(s.verdicts())
                .containsOnly(
                        entry("ttft_p95=5000ms", true),
                        entry("e2e_p50=0.001ms", false),
                        entry("itl_p99=5000ms", true));
        assertThat(s.goodput()).hasValue(0.0);
    }

    @Test
    void failedRequests_always_lowerTheGoodput() {
        AtomicInteger n = new AtomicInteger();
        rig.objectives = Objective.parse("ttft=10s");
        rig.answers(out ->
                (n.incrementAndGet() % 2 == 0 ? LoopbackServer.json(500, "{}") : LoadRig.good(1, 1))
                        .write(out));
        assertThat(rig.run(LoadRig.requests(1, 10)).goodput()).hasValue(0.5);
    }

    @Test
    void journal_tornAtItsEnd_isStillRead() throws IOException {
        rig.answers(LoadRig.good(4, 4));
        LoadFolder folder = rig.folder(rig.openAi(), LoadRig.requests(2, 20));
        LoadSummary whole = LoadReader.summary(folder, List.of());
        List<String> lines = Files.readAllLines(folder.events());
        assertThat(lines).hasSize(22);
        // As a kill leaves it: no end of the step, half a line.
        String kept = String.join("\n", lines.subList(0, 15));
        Files.writeString(
                folder.events(),
                kept + "\n" + lines.get(15).substring(0, 60),
                StandardOpenOption.TRUNCATE_EXISTING);
        StepSummary torn = LoadReader.summary(folder, List.of()).steps().getFirst();
        assertThat(whole.steps().getFirst().ok()).isEqualTo(20);
        assertThat(torn.ok()).isEqualTo(14);
        assertThat(torn.why()).isEqualTo("killed");
        assertThat(torn.outputTokens().value()).isEqualTo(56);
    }

    @Test
    void steps_ofOneRun_areToldApart() {
        rig.answers(LoadRig.good(1, 1));
        LoadFolder folder =
                rig.folder(rig.openAi(), LoadRig.requests(1, 5), LoadRig.requests(3, 9));
        List<StepSummary> steps = LoadReader.summary(folder, List.of()).steps();
        assertThat(steps).extracting(StepSummary::sent).containsExactly(5L, 9L);
        assertThat(steps).extracting(s -> s.started().users()).containsExactly(1, 3);
    }
}
