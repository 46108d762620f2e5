package dev.stoker.report.bench;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.bench.ModelResult;
import dev.stoker.bench.SuiteResult;
import dev.stoker.bench.SuiteResult.Failure;
import dev.stoker.bench.SuiteResult.TestResult;
import dev.stoker.report.draw.Cell;
import dev.stoker.report.draw.Figure;
import dev.stoker.report.draw.Grid;
import dev.stoker.report.draw.Html;
import dev.stoker.stats.Spread;
import dev.stoker.suite.spread.Explanation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a document says of the tests of a suite: a pass rate beside the speed, the first failed
 * check of each test, and why the rates spread, where that is much. Pure.
 */
final class SuiteSection {
    private static final int LONGEST_EXPECTED = 160;
    private static final int LONGEST_SEEN = 240;

    private SuiteSection() {}

    static void html(Html out, ModelResult m) {
        suite(m).ifPresent(s -> {
            out.raw("<h4>Tests</h4>\n").element("p class=\"key\"", summary(s)).raw("\n");
            out.raw(tests(s).html());
            list(out, failures(s));
        });
        List<String> causes = spread(m);
        if (!causes.isEmpty()) {
            out.raw("<h4>Why the rates spread</h4>\n");
            list(out, causes);
        }
    }

    private static void list(Html out, List<String> sentences) {
        if (!sentences.isEmpty()) {
            out.raw("<ul>");
            sentences.forEach(s -> out.element("li", s));
            out.raw("</ul>\n");
        }
    }

    static void markdown(StringBuilder out, ModelResult m) {
        suite(m).ifPresent(s -> {
            out.append("#### Tests\n\n").append(Grid.safe(summary(s))).append("\n\n");
            out.append(tests(s).markdown());
            list(out, failures(s));
        });
        List<String> causes = spread(m);
        if (!causes.isEmpty()) {
            out.append("#### Why the rates spread\n\n");
            list(out, causes);
        }
    }

    private static void list(StringBuilder out, List<String> sentences) {
        sentences.forEach(s -> out.append("- ").append(Grid.safe(s)).append('\n'));
        out.append(sentences.isEmpty() ? "" : "\n");
    }

    /** A benchmark of plain prompts has tests without checks: those are in the table of prompts. */
    private static Optional<SuiteResult> suite(ModelResult m) {
        return m.suite()
                .filter(s ->
                        s.tests().stream().anyMatch(t -> t.judged() > 0 || !t.skipped().isEmpty()));
    }

    /** Returns the tests of a model's suite; none where it had none. */
    static List<TestResult> tests(ModelResult m) {
        return suite(m).map(SuiteResult::tests).orElse(List.of());
    }

    static String summary(SuiteResult suite) {
        String of = suite.passed() + " of " + suite.judged() + " answers passed";
        return suite.passRate() instanceof Reading.Known<Spread>(Spread s) && s.n() > 1
                ? of
                        + String.format(
                                Locale.ROOT,
                                "; of each iteration %.0f %% (%.0f–%.0f)",
                                100 * s.mean(),
                                100 * s.min(),
                                100 * s.max())
                : of;
    }

    /** Returns one row a test. */
    static Grid tests(SuiteResult suite) {
        List<String> columns =
                new ArrayList<>(
                        List.of(
                                "test",
                                "passed",
                                "output tokens",
                                "time s",
                                "tok/s",
                                "CV %",
                                "decode tok/s"));
        boolean notes = suite.tests().stream().anyMatch(t -> !t.notes().isEmpty());
        if (notes) {
            columns.add("note");
        }
        Grid grid = new Grid(columns);
        for (TestResult t : suite.tests()) {
            List<Cell> row =
                    new ArrayList<>(
                            List.of(
                                    Cell.of(t.name()),
                                    passed(t),
                                    Cell.of(t.outputTokens()),
                                    Cell.of(t.seconds()),
                                    Cell.of(t.tokensPerSecond()),
                                    Cell.of(t.tokensPerSecond(), SuiteSection::variation),
                                    Cell.of(t.decodeTokensPerSecond())));
            if (notes) {
                row.add(Cell.of(String.join("; ", t.notes())));
            }
            grid.row(row);
        }
        return grid;
    }

    private static Cell passed(TestResult t) {
        if (!t.skipped().isEmpty()) {
            return new Cell("skipped", "", t.skipped());
        }
        return t.judged() == 0
                ? Cell.unknown("no answer was judged")
                : Cell.of(t.passed() + "/" + t.judged());
    }

    private static Cell variation(Spread spread) {
        OptionalDouble cv = spread.coefficientOfVariation();
        return cv.isPresent()
                ? Cell.of(String.format(Locale.ROOT, "%.0f", 100 * cv.getAsDouble()))
                : Cell.unknown("one value has no spread");
    }

    private static List<String> failures(SuiteResult suite) {
        List<String> sentences = new ArrayList<>();
        for (TestResult t : suite.tests()) {
            if (!t.failures().isEmpty()) {
                Failure f = t.failures().getFirst();
                sentences.add(
                        t.name()
                                + ": wanted "
                                + Text.plain(f.expected(), LONGEST_EXPECTED)
                                + ", got "
                                + Text.plain(f.seen(), LONGEST_SEEN));
            }
        }
        return sentences;
    }

    private static List<String> spread(ModelResult m) {
        List<String> sentences = new ArrayList<>();
        m.spread()
                .filter(Explanation::isHigh)
                .ifPresent(e -> {
                    sentences.add(
                            Figure.text(e.mean())
                                    + " tok/s over "
                                    + e.n()
                                    + " requests ("
                                    + Figure.text(e.min())
                                    + "–"
                                    + Figure.text(e.max())
                                    + ").");
                    e.causes().forEach(c -> sentences.add(c.finding() + ". " + c.evidence() + "."));
                    if (!e.remark().isEmpty()) {
                        sentences.add(e.remark());
                    }
                });
        return sentences;
    }
}
