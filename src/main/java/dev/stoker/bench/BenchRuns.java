package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Reading;
import dev.stoker.base.UserError;
import dev.stoker.bench.BenchEvent.RequestEnded;
import dev.stoker.history.JournalLine;
import dev.stoker.history.JournalSource;
import dev.stoker.history.Metric;
import dev.stoker.history.Metric.Better;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.Sample;
import dev.stoker.history.Series;
import dev.stoker.history.Setting;
import dev.stoker.history.StoredEvent;
import dev.stoker.history.StoredRequest;
import dev.stoker.history.Subject;
import dev.stoker.json.Json;
import dev.stoker.stats.Spread;
import dev.stoker.trace.RequestTrace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A benchmark's files as a run for the store. The iteration is the unit of every figure, as it is
 * in the report. Pure.
 */
public final class BenchRuns {
    static final Metric DECODE =
            new Metric("decode_tokens_per_second", "decode tok/s", Better.HIGHER, true);
    static final Metric TTFT = new Metric("ttft_ms", "TTFT ms", Better.LOWER, true);
    static final Metric PROMPT =
            new Metric("prompt_tokens_per_second", "prompt tok/s", Better.HIGHER, true);

    /** Says the same as {@link #DECODE} without the way to the client: shown, not judged twice. */
    static final Metric SERVER_DECODE =
            new Metric("server_decode_tokens_per_second", "server tok/s", Better.HIGHER, false);

    /** Answers that passed, of those that were judged. */
    static final Metric PASSED = new Metric("pass_rate", "pass rate %", Better.HIGHER, true);

    static final Metric LOAD = new Metric("load_seconds", "load s", Better.LOWER, false);
    static final Metric MEMORY = new Metric("memory_gib", "memory GiB", Better.LOWER, false);

    private final RunFolder.Contents contents;

    private BenchRuns(RunFolder.Contents contents) {
        this.contents = contents;
    }

    /** Returns the run that a folder holds, as far as it got. */
    public static Run run(RunFolder.Contents contents, RunSetting setting) {
        return new BenchRuns(contents).build(setting);
    }

    /** Returns the journal for the store: the header, then every event in its order. */
    public static Stream<JournalLine> journal(RunFolder.Contents contents) {
        Stream<JournalLine> header =
                Stream.of(new StoredEvent(Json.write(HeaderJson.write(contents.header()))));
        Stream<JournalLine> unreadable =
                Stream.generate(() -> new StoredEvent(""))
                        .limit(contents.unreadableLines())
                        .map(e -> e);
        return Stream.concat(
                header, Stream.concat(contents.events().stream().map(BenchRuns::line), unreadable));
    }

    private static JournalLine line(BenchEvent event) {
        return event instanceof RequestEnded r
                ? new StoredRequest(
                        r.model(), r.prompt(), r.iteration(), r.alone(), r.at(), r.trace())
                : new StoredEvent(Json.write(EventJson.write(event)));
    }

    /**
     * Returns what the folder of a run held, from the store alone; empty where the store has no
     * such run, or has it from a version of Stoker that kept no journals.
     */
    public static Optional<RunFolder.Contents> contents(RunStore store, String id) {
        return contents(each -> store.journal(id, each), id);
    }

    /** The same from a journal, wherever it is kept. */
    public static Optional<RunFolder.Contents> contents(JournalSource journal, String id) {
        List<RunHeader> header = new ArrayList<>();
        List<BenchEvent> events = new ArrayList<>();
        int[] unreadable = {0};
        journal.read(line -> {
            switch (line) {
                case StoredRequest r ->
                        events.add(
                                new RequestEnded(
                                        r.at(),
                                        r.subject(),
                                        r.prompt(),
                                        r.iteration(),
                                        r.alone(),
                                        r.trace()));
                case StoredEvent(String json) when header.isEmpty() -> header.add(header(id, json));
                case StoredEvent(String json) ->
                        Json.parse(json)
                                .flatMap(EventJson::read)
                                .ifPresentOrElse(events::add, () -> unreadable[0]++);
            }
        });
        return header.isEmpty()
                ? Optional.empty()
                : Optional.of(new RunFolder.Contents(header.getFirst(), events, unreadable[0]));
    }

