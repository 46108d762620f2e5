package dev.stoker.history;

import dev.stoker.history.Setting.Difference;

import java.util.List;

/**
 * What differs between two runs: first their setting, then their figures.
 *
 * @param threshold the share of change that counts: 0.05 for 5 %
 * @param setting what differs in the setting of the whole runs
 * @param subjects the models that both runs have, in the order of the first
 * @param onlyA models that only the first run has
 * @param onlyB models that only the second run has
 * @param verdict on the judged metrics together, by the threshold
 */
public record Comparison(
        Run a,
        Run b,
        double threshold,
        List<Difference> setting,
        List<SubjectComparison> subjects,
        List<String> onlyA,
        List<String> onlyB,
        Verdict verdict) {
    public Comparison {
        setting = List.copyOf(setting);
        subjects = List.copyOf(subjects);
        onlyA = List.copyOf(onlyA);
        onlyB = List.copyOf(onlyB);
    }

    /**
     * One model.
     *
     * @param setting what differs in the model itself
     * @param broken whether it passed in the first run and failed in the second
     */
    public record SubjectComparison(
            String name,
            List<Difference> setting,
            Subject.Outcome outcomeA,
            Subject.Outcome outcomeB,
            boolean broken,
            List<MetricComparison> metrics) {
        public SubjectComparison {
            setting = List.copyOf(setting);
            metrics = List.copyOf(metrics);
        }
    }

    /** Returns all metrics of all models. */
    public List<MetricComparison> metrics() {
        return subjects.stream().flatMap(s -> s.metrics().stream()).toList();
    }

    /** Returns whether something got worse by more than the threshold, or does not run any more. */
    public boolean hasRegression() {
        return subjects.stream()
                .anyMatch(s ->
                        s.broken() || s.metrics().stream().anyMatch(MetricComparison::regression));
    }
}
