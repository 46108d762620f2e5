package dev.stoker.cli;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.history.Comparison;
import dev.stoker.history.Comparison.SubjectComparison;
import dev.stoker.history.MetricComparison;
import dev.stoker.history.Run;
import dev.stoker.history.Setting.Difference;
import dev.stoker.history.Verdict;
import dev.stoker.stats.Spread;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** How a comparison looks: what differs in the setting, then the figures, then the verdict. */
final class CompareView {
    /** Nobody measures so often; there is a cause to be found instead. */
    private static final int MANY_ITERATIONS = 50;

    private final Terminal terminal;

    CompareView(Terminal terminal) {
        this.terminal = terminal;
    }

    void print(PrintWriter out, Comparison c) {
        run(out, "A", c.a());
        run(out, "B", c.b());
        out.println();
        setting(out, c);
        for (SubjectComparison s : c.subjects()) {
            out.println();
            model(out, s);
        }
        only(out, "A", c.onlyA());
        only(out, "B", c.onlyB());
        out.println();
        verdict(c).forEach(line -> paragraph(out, "", line, ""));
    }

    private void run(PrintWriter out, String letter, Run run) {
        String text =
                Text.plain(run.id(), 60)
                        + (run.tags().isEmpty() ? "" : " (" + String.join(" ", run.tags()) + ")")
                        + "  "
                        + HistoryView.time(run.startedEpochMillis())
                        + " UTC"
                        + (run.complete() ? "" : ", unfinished")
                        + (run.simulated() ? ", SIMULATED" : "");
        out.println(terminal.paint(Terminal.Colour.STRONG, letter) + "  " + text);
    }

    private void setting(PrintWriter out, Comparison c) {
        if (c.setting().isEmpty()) {
            out.println("Setting: nothing that was noted differs.");
            return;
        }
        out.println("Setting, what differs:");
        c.setting().forEach(d -> difference(out, d));
    }

    private void difference(PrintWriter out, Difference d) {
        paragraph(
                out,
                "  %-16s ".formatted(d.name()),
                fact(d.a()) + " → " + fact(d.b()),
                " ".repeat(19));
    }

    private static String fact(Reading<String> fact) {
        return fact.isKnown()
                ? Text.plain(fact.value(), 400)
                : Numbers.UNKNOWN + " (" + Text.plain(fact.reason(), 120) + ")";
    }

    private void model(PrintWriter out, SubjectComparison s) {
        out.println(terminal.paint(Terminal.Colour.STRONG, ModelName.shown(s.name())));
        s.setting().forEach(d -> difference(out, d));
        if (s.outcomeA() != s.outcomeB()) {
            String text = "  " + s.outcomeA().code() + " in A, " + s.outcomeB().code() + " in B";
            out.println(s.broken() ? terminal.paint(Terminal.Colour.BAD, text) : text);
        }
        Table table =
                new Table()
                        .left("figure", 0)
                        .right("A", 0)
                        .right("B", 0)
                        .right("change", 0)
                        .left("95 % interval", 0)
                        .left("verdict", 0)
                        .right("n", 1)
                        .left("to see the threshold", 3)
                        .left("method", 4);
        s.metrics().forEach(m -> row(table, m));
        if (!s.metrics().isEmpty()) {
            table.lines(terminal.columns() - 2).forEach(line -> out.println("  " + line));
        }
    }

    private void row(Table table, MetricComparison m) {
        table.row(
                m.metric().title(),
                side(m.a()),
                side(m.b()),
                m.changePercent() instanceof Reading.Known<Double>(Double p)
                        ? percent(p)
                        : Numbers.UNKNOWN,
                m.ci95Percent().map(i -> percent(i.low()) + " … " + percent(i.high())).orElse(""),
                painted(m),
                count(m),
                m.needed().isPresent() ? m.needed().getAsInt() + " each" : "",
                m.change().map(x -> x.method().words()).orElse(""));
    }

    private static String count(MetricComparison m) {
        int a = m.a().map(Spread::n).orElse(0);
        int b = m.b().map(Spread::n).orElse(0);
        return a == b ? Integer.toString(a) : a + "/" + b;
    }

    private static String side(Reading<Spread> side) {
        return Numbers.mean(side);
    }

    private static String percent(double percent) {
        return String.format(
                Locale.ROOT, Math.abs(percent) >= 100 ? "%+.0f%%" : "%+.1f%%", percent);
    }

    private String painted(MetricComparison m) {
        String words = m.verdict().words();
        return switch (m.verdict()) {
            case WORSE -> m.regression() ? terminal.paint(Terminal.Colour.BAD, words) : words;
            case BETTER -> terminal.paint(Terminal.Colour.GOOD, words);
            case CANNOT_TELL, NO_DIFFERENCE_SEEN, DIFFERENT -> words;
        };
    }

    private void only(PrintWriter out, String letter, List<String> names) {
        if (!names.isEmpty()) {
            out.println();
            String list = String.join(", ", names.stream().map(ModelName::shown).toList());
            paragraph(out, "Only in " + letter + ": ", list, "  ");
        }
    }

