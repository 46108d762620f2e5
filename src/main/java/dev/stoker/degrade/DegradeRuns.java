package dev.stoker.degrade;

import dev.stoker.base.Reading;
import dev.stoker.history.JournalLine;
import dev.stoker.history.Metric;
import dev.stoker.history.Metric.Better;
import dev.stoker.history.Run;
import dev.stoker.history.Sample;
import dev.stoker.history.Series;
import dev.stoker.history.Setting;
import dev.stoker.history.StoredEvent;
import dev.stoker.history.Subject;
import dev.stoker.json.Json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** A run as the store keeps it. Pure. */
public final class DegradeRuns {
    static final Metric DECODE =
            new Metric("decode_tokens_per_second", "decode tok/s", Better.HIGHER, true);
    static final Metric PROMPT =
            new Metric("prompt_tokens_per_second", "prompt tok/s", Better.HIGHER, true);
    static final Metric LOAD = new Metric("load_seconds", "load s", Better.LOWER, false);

    /** How the units of the first load's measurements begin. */
    static final String BEFORE = "before ";

    private DegradeRuns() {}

    public static Run run(DegradeFolder.Contents contents) {
        DegradeReport report = DegradeReport.of(contents);
        DegradeHeader header = contents.header();
        if (report.measured().isEmpty()) {
            return run(header, report, List.of());
        }
        boolean bad = report.judgement().verdict() instanceof Verdict.Degraded;
        Subject subject =
                new Subject(
                        header.model(),
                        !report.complete()
                                ? Subject.Outcome.UNFINISHED
                                : bad ? Subject.Outcome.FAILED : Subject.Outcome.PASSED,
                        bad ? report.judgement().verdict().sentence() : "",
                        Setting.empty(),
                        report.measured().size(),
                        0,
                        List.of(
                                series(DECODE, report, m -> Reading.known(m.decode())),
                                series(PROMPT, report, Measured::prompt),
                                series(LOAD, report, Measured::loadSeconds)));
        return run(header, report, List.of(subject));
    }

    private static Run run(DegradeHeader header, DegradeReport report, List<Subject> subjects) {
        SequencedMap<String, Reading<String>> facts = new LinkedHashMap<>();
        facts.put("stoker", Reading.known(header.stokerVersion()));
        facts.put("server", Reading.known(header.serverTitle()));
        facts.put("url", Reading.known(header.serverUrl()));
        facts.put("cycles", Reading.known(Integer.toString(header.cycles())));
        facts.put("tokens", Reading.known(Integer.toString(header.tokens())));
        facts.put("verdict", Reading.known(report.judgement().verdict().code()));
        return new Run(
                header.id(),
                "degrade",
                header.startedEpochMillis(),
                report.complete(),
                !header.box().isEmpty(),
                Setting.of(facts),
                subjects,
                List.of(),
                "");
    }

    private static Series series(
            Metric metric, DegradeReport report, Function<Measured, Reading<Double>> figure) {
        List<Sample> samples = new ArrayList<>();
        String why = "";
        for (Measured m : report.measured()) {
            Reading<Double> value = figure.apply(m);
            if (value.isKnown()) {
                samples.add(new Sample(unit(m), m.atEpochMillis(), value.value()));
            } else {
                why = value.reason();
            }
        }
        return samples.isEmpty() ? Series.absent(metric, why) : Series.of(metric, samples);
    }

    private static String unit(Measured m) {
        return m.load() == 0
                ? BEFORE + m.position()
                : "cycle " + m.load() + (m.isControl() ? " control" : " reload");
    }

    /** Returns the journal for the store: the header, then every event in its order. */
    public static Stream<JournalLine> journal(DegradeFolder.Contents contents) {
        return Stream.concat(
                Stream.of(new StoredEvent(Json.write(contents.header().json()))),
                contents.events().stream()
                        .map(e -> new StoredEvent(Json.write(EventJson.write(e)))));
    }
}
