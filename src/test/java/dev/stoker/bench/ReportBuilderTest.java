package dev.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.bench.BenchEvent.Phase;
import dev.stoker.json.Json;
import dev.stoker.stats.Spread;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The report's figures, worked out by hand from a few events. */
class ReportBuilderTest {
    private static final long MS = 1_000_000;
    private static final Reading<Bytes> UNKNOWN = Reading.unsupported("not told");

    private static RunHeader header() {
        BenchRequest d = BenchRequest.defaults();
        return new RunHeader(
                "20260101-000000-abcd",
                1_767_225_600_000L,
                "0.1.0",
                "ollama",
                "Ollama 0.33.0",
                "0.33.0",
                "http://127.0.0.1:11434",
                Optional.empty(),
                1,
                new BenchRequest(
                        List.of(),
                        BenchRig.PROMPTS,
                        3,
                        d.contextLength(),
                        d.unload(),
                        d.restart(),
                        d.restartAbove(),
                        d.stall(),
                        d.seed(),
                        1),
                List.of(new RunHeader.Model("a", "Q4_K_M", 4_000_000_000L, 5_000_000_000L, "")));
    }

    /**
     * A request of so many tokens, the first one after the prompt's milliseconds, the last one so
     * much later.
     */
    private static RequestTrace trace(long tokens, long promptMillis, long decodeMillis) {
        return new RequestTrace(
                0,
                0,
                0,
                1,
                new long[] {promptMillis * MS, (promptMillis + decodeMillis) * MS},
                promptMillis * MS,
                (promptMillis + decodeMillis) * MS,
                10,
                new ServerTimings(
                        UNKNOWN.map(b -> Duration.ZERO),
                        UNKNOWN.map(b -> Duration.ZERO),
                        Reading.known(tokens * 10),
                        Reading.known(0L),
                        Reading.known(Duration.ofMillis(promptMillis)),
                        Reading.known(tokens),
                        Reading.known(Duration.ofMillis(decodeMillis))),
                new RequestTrace.Outcome.Ok("length"));
    }

    private static RequestTrace cached(RequestTrace t, Reading<Long> cached) {
        return new RequestTrace(
                0,
                0,
                0,
                1,
                t.chunkNanos(),
                t.firstAnswerNanos(),
                t.endNanos(),
                10,
                t.timings().withCachedTokens(cached),
                t.outcome());
    }

    private static BenchEvent request(String prompt, int iteration, RequestTrace trace) {
        return new BenchEvent.RequestEnded(9, "a", prompt, iteration, true, trace);
    }

    private static ModelResult model(BenchEvent... events) {
        return report(Arrays.asList(events)).models().getFirst();
    }

    private static BenchReport report(List<BenchEvent> events) {
        List<BenchEvent> all = new ArrayList<>();
        all.add(new BenchEvent.ModelStarted(1, "a", 1));
        all.addAll(events);
        return ReportBuilder.report(new RunFolder.Contents(header(), all, 0));
    }

    @Test
    void decodeRate_ofAnIteration_isPooledOverItsPrompts() {
        ModelResult m =
                model(
                        request("short", 1, trace(11, 100, 100)),
                        request("long", 1, trace(101, 100, 4000)),
                        request("short", 2, trace(11, 100, 200)),
                        request("long", 2, trace(101, 100, 2000)));
        Spread s = m.decodeTokensPerSecond().value();
        // (10 + 100) / 4.1 s and (10 + 100) / 2.2 s: not the mean of 100 and 25, of 50 and 50.
        assertThat(s.n()).isEqualTo(2);
        assertThat(s.min()).isCloseTo(26.8293, within(1e-4));
        assertThat(s.max()).isCloseTo(50.0, within(1e-9));
        assertThat(s.mean()).isCloseTo(38.4146, within(1e-4));
        assertThat(s.sd().getAsDouble()).isCloseTo(16.3842, within(1e-4));
        // t(0.975; 1) = 12.7062
        assertThat(s.ciHigh().getAsDouble()).isCloseTo(38.4146 + 12.7062 * 11.5854, within(1e-2));
        assertThat(m.serverDecodeTokensPerSecond()).isEqualTo(m.decodeTokensPerSecond());
    }

