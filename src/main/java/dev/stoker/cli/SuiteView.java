package dev.stoker.cli;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.bench.BenchReport;
import dev.stoker.bench.ModelResult;
import dev.stoker.bench.SuiteResult;
import dev.stoker.bench.SuiteResult.Failure;
import dev.stoker.bench.SuiteResult.TestResult;
import dev.stoker.cli.Terminal.Colour;
import dev.stoker.stats.Spread;
import dev.stoker.suite.spread.Explanation;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How the tests of a suite look on a terminal: a table a model, what failed, and why its rates
 * spread. Stateless but for the terminal.
 */
final class SuiteView {
    private static final int EXCERPT = 600;

    private final Terminal terminal;

    SuiteView(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * Prints nothing for a run without a suite whose spread is small.
     *
     * @param failures whether each failed answer is shown
     */
    void result(PrintWriter out, BenchReport report, boolean failures) {
        for (ModelResult m : report.models()) {
            m.suite().ifPresent(s -> suite(out, m, s, failures));
            m.spread()
                    .filter(e -> m.suite().isPresent() || e.isHigh())
                    .ifPresent(e -> spread(out, m, e));
        }
    }

    private void suite(PrintWriter out, ModelResult m, SuiteResult suite, boolean failures) {
        if (suite.tests().stream().allMatch(t -> t.judged() == 0 && t.skipped().isEmpty())) {
            return;
        }
        out.println();
        print(
                out,
                "",
                terminal.paint(Colour.STRONG, ModelName.shown(m.name()))
                        + ": "
                        + suite.passed()
                        + " of "
                        + suite.judged()
                        + " answers passed"
                        + rate(suite),
                "    ");
        Table table =
                new Table()
                        .left("test", 0)
                        .right("passed", 0)
                        .right("tokens", 2)
                        .right("time s", 1)
                        .right("tok/s", 0)
                        .left("(min–max)", 4)
                        .right("CV %", 3)
                        .right("decode tok/s", 2)
                        .left("note", 6);
        for (TestResult t : suite.tests()) {
            table.row(
                    t.name(),
                    passed(t),
                    Numbers.mean(t.outputTokens()),
                    Numbers.mean(t.seconds()),
                    Numbers.meanAndSpread(t.tokensPerSecond()),
                    Numbers.range(t.tokensPerSecond()),
                    cv(t.tokensPerSecond()),
                    Numbers.mean(t.decodeTokensPerSecond()),
                    note(t));
        }
        table.lines(terminal.columns()).forEach(out::println);
        for (TestResult t : suite.tests()) {
            if (!t.skipped().isEmpty()) {
                print(out, "  ", t.name() + " was not asked: " + t.skipped() + ".", "    ");
            }
            if (failures) {
                t.failures().forEach(f -> failure(out, t, f));
            } else if (!t.failures().isEmpty()) {
                print(out, "  ", t.name() + ": " + sentence(t.failures().getFirst()), "    ");
            }
        }
        if (!failures && suite.passed() < suite.judged()) {
            print(out, "  ", "The answers: add --show-failures.", "    ");
        }
    }

    private static String rate(SuiteResult suite) {
        return suite.passRate() instanceof Reading.Known<Spread>(Spread s)
                ? String.format(Locale.ROOT, " (%.0f %%", 100 * s.mean())
                        + (s.n() > 1
                                ? String.format(
                                        Locale.ROOT,
                                        " of each iteration, %.0f–%.0f)",
                                        100 * s.min(),
                                        100 * s.max())
                                : ")")
                : "";
    }

    private String passed(TestResult t) {
        if (!t.skipped().isEmpty()) {
            return terminal.paint(Colour.FAINT, "skipped");
        }
        if (t.judged() == 0) {
            return Numbers.UNKNOWN;
        }
        Colour colour =
                t.passed() == t.judged()
                        ? Colour.GOOD
                        : t.passed() == 0 ? Colour.BAD : Colour.WARNING;
        return terminal.paint(colour, t.passed() + "/" + t.judged());
    }

    private static String note(TestResult t) {
        return t.notes().isEmpty() ? "" : Text.plain(t.notes().getFirst(), 60);
    }

    private static String cv(Reading<Spread> reading) {
        return reading instanceof Reading.Known<Spread>(Spread s)
                ? percent(s.coefficientOfVariation())
                : Numbers.UNKNOWN;
    }

    private static String percent(OptionalDouble share) {
        return share.isPresent()
                ? String.format(Locale.ROOT, "%.0f", 100 * share.getAsDouble())
                : Numbers.UNKNOWN;
    }

    /** Returns a failed check in one line. */
    static String sentence(Failure f) {
        return "wanted " + Text.plain(f.expected(), 160) + ", got " + Text.plain(f.seen(), 200);
    }

    private void failure(PrintWriter out, TestResult t, Failure f) {
        print(
                out,
                "  ",
                terminal.paint(Colour.BAD, "✗")
                        + " "
                        + t.name()
                        + ", iteration "
                        + f.iteration()
                        + ", "
                        + f.check()
                        + ": "
                        + sentence(f),
                "    ");
        String answer =
                f.answer().isBlank() ? "(an empty answer)" : Text.plain(f.answer(), EXCERPT);
        print(out, "      ", terminal.paint(Colour.FAINT, "answer:") + " " + answer, "      ");
    }

    private void spread(PrintWriter out, ModelResult m, Explanation e) {
        String figures =
                String.format(
                        Locale.ROOT,
                        "%s tok/s over %d requests (%s–%s), CV %s %%",
                        e.sd().isPresent()
                                ? Numbers.figure(e.mean())
                                        + " ± "
                                        + Numbers.figure(e.sd().getAsDouble())
                                : Numbers.figure(e.mean()),
                        e.n(),
                        Numbers.figure(e.min()),
                        Numbers.figure(e.max()),
                        percent(e.cv()));
        if (e.withinCv().isPresent()) {
            figures += ", within a test " + percent(e.withinCv()) + " %";
        }
        print(out, "  ", ModelName.shown(m.name()) + ": " + figures + ".", "    ");
        for (Explanation.Cause c : e.causes()) {
            print(out, "    ", "Spread: " + c.finding() + ". " + c.evidence() + ".", "      ");
        }
        if (!e.remark().isEmpty()) {
            print(out, "    ", "Spread: " + e.remark(), "      ");
        }
    }

    private void print(PrintWriter out, String first, String text, String indent) {
        Paragraph.lines(first, text, indent, terminal.columns()).forEach(out::println);
    }
}
