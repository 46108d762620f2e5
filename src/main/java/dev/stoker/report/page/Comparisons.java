package dev.stoker.report.page;

import dev.stoker.history.Comparer;
import dev.stoker.history.Comparison;
import dev.stoker.history.MetricComparison;
import dev.stoker.history.Run;
import dev.stoker.history.Verdict;
import dev.stoker.report.draw.Cell;
import dev.stoker.report.draw.Figure;
import dev.stoker.report.draw.Grid;
import dev.stoker.report.draw.Html;

import java.util.List;
import java.util.Set;

/** The comparisons of a document: each later run with the first one. Pure. */
public final class Comparisons {
    /** The same as where {@code stoker compare} is asked for nothing else. */
    private static final double THRESHOLD = 0.05;

    private Comparisons() {}

    public static List<Comparison> of(List<Run> runs) {
        Comparer comparer = new Comparer(THRESHOLD, Set.of());
        return runs.stream()
                .skip(1)
                .map(other -> comparer.compare(runs.getFirst(), other))
                .toList();
    }

    public static String title(Comparison c) {
        return "From " + c.a().id() + " (A) to " + c.b().id() + " (B)";
    }

    /** Returns what the comparison says in all. */
    public static String verdict(Comparison c, String subject) {
        if (c.subjects().isEmpty()) {
            return "The runs have no " + subject + " in common.";
        }
        String regression =
                c.hasRegression() ? "; something got worse by more than the threshold" : "";
        return "In all: "
                + c.verdict().words()
                + ", at a threshold of "
                + Figure.tick(c.threshold() * 100)
                + " %"
                + regression
                + ".";
    }

    /** Writes the comparison as a part of a page. */
    public static void html(Html out, Comparison c, String subject) {
        out.raw("<section>").element("h2", title(c));
        out.element("p", verdict(c, subject));
        Grid grid = grid(c, subject);
        if (!grid.isEmpty()) {
            out.raw(grid.html());
        }
        out.raw("</section>\n");
    }

    /** Writes the comparison as Markdown. */
    public static void markdown(StringBuilder out, Comparison c, String subject) {
        out.append("## ").append(Grid.safe(title(c))).append("\n\n");
        out.append(Grid.safe(verdict(c, subject))).append("\n\n");
        out.append(grid(c, subject).markdown());
    }

    /**
     * What changed from the first run to another one, with the interval and the verdict.
     *
     * @param subject what the runs measured: model, load
     */
    public static Grid grid(Comparison comparison, String subject) {
        Grid grid =
                new Grid(
                                subject,
                                "figure",
                                "A",
                                "B",
                                "change %",
                                "95 % interval",
                                "verdict",
                                "method")
                        .wide("What changed");
        for (MetricComparison m : comparison.metrics()) {
            grid.row(
                    List.of(
                            Cell.of(shortName(m.subject())),
                            Cell.of(m.metric().title()),
                            Cell.of(m.a()),
                            Cell.of(m.b()),
                            Cell.of(m.changePercent(), p -> Cell.of(signed(p))),
                            m.ci95Percent()
                                    .map(i -> Cell.of(signed(i.low()) + " to " + signed(i.high())))
                                    .orElse(Cell.unknown("an interval needs two values a side")),
                            new Cell(m.verdict().words(), weight(m), ""),
                            m.change().map(c -> Cell.of(c.method().words())).orElse(Cell.of(""))));
        }
        return grid;
    }

    /** A model that is named by its file is called by the file's name. */
    private static String shortName(String subject) {
        return subject.startsWith("/") ? subject.substring(subject.lastIndexOf('/') + 1) : subject;
    }

    /** One of many figures may differ by chance: the verdict in all leaves such a one out. */
    private static String weight(MetricComparison m) {
        if (m.regression()) {
            return "beyond the threshold";
        }
        boolean alone = m.metric().judged() && m.change().isPresent() && !m.stands();
        return alone && (m.verdict() == Verdict.BETTER || m.verdict() == Verdict.WORSE)
                ? "by itself, not among all figures"
                : "";
    }

    private static String signed(double percent) {
        return (percent > 0 ? "+" : "") + Figure.text(percent);
    }
}