    @Test
    void decodeRate_ofAnIterationThatLacksAPrompt_isLeftOut() {
        ModelResult m =
                model(
                        request("short", 1, trace(11, 100, 100)),
                        request("long", 1, trace(101, 100, 4000)),
                        request("short", 2, trace(11, 100, 200)));
        assertThat(m.decodeTokensPerSecond().value().n()).isEqualTo(1);
        assertThat(m.decodeTokensPerSecond().value().mean()).isCloseTo(26.8293, within(1e-4));
        assertThat(m.requestsOk()).isEqualTo(3);
    }

    @Test
    void decodeRate_noIterationWithEveryPrompt_isUnknown() {
        ModelResult m =
                model(
                        request("short", 1, trace(11, 100, 100)),
                        request("long", 2, trace(101, 100, 4000)));
        assertThat(m.decodeTokensPerSecond().isKnown()).isFalse();
        assertThat(m.decodeTokensPerSecond().reason()).contains("every prompt");
    }

    @Test
    void spread_ofOneIteration_hasNoSdAndNoInterval() {
        Spread s = model(request("short", 1, trace(11, 100, 100))).decodeTokensPerSecond().value();
        assertThat(s.n()).isEqualTo(1);
        assertThat(s.mean()).isEqualTo(100.0);
        assertThat(s.sd()).isEmpty();
        assertThat(s.ciLow()).isEmpty();
    }

    @Test
    void ttft_always_isOfTheFirstPromptAndNotOfTheWarmUp() {
        ModelResult m =
                model(
                        request("warm-up", 0, trace(8, 9000, 100)),
                        request("long", 1, trace(101, 700, 4000)),
                        request("short", 1, trace(11, 100, 100)),
                        request("short", 2, trace(11, 300, 100)));
        assertThat(m.ttftMillis().value().mean()).isEqualTo(200.0);
        assertThat(m.requestsOk()).isEqualTo(3);
    }

    @Test
    void promptRate_always_isOfThePromptWithTheMostTokens() {
        ModelResult m =
                model(
                        request("short", 1, trace(11, 100, 100)),
                        request("long", 1, trace(101, 500, 4000)));
        assertThat(m.promptTokensPerSecond().value().mean()).isCloseTo(2020.0, within(1e-9));
    }

    @Test
    void promptRate_cachedShareUnknown_isWithheldWithItsReason() {
        ModelResult m =
                model(
                        request(
                                "long",
                                1,
                                cached(trace(101, 500, 400), Reading.failed("no such line"))));
        assertThat(m.promptTokensPerSecond()).isEqualTo(Reading.unsupported("no such line"));
        assertThat(m.prompts().getFirst().cachedShare().isKnown()).isFalse();
    }

    @Test
    void promptRate_partCached_countsTheRest() {
        ModelResult m =
                model(request("long", 1, cached(trace(100, 500, 400), Reading.known(250L))));
        assertThat(m.promptTokensPerSecond().value().mean()).isEqualTo(1500.0);
        assertThat(m.prompts().getFirst().cachedShare().value()).isEqualTo(0.25);
    }

    @Test
    void request_repeated_countsOnceAndTheFirstGoodOneWins() {
        RequestTrace failed =
                new RequestTrace(
                        0,
                        0,
                        0,
                        0,
                        new long[0],
                        -1,
                        5,
                        0,
                        ServerTimings.none("cut"),
                        new RequestTrace.Outcome.Failed("stream-cut", "cut"));
        ModelResult m =
                model(
                        request("short", 1, failed),
                        request("short", 1, trace(11, 100, 100)),
                        request("short", 1, trace(11, 900, 100)));
        assertThat(m.ttftMillis().value().mean()).isEqualTo(100.0);
        assertThat(m.requestsOk()).isEqualTo(1);
        assertThat(m.requestsFailed()).isEqualTo(1);
    }