    /** Returns the answer in sentences, the verdict first. */
    static List<String> verdict(Comparison c) {
        List<String> lines = new ArrayList<>();
        String threshold = percentOf(c.threshold());
        lines.add(
                switch (c.verdict()) {
                    case WORSE -> "Worse: " + String.join(", ", regressions(c)) + ".";
                    case BETTER -> "Better: " + String.join(", ", improvements(c)) + ".";
                    case NO_DIFFERENCE_SEEN, DIFFERENT ->
                            "No difference of more than " + threshold + " seen.";
                    case CANNOT_TELL -> "These runs can not tell: too few values for their spread.";
                });
        List<String> alone =
                c.metrics().stream()
                        .filter(m -> m.verdict() == Verdict.WORSE && !m.regression())
                        .filter(m ->
                                m.changePercent().map(Math::abs).orElse(0.0) > c.threshold() * 100)
                        .filter(m -> m.metric().judged())
                        .map(CompareView::named)
                        .toList();
        if (!alone.isEmpty()) {
            lines.add(
                    "Not counted as a regression: "
                            + String.join(", ", alone)
                            + ". Among so many figures at once chance alone makes one look so;"
                            + " measure more, or judge it alone with --metric.");
        }
        c.metrics().stream()
                .filter(m -> m.metric().judged())
                .filter(m ->
                        m.verdict() == Verdict.CANNOT_TELL
                                || m.verdict() == Verdict.NO_DIFFERENCE_SEEN)
                .filter(m -> m.needed().isPresent() && m.needed().getAsInt() > m.n())
                .max(Comparator.comparingInt(m -> m.needed().getAsInt()))
                .ifPresent(
                        m -> lines.add(advice(m, threshold, isLoad(c) ? "blocks" : "iterations")));
        if (isLoad(c) && c.metrics().stream().anyMatch(m -> m.metric().judged() && m.n() < 2)) {
            lines.add(
                    "Where n is 1 the load was too short, or still rising or falling: a longer"
                            + " --duration, or --warmup, gives blocks to compare.");
        }
        return lines;
    }

    private static boolean isLoad(Comparison c) {
        return c.a().kind().equals("load");
    }

    private static String advice(MetricComparison widest, String threshold, String unit) {
        int needed = widest.needed().orElse(0);
        String what = "To see a change of " + threshold + " in every figure, ";
        return needed <= MANY_ITERATIONS
                ? what
                        + "measure about "
                        + needed
                        + " "
                        + unit
                        + " each ("
                        + named(widest)
                        + " has "
                        + widest.n()
                        + ")."
                : what
                        + "first look for what makes "
                        + named(widest)
                        + " spread so much: as it is, "
                        + needed
                        + " "
                        + unit
                        + " each would be needed.";
    }

    private static List<String> improvements(Comparison c) {
        return c.metrics().stream()
                .filter(m -> m.stands() && m.verdict() == Verdict.BETTER)
                .map(m -> named(m) + " by " + percent(m.changePercent().value()))
                .toList();
    }

    /** Returns one figure in a sentence: what is said while a benchmark goes on. */
    static String sentence(MetricComparison m) {
        String change =
                m.changePercent() instanceof Reading.Known<Double>(Double p)
                        ? percent(p)
                        : Numbers.UNKNOWN + " (" + m.changePercent().reason() + ")";
        return "against the baseline: "
                + named(m)
                + " "
                + side(m.a())
                + " → "
                + side(m.b())
                + ", "
                + change
                + m.ci95Percent()
                        .map(i -> " (" + percent(i.low()) + " … " + percent(i.high()) + ")")
                        .orElse("")
                + ": "
                + m.verdict().words();
    }

    private static List<String> regressions(Comparison c) {
        List<String> words = new ArrayList<>();
        for (SubjectComparison s : c.subjects()) {
            if (s.broken()) {
                words.add(ModelName.shown(s.name()) + " fails now");
            }
            for (MetricComparison m : s.metrics()) {
                if (m.regression()) {
                    words.add(named(m) + " by " + percent(m.changePercent().value()));
                }
            }
        }
        return words;
    }

    private static String named(MetricComparison m) {
        return m.metric().title() + " of " + ModelName.shown(m.subject());
    }

    private static String percentOf(double share) {
        return Numbers.figure(share * 100).replaceAll("\\.?0+$", "") + " %";
    }

    private void paragraph(PrintWriter out, String first, String text, String indent) {
        Paragraph.lines(first, text, indent, terminal.columns()).forEach(out::println);
    }

    static void csv(PrintWriter out, Comparison c) {
        out.println(
                "model,metric,a,b,a_sd,b_sd,a_n,b_n,change_percent,ci95_low,ci95_high,p,method,"
                        + "verdict,needed,regression");
        for (MetricComparison m : c.metrics()) {
            out.println(
                    Csv.line(
                            List.of(
                                    m.subject(),
                                    m.metric().name(),
                                    m.a().map(s -> Double.toString(s.mean())).orElse(""),
                                    m.b().map(s -> Double.toString(s.mean())).orElse(""),
                                    sd(m.a()),
                                    sd(m.b()),
                                    Integer.toString(m.a().map(Spread::n).orElse(0)),
                                    Integer.toString(m.b().map(Spread::n).orElse(0)),
                                    m.changePercent().map(p -> Double.toString(p)).orElse(""),
                                    m.ci95Percent().map(i -> Double.toString(i.low())).orElse(""),
                                    m.ci95Percent().map(i -> Double.toString(i.high())).orElse(""),
                                    m.change().map(x -> Double.toString(x.pValue())).orElse(""),
                                    m.change().map(x -> x.method().code()).orElse(""),
                                    m.verdict().words(),
                                    m.needed().isPresent()
                                            ? Integer.toString(m.needed().getAsInt())
                                            : "",
                                    Boolean.toString(m.regression()))));
        }
    }

    private static String sd(Reading<Spread> side) {
        return side instanceof Reading.Known<Spread>(Spread s) && s.sd().isPresent()
                ? Double.toString(s.sd().getAsDouble())
                : "";
    }
}
