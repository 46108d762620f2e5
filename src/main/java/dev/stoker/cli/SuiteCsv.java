package dev.stoker.cli;

import dev.stoker.base.Reading;
import dev.stoker.bench.BenchReport;
import dev.stoker.bench.ModelResult;
import dev.stoker.bench.SuiteResult;
import dev.stoker.stats.Spread;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A suite's result as CSV, one line a model and test; an unknown figure is an empty field.
 * Stateless.
 */
final class SuiteCsv {
    private SuiteCsv() {}

    static void print(PrintWriter out, BenchReport report) {
        out.println(
                "run,suite,model,test,skipped,passed,judged,output_tokens,seconds,"
                        + "tokens_per_second,tokens_per_second_sd,tokens_per_second_min,"
                        + "tokens_per_second_max,tokens_per_second_cv,decode_tokens_per_second,"
                        + "first_failure");
        for (ModelResult m : report.models()) {
            for (SuiteResult.TestResult t : m.suite().map(SuiteResult::tests).orElse(List.of())) {
                List<String> f = new ArrayList<>();
                f.add(report.id());
                f.add(report.header().request().checking().suite());
                f.add(m.name());
                f.add(t.name());
                f.add(t.skipped());
                f.add(Integer.toString(t.passed()));
                f.add(Integer.toString(t.judged()));
                f.add(mean(t.outputTokens()));
                f.add(mean(t.seconds()));
                f.add(mean(t.tokensPerSecond()));
                if (t.tokensPerSecond() instanceof Reading.Known<Spread>(Spread s)) {
                    f.add(s.sd().isPresent() ? Double.toString(s.sd().getAsDouble()) : "");
                    f.add(Double.toString(s.min()));
                    f.add(Double.toString(s.max()));
                    f.add(
                            s.coefficientOfVariation().isPresent()
                                    ? Double.toString(s.coefficientOfVariation().getAsDouble())
                                    : "");
                } else {
                    f.addAll(List.of("", "", "", ""));
                }
                f.add(mean(t.decodeTokensPerSecond()));
                f.add(t.failures().isEmpty() ? "" : SuiteView.sentence(t.failures().getFirst()));
                out.println(Csv.line(f));
            }
        }
    }

    private static String mean(Reading<Spread> reading) {
        return reading instanceof Reading.Known<Spread>(Spread s) ? Double.toString(s.mean()) : "";
    }
}