    private static RunHeader header(String id, String json) {
        try {
            return Json.parse(json)
                    .map(HeaderJson::read)
                    .orElseThrow(() -> new IllegalArgumentException("it is no JSON"));
        } catch (IllegalArgumentException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The journal of run " + id + " can not be read: " + e.getMessage() + ".",
                    "It may be of another version of Stoker.",
                    e);
        }
    }

    private Run build(RunSetting setting) {
        BenchReport report = ReportBuilder.report(contents);
        RunHeader header = report.header();
        List<Subject> subjects = new ArrayList<>();
        for (ModelResult m : report.models()) {
            subjects.add(
                    new Subject(
                            m.name(),
                            outcome(m, report.pending()),
                            m.reason(),
                            setting.models().getOrDefault(m.name(), Setting.empty()),
                            m.requestsOk(),
                            m.requestsFailed(),
                            series(m)));
        }
        return new Run(
                header.id(),
                "bench",
                header.startedEpochMillis(),
                report.complete(),
                header.simulatedBox().isPresent(),
                setting.run(),
                subjects,
                List.of(),
                "");
    }

    private static Subject.Outcome outcome(ModelResult m, List<String> pending) {
        if (pending.contains(m.name())) {
            return Subject.Outcome.UNFINISHED;
        }
        return switch (m.outcome()) {
            case PASSED -> Subject.Outcome.PASSED;
            case FAILED -> Subject.Outcome.FAILED;
            case SKIPPED -> Subject.Outcome.SKIPPED;
        };
    }

    private List<Series> series(ModelResult m) {
        Map<String, Map<Integer, RequestTrace>> good = ReportBuilder.counted(contents, m.name());
        SortedMap<Integer, Long> starts = starts(good);
        String first = contents.header().request().prompts().getFirst().name();
        Map<Integer, RequestTrace> longest =
                good.values().stream()
                        .max(Comparator.comparingLong(Figures::promptTokens))
                        .orElse(Map.of());
        List<Series> series = new ArrayList<>();
        m.suite().ifPresent(s -> series.add(passed(s, starts)));
        series.addAll(
                List.of(
                        pooled(DECODE, good, Figures::clientDecode, starts),
                        each(
                                TTFT,
                                good.getOrDefault(first, Map.of()),
                                RequestTrace::ttftMillis,
                                starts),
                        each(PROMPT, longest, t -> t.timings().promptTokensPerSecond(), starts),
                        pooled(SERVER_DECODE, good, Figures::serverDecode, starts),
                        loads(m.loadSeconds()),
                        memory(m.takenBytes())));
        return series;
    }

    private static Series passed(SuiteResult suite, SortedMap<Integer, Long> starts) {
        List<Sample> samples = new ArrayList<>();
        suite.passRates().forEach((i, rate) -> samples.add(sample(i, starts, 100 * rate)));
        return samples.isEmpty()
                ? Series.absent(PASSED, suite.passRate().reason())
                : Series.of(PASSED, samples);
    }

    /** When each iteration began. */
    private static SortedMap<Integer, Long> starts(Map<String, Map<Integer, RequestTrace>> good) {
        SortedMap<Integer, Long> starts = new TreeMap<>();
        for (Map<Integer, RequestTrace> prompt : good.values()) {
            prompt.forEach((i, t) -> starts.merge(i, t.intendedEpochMillis(), Math::min));
        }
        return starts;
    }

    private static Series pooled(
            Metric metric,
            Map<String, Map<Integer, RequestTrace>> good,
            Function<RequestTrace, Reading<Figures.Decoded>> part,
            SortedMap<Integer, Long> starts) {
        Reading<SortedMap<Integer, Double>> rates = Figures.pooledByIteration(good, part);
        if (!rates.isKnown()) {
            return Series.absent(metric, rates.reason());
        }
        List<Sample> samples = new ArrayList<>();
        rates.value().forEach((i, rate) -> samples.add(sample(i, starts, rate)));
        return Series.of(metric, samples);
    }

    private static Series each(
            Metric metric,
            Map<Integer, RequestTrace> traces,
            Function<RequestTrace, Reading<Double>> figure,
            SortedMap<Integer, Long> starts) {
        List<Sample> samples = new ArrayList<>();
        String reason = "no request ended well";
        for (Map.Entry<Integer, RequestTrace> e : new TreeMap<>(traces).entrySet()) {
            Reading<Double> value = figure.apply(e.getValue());
            if (value instanceof Reading.Known<Double>(Double v)) {
                samples.add(sample(e.getKey(), starts, v));
            } else {
                reason = value.reason();
            }
        }
        return samples.isEmpty() ? Series.absent(metric, reason) : Series.of(metric, samples);
    }

    private static Sample sample(int iteration, SortedMap<Integer, Long> starts, double value) {
        return new Sample("iteration " + iteration, starts.getOrDefault(iteration, -1L), value);
    }

    /** A load has no iteration; usually there is one. */
    private static Series loads(Reading<Spread> seconds) {
        return seconds instanceof Reading.Known<Spread>(Spread s)
                ? Series.of(LOAD, List.of(new Sample("cold loads", -1, s.mean())))
                : Series.absent(LOAD, seconds.reason());
    }

    private static Series memory(Reading<Bytes> taken) {
        return taken instanceof Reading.Known<Bytes>(Bytes b)
                ? Series.of(MEMORY, List.of(new Sample("loaded", -1, b.toGib())))
                : Series.absent(MEMORY, taken.reason());
    }
}
