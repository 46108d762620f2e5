package dev.stoker.report.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.bench.ModelResult;
import dev.stoker.bench.ModelResult.PromptResult;
import dev.stoker.bench.SuiteResult.TestResult;
import dev.stoker.report.draw.CsvField;
import dev.stoker.stats.Spread;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Writes runs as CSV, one line a figure, for spreadsheets and scripts. What is unknown is an empty
 * field, with its reason in the last column. A name that a spreadsheet would take for a formula
 * gets an apostrophe in front. Pure.
 */
public final class CsvReport {
    private static final String HEAD =
            "run,simulated,model,prompt,figure,n,mean,sd,min,max,ci95_low,ci95_high,unknown\n";

    private final StringBuilder out = new StringBuilder(HEAD);

    private CsvReport() {}

    public static String write(List<ReportedRun> runs) {
        CsvReport csv = new CsvReport();
        runs.forEach(csv::run);
        return csv.out.toString();
    }

    private void run(ReportedRun run) {
        for (ModelResult m : run.report().models()) {
            spread(run, m, "", "load_seconds", m.loadSeconds());
            spread(run, m, "", "ttft_ms", m.ttftMillis());
            spread(run, m, "", "prompt_tokens_per_second", m.promptTokensPerSecond());
            spread(run, m, "", "decode_tokens_per_second", m.decodeTokensPerSecond());
            spread(run, m, "", "server_decode_tokens_per_second", m.serverDecodeTokensPerSecond());
            spread(run, m, "", "memory_bytes", bytes(m.footprint()));
            for (PromptResult p : m.prompts()) {
                spread(run, m, p.name(), "output_tokens", p.outputTokens());
                spread(run, m, p.name(), "ttft_ms", p.ttftMillis());
                spread(run, m, p.name(), "ttfa_ms", p.ttfaMillis());
                spread(run, m, p.name(), "e2e_ms", p.e2eMillis());
                spread(run, m, p.name(), "prompt_tokens_per_second", p.promptTokensPerSecond());
                spread(run, m, p.name(), "decode_tokens_per_second", p.decodeTokensPerSecond());
                spread(
                        run,
                        m,
                        p.name(),
                        "server_decode_tokens_per_second",
                        p.serverDecodeTokensPerSecond());
            }
            for (TestResult t : SuiteSection.tests(m)) {
                spread(run, m, t.name(), "test_passed_share", passed(t));
                spread(run, m, t.name(), "test_seconds", t.seconds());
                spread(run, m, t.name(), "test_tokens_per_second", t.tokensPerSecond());
            }
        }
    }

    /** One value an answer: 1 where it passed, else 0. */
    private static Reading<Spread> passed(TestResult t) {
        return t.judged() == 0
                ? Reading.unsupported(t.skipped().isEmpty() ? "no answer was judged" : t.skipped())
                : Reading.known(
                        Spread.of(
                                IntStream.range(0, t.judged())
                                        .mapToDouble(i -> i < t.passed() ? 1 : 0)
                                        .toArray()));
    }

    private static Reading<Spread> bytes(Reading<Bytes> reading) {
        return reading.map(b -> Spread.of((double) b.count()));
    }

    private void spread(
            ReportedRun run, ModelResult m, String prompt, String figure, Reading<Spread> r) {
        out.append(CsvField.of(run.report().id()))
                .append(',')
                .append(run.isSimulated())
                .append(',');
        out.append(CsvField.of(m.name()))
                .append(',')
                .append(CsvField.of(prompt))
                .append(',')
                .append(figure);
        if (r instanceof Reading.Known<Spread>(Spread s)) {
            out.append(',').append(s.n()).append(',').append(s.mean()).append(',');
            out.append(number(s.sd())).append(',').append(s.min()).append(',').append(s.max());
            out.append(',').append(number(s.ciLow())).append(',').append(number(s.ciHigh()));
            out.append(",\n");
        } else {
            out.append(",0,,,,,,,").append(CsvField.of(r.reason())).append('\n');
        }
    }

    private static String number(OptionalDouble value) {
        return value.isPresent() ? Double.toString(value.getAsDouble()) : "";
    }
}
