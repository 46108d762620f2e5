package dev.stoker.report.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.bench.BenchEvent;
import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.bench.BenchReport;
import dev.stoker.bench.BenchRequest;
import dev.stoker.bench.MemoryMark;
import dev.stoker.bench.ModelResult;
import dev.stoker.bench.ReportBuilder;
import dev.stoker.bench.RunFolder;
import dev.stoker.bench.RunHeader;
import dev.stoker.history.Metric;
import dev.stoker.history.Run;
import dev.stoker.history.Sample;
import dev.stoker.history.Series;
import dev.stoker.history.Setting;
import dev.stoker.history.Subject;
import dev.stoker.suite.Task;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Documents of whole, failed, interrupted and hostile runs. */
class DocumentsTest {
    private static final long MS = 1_000_000;
    private static final String HOSTILE =
            "x\"><script src=//e.vil></script><img src=x onerror=1>\u001b[31m\u202e|`*";
    private static final Pattern FETCHES =
            Pattern.compile(
                    "<(script|img|link|iframe|object|embed|base|use|image)\\b|@import|url\\(|"
                            + "<[^>]*\\s(src|href|srcset|action|poster|data|on\\w+)\\s*=",
                    Pattern.CASE_INSENSITIVE);

    private final List<BenchEvent> events = new ArrayList<>();
    private Optional<String> box = Optional.empty();

    private ReportedRun run(String model) {
        BenchRequest d = BenchRequest.defaults();
        RunHeader header =
                new RunHeader(
                        "20260101-000000-abcd",
                        1_767_225_600_000L,
                        "0.1.0",
                        "ollama",
                        "Ollama 0.33.0",
                        "0.33.0",
                        "http://127.0.0.1:11434",
                        box,
                        1,
                        new BenchRequest(
                                List.of(),
                                List.of(Task.prompt("short", "?", 5)),
                                3,
                                d.contextLength(),
                                d.unload(),
                                d.restart(),
                                d.restartAbove(),
                                d.stall(),
                                d.seed(),
                                1),
                        List.of(new RunHeader.Model(model, "Q4_K_M", 4, 5, "")));
        BenchReport report =
                ReportBuilder.report(new RunFolder.Contents(header, List.copyOf(events), 0));
        return new ReportedRun(report, events, stored(header), List.of("A remark on " + model));
    }

    private Run stored(RunHeader header) {
        List<Sample> rates = new ArrayList<>();
        for (BenchEvent e : events) {
            if (e instanceof BenchEvent.RequestEnded r && r.trace().isOk()) {
                double rate = r.trace().decodeTokensPerSecond().value();
                rates.add(new Sample("iteration " + r.iteration(), -1, rate));
            }
        }
        Metric decode =
                new Metric("decode_tokens_per_second", "decode tok/s", Metric.Better.HIGHER, true);
        LinkedHashMap<String, Reading<String>> facts = new LinkedHashMap<>();
        facts.put("server", Reading.known(header.simulatedBox().orElse("real")));
        facts.put("seed", Reading.known("42"));
        return new Run(
                header.id(),
                "bench",
                header.startedEpochMillis(),
                true,
                header.simulatedBox().isPresent(),
                Setting.of(facts),
                List.of(
                        new Subject(
                                header.models().getFirst().name(),
                                Subject.Outcome.PASSED,
                                "",
                                Setting.empty(),
                                rates.size(),
                                0,
                                List.of(
                                        rates.isEmpty()
                                                ? Series.absent(decode, "nothing came")
                                                : Series.of(decode, rates)))),
                List.of(),
                "");
    }

