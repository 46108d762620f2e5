package dev.stoker.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.explain.Logs;
import dev.stoker.explain.OllamaLog;
import dev.stoker.explain.OllamaLog.Load;
import dev.stoker.explain.account.Attribution;
import dev.stoker.explain.account.Attribution.Cause;
import dev.stoker.explain.probe.Expected;
import dev.stoker.explain.probe.Probe;
import dev.stoker.explain.probe.ProbeParts;
import dev.stoker.explain.probe.ProbeVerdict;
import dev.stoker.trace.ServerTimings;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What one request's time was lost to, in a sentence. */
class ProbeVerdictTest {
    private static final Expected NOTHING = Expected.nothing("no GPU is known");

    private static ProbeVerdict verdict(
            Probe.Result result, Expected expected, Optional<Attribution> log) {
        return ProbeVerdict.of(result, ProbeParts.of(result, log), expected, log);
    }

    private static ProbeVerdict verdict(Probe.Result result, Expected expected) {
        return verdict(result, expected, Optional.empty());
    }

    /** The model was in memory and is. */
    private static Probe.Result there(double millis, double first, ServerTimings said) {
        return Probes.result(
                Probes.trace(millis, first, said),
                Probes.with(Probes.loaded("m")),
                Probes.with(Probes.loaded("m")));
    }

    /** An answer of 11 tokens at 20 a second, which nothing held up. */
    private static Probe.Result steady() {
        return there(620, 110, Probes.said(610, 1, 100, 500));
    }

    private static List<String> codes(ProbeVerdict told) {
        return told.causes().stream().map(Cause::code).toList();
    }

    private static Expected allowed(boolean assumed) {
        return new Expected(
                OptionalDouble.of(80),
                60,
                100,
                1_000_000_000,
                "the memory",
                assumed,
                OptionalDouble.empty(),
                "");
    }

    @Test
    void of_longLoadForWhichAnotherModelLeft_namesItAndThePlan() {
        ProbeVerdict told =
                verdict(
                        Probes.result(
                                Probes.trace(5000, 4400, Probes.said(4990, 4000, 400, 500)),
                                Probes.with(Probes.loaded("other")),
                                Probes.with(Probes.loaded("m"))),
                        NOTHING);

        assertThat(told.sentence())
                .isEqualTo(
                        "80 % of the 5.0 s was loading m, which was not in memory; other had to"
                                + " leave for it.");
        assertThat(codes(told)).containsExactly("swap.count");
        assertThat(told.next()).anySatisfy(s -> assertThat(s).contains("stoker plan m other"));
    }

    @Test
    void of_loadOfAModelThatNobodyLeftFor_isItsFirst() {
        ProbeVerdict told =
                verdict(
                        Probes.result(
                                Probes.trace(5000, 4400, Probes.said(4990, 4000, 400, 500)),
                                Probes.with(),
                                Probes.with(Probes.loaded("m"))),
                        NOTHING);

        assertThat(codes(told)).containsExactly("load.first");
    }

    @Test
    void of_longLoadOfAModelThatWasListed_saysThatItWas() {
        ProbeVerdict told = verdict(there(5000, 4400, Probes.said(4990, 4000, 400, 500)), NOTHING);
        assertThat(told.sentence()).contains("although it was listed as loaded");
    }

    @Test
    void of_logThatTellsWhoHadItsPlace_namesThatModel() {
        OllamaLog log = OllamaLog.ofServer("OLLAMA_MAX_LOADED_MODELS:1", "8.0 GiB");
        for (String name : List.of("m", "n", "m")) {
            String blob = "sha256-" + name.repeat(64);
            log.pass(9).loading(new Load(name, blob, 1024, 4096, 4, 1), 0.4, 0.5);
        }
        Attribution read = Logs.of(log.toString());

        ProbeVerdict told =
                verdict(
                        Probes.result(
                                Probes.trace(5000, 4400, Probes.said(4990, 4000, 400, 500)),
                                Probes.with(),
                                Probes.with(Probes.loaded("m"))),
                        NOTHING,
                        Optional.of(read));

        assertThat(told.sentence()).contains("whose place n had taken");
        assertThat(codes(told)).contains("swap.count");
    }

    @Test
    void of_lookWhetherTheModelIsThere_isNoLoad() {
        ProbeVerdict told = verdict(there(700, 190, Probes.said(690, 90, 95, 500)), NOTHING);
        assertThat(told.sentence()).startsWith("m writes 20.0 tok/s");
        assertThat(told.causes()).isEmpty();
    }

    @Test
    void of_waitInTheServer_isItsQueue() {
        ProbeVerdict told = verdict(there(2000, 1500, Probes.said(1990, 1, 100, 500)), NOTHING);
        assertThat(told.sentence()).contains("was waiting in the server before m got its turn");
        assertThat(codes(told)).containsExactly("queue.slots");
        assertThat(told.next()).contains("See who is served: stoker status");
    }

    @Test
    void of_timeThatTheServerDidNotSee_isTheClients() {
        ProbeVerdict told = verdict(there(2000, 600, Probes.said(610, 1, 100, 500)), NOTHING);
        assertThat(told.sentence()).contains("on the way and in the client, not in the server");
        assertThat(codes(told)).containsExactly("client");
    }

    @Test
    void of_modelPartlyInTheHostsMemory_saysSo() {
        Probe.Result result =
                Probes.result(
                        steady().trace(),
                        Probes.with(Probes.partlyOnGpu("m")),
                        Probes.with(Probes.partlyOnGpu("m")));
        ProbeVerdict told = verdict(result, NOTHING);
        assertThat(codes(told)).containsExactly("gpu.partial");
        assertThat(told.causes().getFirst().evidence()).startsWith("25 %");
    }

    @Test
    void of_rateBelowTheStoredBenchmark_isAFinding() {
        ProbeVerdict told = verdict(steady(), NOTHING.measured(40, "r1"));
        assertThat(told.sentence()).contains("50 % of the 40.0 of run r1");
        assertThat(codes(told)).containsExactly("speed.below-baseline");
    }

    @Test
    void of_rateNearTheStoredBenchmark_isNone() {
        ProbeVerdict told = verdict(steady(), NOTHING.measured(21, "r1"));
        assertThat(told.causes()).isEmpty();
        assertThat(told.next()).containsExactly("See how it does when many ask: stoker load m");
    }

    @Test
    void of_rateBelowWhatTheHardwareAllows_isAFinding() {
        assertThat(codes(verdict(steady(), allowed(false))))
                .containsExactly("speed.below-hardware");
    }

    @Test
    void of_hardwareThatIsOnlyAssumed_isNoFinding() {
        ProbeVerdict told = verdict(steady(), allowed(true));
        assertThat(told.causes()).isEmpty();
        assertThat(told.sentence()).contains("if the memory is as fast as assumed");
    }

    @Test
    void of_noBaseline_asksToKeepOne() {
        assertThat(verdict(steady(), NOTHING).next())
                .containsExactly("Keep a baseline to compare with: stoker bench m");
    }
}
