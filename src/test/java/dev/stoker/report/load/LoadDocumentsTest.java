package dev.stoker.report.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.history.Setting;
import dev.stoker.json.Json;
import dev.stoker.load.ClientFigures;
import dev.stoker.load.LoadEvent;
import dev.stoker.load.LoadHeader;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

import tools.jackson.databind.node.ObjectNode;

import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Pattern;

import javax.xml.parsers.DocumentBuilderFactory;

/** Documents of load tests: whole, failed, killed, simulated, hostile, large. */
class LoadDocumentsTest {
    private static final long MS = 1_000_000;
    private static final String HOSTILE =
            "x\"><script src=//e.vil></script><img src=x onerror=1>\u001b[31m\u202e|`*";
    private static final Pattern FETCHES =
            Pattern.compile(
                    "<(script|img|link|iframe|object|embed|base|use|image)\\b|@import|url\\(|"
                            + "<[^>]*\\s(src|href|srcset|action|poster|data|on\\w+)\\s*=",
                    Pattern.CASE_INSENSITIVE);

    private final List<LoadEvent> events = new ArrayList<>();
    private final ObjectNode options = Json.object();
    private Optional<String> box = Optional.empty();
    private String model = "m";

    private ReportedLoad run() {
        LoadHeader header =
                new LoadHeader(
                        "20260101-000000-abcd",
                        1_767_225_600_000L,
                        "0.1.0",
                        "vllm",
                        "vLLM 0.11",
                        "0.11",
                        "http://127.0.0.1:8000",
                        box,
                        model,
                        options);
        List<LoadEvent> all = List.copyOf(events);
        LinkedHashMap<String, Reading<String>> facts = new LinkedHashMap<>();
        facts.put("server", Reading.known("vLLM"));
        facts.put("prompts", Reading.known(options.path("prompts").asString("")));
        return ReportedLoad.read(header, all::forEach, Setting.of(facts));
    }

    private String page() {
        return LoadHtml.write(List.of(run()));
    }

    private void step(int index, int users, double rate, long leadMillis) {
        events.add(
                new LoadEvent.StepStarted(
                        index,
                        0,
                        users > 0 ? "closed" : "poisson",
                        users,
                        rate,
                        Duration.ofMillis(leadMillis),
                        Optional.of(Duration.ofSeconds(10)),
                        OptionalLong.empty()));
    }