    private static RequestTrace trace(long gapMillis, RequestTrace.Outcome outcome) {
        long[] chunks = new long[5];
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = (100 + i * gapMillis) * MS;
        }
        Reading<Duration> no = Reading.unsupported("not told");
        return new RequestTrace(
                0,
                0,
                0,
                1,
                chunks,
                chunks[0],
                chunks[4],
                10,
                new ServerTimings(
                        no,
                        no,
                        Reading.known(10L),
                        Reading.unsupported("the server does not tell <what> it cached"),
                        no,
                        Reading.known(5L),
                        no),
                outcome);
    }

    private DocumentsTest started(String model) {
        events.add(new BenchEvent.RunStarted(1, false));
        events.add(new BenchEvent.ModelStarted(2, model, 1));
        events.add(
                new BenchEvent.Loaded(
                        3, model, Duration.ofMillis(2500), Reading.unsupported("no"), false));
        return this;
    }

    private void request(String model, int iteration, long gapMillis) {
        events.add(
                new BenchEvent.RequestEnded(
                        4,
                        model,
                        "short",
                        iteration,
                        true,
                        trace(gapMillis, new RequestTrace.Outcome.Ok("length"))));
    }

    private void memory(String model, BenchEvent.Phase phase, double gib) {
        Reading<Bytes> none = Reading.unsupported("not told");
        events.add(
                new BenchEvent.MemoryMarked(
                        5,
                        model,
                        phase,
                        new MemoryMark(none, Reading.known(Bytes.gib(gib)), none, none, none)));
    }

    private void ended(String model, Outcome outcome, String reason) {
        events.add(new BenchEvent.ModelEnded(6, model, outcome, reason));
        events.add(new BenchEvent.RunEnded(7, false, Duration.ofSeconds(9)));
    }

    private ReportedRun whole(String model, int iterations) {
        started(model);
        memory(model, BenchEvent.Phase.BEFORE, 1);
        memory(model, BenchEvent.Phase.LOADED, 5.25);
        for (int i = 1; i <= iterations; i++) {
            request(model, i, 10 + i);
        }
        ended(model, Outcome.PASSED, "");
        return run(model);
    }

    @Test
    void page_wholeRun_showsFiguresWithSpreadAndReasons() {
        String page = HtmlReport.write(List.of(whole("a", 3)));
        // Four gaps of 11, 12 and 13 ms: 90.909, 83.333 and 76.923 tokens a second.
        assertThat(page).contains("83.7 ± 7.00", "76.9–90.9, n = 3", "2.50", "5.25");
        assertThat(page).contains("12 gaps of 3 requests: median (the line) 12.0 ms");
        assertThat(page).contains("the server does not tell &lt;what&gt; it cached");
        assertThat(page).contains("Ollama 0.33.0", "complete", "2026-01-01 00:00 UTC, Ollama");
        assertThat(page).contains("Ollama 0.33.0 at http", "wall time only labels");
        assertThat(page).doesNotContain("SIMULATED");
    }

    @Test
    void page_hostileNamesAndErrors_areTextAlone() {
        started(HOSTILE);
        events.add(
                new BenchEvent.RequestEnded(
                        4,
                        HOSTILE,
                        HOSTILE,
                        1,
                        true,
                        trace(9, new RequestTrace.Outcome.Failed("stream-cut", HOSTILE))));
        events.add(new BenchEvent.StepFailed(5, HOSTILE, "load", "load-failed", HOSTILE));
        ended(HOSTILE, Outcome.FAILED, HOSTILE);
        box = Optional.of(HOSTILE);
        List<ReportedRun> runs = List.of(run(HOSTILE));
        String page = HtmlReport.write(runs);
        assertThat(page).doesNotContainPattern(FETCHES).contains("x&quot;&gt;&lt;script src=//e");
        for (String document : List.of(page, MarkdownReport.write(runs), CsvReport.write(runs))) {
            assertThat(document.replace("\n", "")).doesNotContainPattern("[\\p{Cc}\\p{Cf}]");
        }
        assertThat(MarkdownReport.write(runs)).doesNotContain("<script", "<img");
    }

    @Test
    void page_always_needsNothingFromElsewhere() {
        ReportedRun run = whole("a", 2);
        String page = HtmlReport.write(List.of(run, run));
        assertThat(page).doesNotContainPattern(FETCHES);
        assertThat(page).contains("default-src 'none'");
        // An address stands in the page as text only: that of the server.
        assertThat(page.replace("http://127.0.0.1:11434", "")).doesNotContainPattern("https?://");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<img alt=a src='x'>", "<a\nhref=x>", "a{b:url(x)}", "@import 'x'"})
    void fetches_somethingFromElsewhere_isSeen(String markup) {
        assertThat(markup).containsPattern(FETCHES);
    }

    @Test
    void page_oneIteration_hasNoInterval() {
        String page = HtmlReport.write(List.of(whole("a", 1)));
        assertThat(page).contains("n = 1: no interval").doesNotContain("class=\"band\"");
    }

    @Test
    void page_severalIterations_drawsADotForEachAndTheInterval() {
        String page = HtmlReport.write(List.of(whole("a", 3)));
        assertThat(page).contains("class=\"band\"", "<title>iteration 3: 76.9</title>");
        // Three rates, three first tokens, one load.
        assertThat(page.split("<circle", -1)).hasSize(8);
    }

    @Test
    void page_interruptedRun_saysSoAndShowsWhatThereIs() {
        started("a");
        request("a", 1, 10);
        String page = HtmlReport.write(List.of(run("a")));
        assertThat(page).contains("interrupted, 1 model without a result yet", "unfinished");
        assertThat(page).contains("4 gaps of 1 request:");
    }

    @Test
    void page_runThatHasNotBegun_saysSo() {
        String page = HtmlReport.write(List.of(run("a")));
        assertThat(page)
                .contains("No model has had its turn in this run.")
                .contains("Nothing is noted in this run.")
                .contains("not complete");
    }

    @Test
    void page_failedModel_tellsTheFailureInWords() {
        started("a");
        events.add(new BenchEvent.StepFailed(5, "a", "load", "load-failed", "bad magic"));
        ended("a", Outcome.FAILED, "bad magic");
        String page = HtmlReport.write(List.of(run("a")));
        assertThat(page).contains("a: load failed (load-failed): bad magic", "1 model failed");
        assertThat(page).contains("no request was sent", "no request ended well");
    }

    @Test
    void page_simulatedRun_isMarkedBeforeItsTitle() {
        box = Optional.of("thor");
        String page = HtmlReport.write(List.of(whole("a", 2)));
        assertThat(page.indexOf("SIMULATED")).isPositive().isLessThan(page.indexOf("<h1>"));
        assertThat(MarkdownReport.write(List.of(run("a")))).contains("**SIMULATED:**");
    }

    @Test
    void page_twoRuns_standSideBySideAndMarkWhatDiffers() {
        ReportedRun real = whole("a", 2);
        box = Optional.of("thor");
        String page = HtmlReport.write(List.of(real, run("a")));
        assertThat(page).contains("Figures side by side", "server<small>differs</small>");
        assertThat(page).doesNotContain("seed<small>differs</small>");
    }

    @Test
    void page_slowerSecondRun_isCalledWorse() {
        ReportedRun fast = whole("a", 3);
        events.clear();
        started("a");
        for (int i = 1; i <= 3; i++) {
            request("a", i, 100 + i);
        }
        ended("a", Outcome.PASSED, "");
        ReportedRun slow = run("a");
        assertThat(HtmlReport.write(List.of(fast, slow)))
                .contains("<span>worse<small>beyond the threshold</small></span>")
                .contains("In all: worse, at a threshold of 5 %");
        assertThat(HtmlReport.write(List.of(slow, fast))).contains("In all: better");
    }

    @Test
    void iterations_oneByOne_haveTheMeanOfTheReport() {
        ReportedRun run = whole("a", 3);
        ModelRequests requests = new ModelRequests(run.events(), "a");
        ModelResult model = run.report().models().getFirst();
        assertThat(
                        requests.decodeTokensPerSecond().stream()
                                .mapToDouble(ModelRequests.Value::value)
                                .average()
                                .getAsDouble())
                .isEqualTo(model.decodeTokensPerSecond().value().mean());
        assertThat(requests.ttftMillis("short")).hasSize(model.ttftMillis().value().n());
    }

    @Test
    void page_memorySamples_areDrawnOverTheTurnWithItsPhases() {
        started("a");
        memory("a", BenchEvent.Phase.BEFORE, 1);
        for (int i = 0; i < 5; i++) {
            events.add(
                    new BenchEvent.MemorySampled(
                            5 + 1000L * i,
                            Reading.known(Bytes.gib(9 - i)),
                            Reading.known(Bytes.gib(1 + i))));
        }
        events.add(
                new BenchEvent.Loaded(
                        2500, "a", Duration.ofSeconds(2), Reading.unsupported("no"), false));
        events.add(
                new BenchEvent.Unloaded(
                        5000, "a", true, Duration.ofSeconds(1), Reading.unsupported("no")));
        ended("a", Outcome.PASSED, "");
        String page = HtmlReport.write(List.of(run("a")));
        assertThat(page).contains("Memory over time", ">loaded<", ">unloaded<");
        assertThat(page).contains("at least 5.00 GiB", "loading, unloading");
    }

    @Test
    void page_runWithoutSamples_hasNoCourseOfMemory() {
        assertThat(HtmlReport.write(List.of(whole("a", 2)))).doesNotContain("Memory over time");
    }

    @Test
    void csv_unknownFigure_isEmptyWithItsReason() {
        String csv = CsvReport.write(List.of(whole("=1+1", 2)));
        assertThat(csv)
                .contains("'=1+1,,load_seconds,1,2.5,,2.5,2.5,,,\n")
                .contains("prompt_tokens_per_second,0,,,,,,,the server does not tell");
        assertThat(csv.lines()).allMatch(line -> line.chars().filter(c -> c == ',').count() == 12);
    }

    @Test
    void markdown_unknownFigure_hasItsReasonBelowTheTable() {
        assertThat(MarkdownReport.write(List.of(whole("a|b", 2))))
                .contains("| a\\|b (Q4\\_K\\_M) | passed |")
                .contains("1. the server does not tell &lt;what&gt; it cached");
    }
}
