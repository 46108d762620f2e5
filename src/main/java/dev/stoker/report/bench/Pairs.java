package dev.stoker.report.bench;

import dev.stoker.history.Comparer;
import dev.stoker.history.Comparison;
import dev.stoker.report.draw.Figure;

import java.util.List;
import java.util.Set;

/** The comparisons of a document: each later run with the first one. Pure. */
final class Pairs {
    /** The same as where {@code stoker compare} is asked for nothing else. */
    private static final double THRESHOLD = 0.05;

    private Pairs() {}

    static List<Comparison> of(List<ReportedRun> runs) {
        Comparer comparer = new Comparer(THRESHOLD, Set.of());
        ReportedRun first = runs.getFirst();
        return runs.stream()
                .skip(1)
                .map(other -> comparer.compare(first.run(), other.run()))
                .toList();
    }

    static String title(Comparison c) {
        return "From " + c.a().id() + " (A) to " + c.b().id() + " (B)";
    }

    /** Returns what the comparison says in all. */
    static String verdict(Comparison c) {
        if (c.subjects().isEmpty()) {
            return "The runs have no model in common.";
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
}
