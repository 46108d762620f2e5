package dev.stoker.server.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.explain.Logs;
import dev.stoker.explain.OllamaLog;
import dev.stoker.explain.OllamaLog.Load;
import dev.stoker.explain.account.Attribution;
import dev.stoker.explain.probe.Probe;
import dev.stoker.explain.probe.ProbeParts;
import dev.stoker.trace.ServerTimings;

import org.junit.jupiter.api.Test;

import java.util.Optional;
import java.util.OptionalDouble;

/** One request taken apart, by what servers of each kind tell. */
class ProbePartsTest {
    private static final double EXACT = 0.001;

    private static ProbeParts of(Probe.Result result) {
        return ProbeParts.of(result, Optional.empty());
    }

    private static void is(OptionalDouble part, double millis) {
        assertThat(part.orElseThrow()).isCloseTo(millis, within(EXACT));
    }

    @Test
    void of_serverThatTellsAllItsTimes_addUpToTheWhole() {
        ProbeParts parts =
                of(
                        Probes.result(
                                Probes.trace(1000, 700, Probes.said(980, 500, 150, 300)),
                                Probes.with(),
                                Probes.with(Probes.loaded("m"))));

        is(parts.connect(), 2);
        is(parts.load(), 500);
        is(parts.prompt(), 150);
        is(parts.decode(), 300);
        is(parts.queue(), 30);
        is(parts.client(), 18);
    }

    @Test
    void of_serverWhoseTotalIsLongerThanTheClientSaw_isCutToIt() {
        ProbeParts parts =
                of(
                        Probes.result(
                                Probes.trace(1000, 700, Probes.said(1200, 500, 150, 300)),
                                Probes.with(),
                                Probes.with()));

        is(parts.queue(), 50);
        is(parts.client(), 0);
    }

    @Test
    void of_waitForAModelThatWasNotThere_isItsLoad() {
        ProbeParts parts =
                of(
                        Probes.result(
                                Probes.trace(1000, 703, Probes.said(-1, -1, 200, 290)),
                                Probes.with(Probes.sleeping("m")),
                                Probes.with(Probes.loaded("m"))));

        is(parts.load(), 500);
        is(parts.queue(), 0);
        is(parts.client(), 8);
    }

    @Test
    void of_waitForAModelThatWasThere_isTheQueue() {
        ProbeParts parts =
                of(
                        Probes.result(
                                Probes.trace(1000, 703, Probes.said(-1, -1, 200, 290)),
                                Probes.with(Probes.loaded("m")),
                                Probes.with(Probes.loaded("m"))));

        is(parts.queue(), 500);
        is(parts.load(), 0);
    }

    @Test
    void of_serverThatTellsNothing_doesNotGuessQueueAndLoad() {
        ProbeParts parts =
                of(
                        Probes.result(
                                Probes.trace(1000, 703, ServerTimings.none("it tells none")),
                                Probes.with(),
                                Probes.with()));

        assertThat(parts.queue()).isEmpty();
        assertThat(parts.load()).isEmpty();
        is(parts.prompt(), 700);
        is(parts.decode(), 297);
        assertThat(parts.shares().load()).isEmpty();
        assertThat(parts.shares().prompt().orElseThrow()).isCloseTo(0.7, within(EXACT));
    }

    @Test
    void of_logThatTellsStages_areScaledToTheLoadThatTheServerTold() {
        String blob = "sha256-" + "a".repeat(64);
        OllamaLog log = OllamaLog.ofServer("OLLAMA_MAX_LOADED_MODELS:1", "8.0 GiB");
        log.slog("max runners achieved, unloading one to make room", "runner_count=1");
        log.loading(new Load("m", blob, 1024, 4096, 3, 1), 1, 0.5, 0.5);
        Attribution told = Logs.of(log.toString());

        ProbeParts parts =
                ProbeParts.of(
                        Probes.result(
                                Probes.trace(5000, 4400, Probes.said(4990, 3960, 500, 500)),
                                Probes.with(),
                                Probes.with(Probes.loaded("m"))),
                        Optional.of(told));

        is(parts.stages().evict(), 990);
        assertThat(parts.stages().read()).isEmpty();
        assertThat(parts.shares().stages().evict().orElseThrow()).isCloseTo(0.198, within(EXACT));
    }
}
