package dev.stoker.report.load;

import dev.stoker.base.Reading;
import dev.stoker.load.StepSummary;
import dev.stoker.report.draw.CsvField;
import dev.stoker.stats.LatencySummary;

import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Writes load tests as CSV, one line a figure, for spreadsheets and scripts. What is unknown is an
 * empty field, with its reason in the last column. Pure.
 */
public final class LoadFigures {
    private static final String HEAD =
            "run,simulated,model,step,load,figure,n,value,sd,min,p50,p90,p95,p99,max,unknown\n";

    private final StringBuilder out = new StringBuilder(HEAD);

    private LoadFigures() {}

    public static String write(List<ReportedLoad> runs) {
        LoadFigures csv = new LoadFigures();
        runs.forEach(run -> run.steps().forEach(s -> csv.step(run, s)));
        return csv.out.toString();
    }

    private void step(ReportedLoad run, StepSummary s) {
        count(run, s, "requests_sent", s.sent());
        count(run, s, "requests_ok", s.ok());
        count(run, s, "requests_failed", s.failed());
        count(run, s, "requests_unfinished", s.unfinished());
        new TreeMap<>(s.failures()).forEach((kind, n) -> count(run, s, "failed:" + kind, n));
        value(run, s, "output_tokens", s.outputTokens());
        value(run, s, "prompt_tokens", s.promptTokens());
        value(run, s, "output_tokens_per_second", s.outputTokensPerSecond());
        value(run, s, "requests_per_second", s.requestsPerSecond());
        value(
                run,
                s,
                "goodput",
                s.goodput()
                        .<Reading<Double>>map(Reading::known)
                        .orElse(Reading.unsupported("no objectives were given")));
        latency(run, s, "ttft_ms", s.ttft());
        latency(run, s, "ttft_sent_ms", s.ttftSent());
        latency(run, s, "ttfa_ms", s.ttfa());
        latency(run, s, "ttfa_sent_ms", s.ttfaSent());
        latency(run, s, "itl_ms", s.itl());
        latency(run, s, "tpot_ms", s.tpot());
        latency(run, s, "e2e_ms", s.e2e());
        latency(run, s, "e2e_sent_ms", s.e2eSent());
        latency(run, s, "dispatch_delay_ms", s.dispatchDelay());
    }

    private LoadFigures head(ReportedLoad run, StepSummary s, String figure) {
        out.append(CsvField.of(run.id())).append(',');
        out.append(run.header().simulatedBox().isPresent()).append(',');
        out.append(CsvField.of(run.header().model())).append(',').append(s.index()).append(',');
        out.append(CsvField.of(s.started().label())).append(',').append(CsvField.of(figure));
        return this;
    }

    private void count(ReportedLoad run, StepSummary s, String figure, long n) {
        value(run, s, figure, Reading.known(n));
    }

    private void value(ReportedLoad run, StepSummary s, String figure, Reading<?> value) {
        head(run, s, figure);
        if (value.isKnown()) {
            out.append(",1,").append(value.value()).append(",,,,,,,,\n");
        } else {
            out.append(",0,,,,,,,,,").append(CsvField.of(value.reason())).append('\n');
        }
    }

    private void latency(ReportedLoad run, StepSummary s, String figure, LatencySummary l) {
        head(run, s, figure);
        out.append(',').append(l.n());
        for (OptionalDouble v :
                List.of(l.mean(), l.sd(), l.min(), l.p50(), l.p90(), l.p95(), l.p99(), l.max())) {
            out.append(',').append(v.isPresent() ? Double.toString(v.getAsDouble()) : "");
        }
        out.append(',').append(l.n() == 0 ? "no request had one" : "").append('\n');
    }
}