    @Test
    void request_measuredAloneLater_replacesTheOneInCompany() {
        ModelResult m =
                model(
                        new BenchEvent.RequestEnded(9, "a", "short", 1, false, trace(11, 900, 100)),
                        request("short", 1, trace(11, 100, 100)));
        assertThat(m.ttftMillis().value().mean()).isEqualTo(100.0);
        assertThat(m.alone()).isTrue();
    }

    private static BenchEvent marked(Phase phase, Reading<Bytes> resident, Bytes available) {
        return new BenchEvent.MemoryMarked(
                1,
                "a",
                phase,
                new MemoryMark(Reading.known(available), resident, UNKNOWN, UNKNOWN, UNKNOWN));
    }

    private static BenchEvent loaded() {
        return new BenchEvent.Loaded(
                1, "a", Duration.ofSeconds(3), Reading.unsupported("not told"), false);
    }

    @Test
    void memory_processInSight_isTheServersGrowth() {
        ModelResult m =
                model(
                        loaded(),
                        marked(Phase.BEFORE, Reading.known(Bytes.gib(1)), Bytes.gib(60)),
                        marked(Phase.LOADED, Reading.known(Bytes.gib(5)), Bytes.gib(50)));
        assertThat(m.takenBytes()).isEqualTo(Reading.known(Bytes.gib(4)));
    }

    @Test
    void memory_processOutOfSight_isTheHostsLoss() {
        ModelResult m =
                model(
                        loaded(),
                        marked(Phase.BEFORE, UNKNOWN, Bytes.gib(60)),
                        marked(Phase.LOADED, UNKNOWN, Bytes.gib(50)));
        assertThat(m.takenBytes()).isEqualTo(Reading.known(Bytes.gib(10)));
    }

    @Test
    void peak_overSeveralTries_isTheMostOfThem() {
        BenchReport report =
                report(
                        List.of(
                                marked(Phase.PEAK, Reading.known(Bytes.gib(9)), Bytes.gib(40)),
                                marked(Phase.PEAK, Reading.known(Bytes.gib(5)), Bytes.gib(30))));
        MemoryMark peak = report.models().getFirst().memory().peak().value();
        assertThat(peak.serverResident()).isEqualTo(Reading.known(Bytes.gib(9)));
        assertThat(peak.hostAvailable()).isEqualTo(Reading.known(Bytes.gib(30)));
        assertThat(report.peakResident()).isEqualTo(Reading.known(Bytes.gib(9)));
        assertThat(report.leastAvailable()).isEqualTo(Reading.known(Bytes.gib(30)));
    }

    @Test
    void memory_neverMarked_isUnknown() {
        ModelResult m = model();
        assertThat(m.takenBytes().isKnown()).isFalse();
        assertThat(m.memory().peak().isKnown()).isFalse();
        assertThat(m.outcome()).isEqualTo(Outcome.SKIPPED);
        assertThat(m.reason()).isEqualTo("its turn is not over yet");
    }

    @Provide
    Arbitrary<List<BenchEvent>> eventLists() {
        return EventsArbitrary.events().list().ofMaxSize(15);
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void report_ofAnyOneOrderOfRequests_isTheSame(
            @ForAll("eventLists") List<BenchEvent> events, @ForAll long seed) {
        // Whatever else the files hold; requests of one iteration may end in any order.
        List<BenchEvent> requests = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            requests.add(request("short", i, trace(11, 100L * i, 90L * i)));
            requests.add(request("long", i, trace(101, 200L * i, 900L * i)));
        }
        List<BenchEvent> shuffled = new ArrayList<>(requests);
        Collections.shuffle(shuffled, new Random(seed));
        requests.addAll(foreign(events));
        shuffled.addAll(foreign(events));
        assertThat(ReportJson.write(report(shuffled)).path("models"))
                .isEqualTo(ReportJson.write(report(requests)).path("models"));
    }

    /** Events of models that the header does not name change nothing. */
    private static List<BenchEvent> foreign(List<BenchEvent> events) {
        return events.stream()
                .filter(e -> !(e instanceof BenchEvent.RunEnded) && !json(e).contains("\"a\""))
                .toList();
    }

    private static String json(BenchEvent event) {
        return Json.write(EventJson.write(event));
    }
}