    private void request(int step, long atMillis, long ttftMillis, Reading<Long> tokens) {
        long[] chunks = new long[5];
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = (ttftMillis + 20L * i) * MS;
        }
        Reading<Duration> no = Reading.unsupported("not told");
        events.add(
                new LoadEvent.RequestEnded(
                        step,
                        atMillis * MS,
                        new RequestTrace(
                                0,
                                0,
                                MS,
                                2 * MS,
                                chunks,
                                chunks[0],
                                chunks[4] + MS,
                                9,
                                new ServerTimings(
                                        no,
                                        no,
                                        Reading.known(7L),
                                        Reading.unsupported("no"),
                                        no,
                                        tokens,
                                        no),
                                new RequestTrace.Outcome.Ok("length"))));
    }

    private void request(int step, long atMillis, long ttftMillis) {
        request(step, atMillis, ttftMillis, Reading.known(5L));
    }

    private void failure(int step, long atMillis, String kind, String sentence) {
        events.add(
                new LoadEvent.RequestEnded(
                        step,
                        atMillis * MS,
                        new RequestTrace(
                                0,
                                0,
                                MS,
                                -1,
                                new long[0],
                                -1,
                                50 * MS,
                                0,
                                ServerTimings.none("it failed"),
                                new RequestTrace.Outcome.Failed(kind, sentence))));
    }

    private void ended(int step, long windowMillis, String why, List<String> reasons) {
        OptionalDouble some = OptionalDouble.of(0.5);
        events.add(
                new LoadEvent.StepEnded(
                        step,
                        windowMillis * MS,
                        why,
                        new ClientFigures(some, 10, some, some, some, some, 0, 0, 0, 0, reasons)));
    }

    /** A load of some users with a request every 100 ms for ten seconds. */
    private void whole(int index, int users, long ttftMillis) {
        step(index, users, 0, 1000);
        for (int i = 0; i < 100; i++) {
            request(index, 100L * i, ttftMillis + i % 7);
        }
        ended(index, 10_000, "done", List.of());
    }

    private static Document parsed(String page) throws Exception {
        String xml =
                page.replace("<!doctype html>", "")
                        .replaceAll("<meta ([^>]*)>", "<meta $1/>")
                        .replaceAll("(?s)<style>.*?</style>", "");
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml)));
    }

    private static int count(Document page, String element) {
        NodeList nodes = page.getElementsByTagName(element);
        return nodes.getLength();
    }

    @Test
    void page_oneLoad_isWellFormedAndHasFiguresWithReasons() throws Exception {
        whole(0, 4, 200);
        String page = page();
        Document document = parsed(page);
        assertThat(count(document, "h1")).isOne();
        // Three distributions and three courses; the server was not seen.
        assertThat(count(document, "svg")).isGreaterThanOrEqualTo(6);
        assertThat(count(document, "desc")).isEqualTo(6);
        assertThat(page).contains("4 users", "10 before measuring", "p95 is shown from 130 values");
        assertThat(page).contains("complete", "none failed", "median; ", "ramp and warm-up");
        assertThat(page).doesNotContain("NaN", "Infinity", "SIMULATED", "Failures</h3>");
    }

    @Test
    void page_severalLoads_showsTheKneeAndEachCourse() throws Exception {
        whole(0, 1, 100);
        for (int step = 1; step < 5; step++) {
            step(step, 1 << step, 0, 0);
            int each = step == 1 ? 2 : 3;
            for (int i = 0; i < 100 * each; i++) {
                request(step, 100L * i / each, 100L * step);
            }
            ended(step, 10_000, "done", List.of());
        }
        String page = page();
        Document document = parsed(page);
        assertThat(page).contains("knee: 4 users", "Latency against throughput", "8 users");
        assertThat(page.split("Course of the load: ", -1)).hasSize(6);
        assertThat(count(document, "desc")).isEqualTo(3 + 3 + 5 * 3);
    }

    @Test
    void page_throughputThatStillRises_saysThatTheKneeIsBeyond() {
        for (int step = 0; step < 3; step++) {
            step(step, 1 << step, 0, 0);
            for (int i = 0; i < 100 << step; i++) {
                request(step, (100L * i) >> step, 100);
            }
            ended(step, 10_000, "done", List.of());
        }
        assertThat(page())
                .contains("beyond 4 users", "the knee is beyond")
                .doesNotContain("knee: ");
    }

    @Test
    void page_openLoops_markTheHighestRateThatMeetsEveryObjective() throws Exception {
        options.putArray("objectives").add("ttft_p95=150ms");
        for (int step = 0; step < 2; step++) {
            step(step, 0, step + 1, 0);
            for (int i = 0; i < 100; i++) {
                request(step, 100L * i, step == 0 ? 100 : 300);
            }
            ended(step, 10_000, "done", List.of());
        }
        String page = page();
        assertThat(parsed(page)).isNotNull();
        assertThat(page)
                .contains(
                        "meets all: 1/s", "✓ ttft_p95=150ms", "✗ ttft_p95=150ms", "Dispatch delay");
        assertThat(page).contains("TTFT from send", "ttft_p95=150ms");
    }

    @Test
    void page_hostileNamesAndErrors_areTextAlone() throws Exception {
        model = HOSTILE;
        box = Optional.of(HOSTILE);
        options.put("prompts", HOSTILE);
        step(0, 2, 0, 0);
        request(0, 0, 100);
        failure(0, 10, HOSTILE, HOSTILE);
        ended(0, 100, "error-rate", List.of(HOSTILE));
        String page = page();
        assertThat(page).doesNotContainPattern(FETCHES).contains("x&quot;&gt;&lt;script src=//e");
        assertThat(parsed(page)).isNotNull();
        List<ReportedLoad> runs = List.of(run());
        for (String document : List.of(page, LoadMarkdown.write(runs), LoadFigures.write(runs))) {
            assertThat(document.replace("\n", "")).doesNotContainPattern("[\\p{Cc}\\p{Cf}]");
        }
        assertThat(LoadMarkdown.write(runs)).doesNotContain("<script", "<img");
    }

    @Test
    void page_failures_areCountedByKindWithTheFirstSentence() {
        step(0, 2, 0, 0);
        request(0, 0, 100);
        failure(0, 10, "stream-cut", "the first one");
        failure(0, 20, "stream-cut", "the second one");
        failure(0, 30, "cancelled", "stopped by the end");
        ended(0, 100, "interrupted", List.of());
        assertThat(page())
                .contains("interrupted, 2 requests failed", "the first one", "<span>50.0</span>")
                .contains("1 request not over when the load was stopped", "failed requests")
                .doesNotContain("the second one", "stopped by the end");
    }

    @Test
    void page_clientThatWasTheBottleneck_saysSo() {
        step(0, 2, 0, 0);
        request(0, 0, 100);
        ended(0, 100, "done", List.of("its loop was at work 99 % of the time"));
        assertThat(page())
                .contains("the client was the bottleneck: its loop was at work 99 %")
                .contains("partly the client's own", "✗ yes");
    }

    @Test
    void page_killedRun_showsWhatWasSaved() throws Exception {
        step(0, 2, 0, 0);
        request(0, 0, 100);
        String page = page();
        assertThat(parsed(page)).isNotNull();
        assertThat(page).contains("the program was killed; this is what was saved");
    }

    @Test
    void page_runThatHasNotBegun_saysSo() throws Exception {
        String page = page();
        assertThat(parsed(page)).isNotNull();
        assertThat(page).contains("not begun", "No load has begun in this run.");
    }

    @Test
    void page_nothingButFailures_hasReasonsInsteadOfDrawings() throws Exception {
        step(0, 2, 0, 0);
        failure(0, 10, "refused", "no");
        ended(0, 100, "done", List.of());
        String page = page();
        assertThat(parsed(page)).isNotNull();
        assertThat(page).contains("there is no request to show", "no token came");
        assertThat(page).doesNotContain("NaN", "Infinity");
    }

    @Test
    void page_serverWithoutCounts_withholdsTheRateWithItsReason() {
        step(0, 2, 0, 0);
        request(0, 0, 100, Reading.unsupported("the server does not count"));
        ended(0, 200, "done", List.of());
        assertThat(page())
                .contains("the server gave no count for 1 requests")
                .contains("the server gave no count for some answers");
    }

    @Test
    void page_simulatedRun_isMarkedBeforeItsTitle() {
        box = Optional.of("thor");
        whole(0, 2, 100);
        String page = page();
        assertThat(page.indexOf("SIMULATED")).isPositive().isLessThan(page.indexOf("<h1>"));
        assertThat(LoadMarkdown.write(List.of(run()))).contains("**SIMULATED:**");
    }

    @Test
    void page_serverSamples_drawMemoryAndProcessors() throws Exception {
        step(0, 2, 0, 0);
        request(0, 0, 100);
        for (int i = 0; i < 4; i++) {
            events.add(
                    new LoadEvent.ServerSampled(
                            0,
                            i * 1000 * MS,
                            Reading.known(Bytes.gib(10 - i)),
                            Reading.known(Bytes.gib(2)),
                            Reading.known(Duration.ofMillis(1500L * i))));
        }
        ended(0, 4000, "done", List.of());
        String page = page();
        assertThat(parsed(page)).isNotNull();
        assertThat(page).contains("Memory of the server", "at least 7.00 GiB", "Processors in use");
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 20_000})
    void page_manyRequests_staysSmall(int requests) throws Exception {
        step(0, 50, 0, 0);
        for (int i = 0; i < requests; i++) {
            request(0, i, 100 + i % 50);
        }
        ended(0, requests, "done", List.of());
        String page = page();
        assertThat(parsed(page)).isNotNull();
        assertThat(page.length()).isLessThan(80_000);
        assertThat(page.contains("Too many requests for a dot each"))
                .isEqualTo(requests > RequestDots.MOST);
    }

    @Test
    void page_twoRuns_standSideBySide() throws Exception {
        whole(0, 2, 100);
        ReportedLoad a = run();
        events.clear();
        whole(0, 2, 150);
        String page = LoadHtml.write(List.of(a, run()));
        assertThat(parsed(page)).isNotNull();
        assertThat(page).contains("Figures side by side", "are not longer", "Load tests side");
    }

    @Test
    void drawings_ofTheSameRequests_countWhatTheSummaryCounts() {
        whole(0, 4, 200);
        failure(0, 300, "stream-cut", "");
        ReportedLoad run = run();
        StepDigest digest = run.digest(run.steps().getFirst());
        assertThat(digest.ttft.count()).isEqualTo(run.steps().getFirst().ttft().n());
        assertThat(digest.itl.count()).isEqualTo(run.steps().getFirst().itl().n());
        assertThat(digest.e2e.count()).isEqualTo(run.steps().getFirst().e2e().n());
        double tokens = 0;
        for (double rate : digest.timeline.tokensPerSecond()) {
            tokens += rate * digest.timeline.lengthSeconds();
        }
        assertThat(tokens).isCloseTo(500, org.assertj.core.data.Offset.offset(0.01));
        double inFlight = 0;
        for (double mean : digest.timeline.inFlight()) {
            inFlight += mean * digest.timeline.lengthSeconds();
        }
        double seconds = 0;
        for (LoadEvent e : events) {
            seconds += e instanceof LoadEvent.RequestEnded r ? r.trace().endNanos() / 1e9 : 0;
        }
        assertThat(inFlight).isCloseTo(seconds, org.assertj.core.data.Offset.offset(0.01));
    }
}
