package dev.stoker.suite.spread;

import org.apache.commons.statistics.distribution.FDistribution;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Splits the variance of the logarithms of rates into that between the tests and that within one
 * test (analysis of variance with one factor). Logarithms, as what slows a request down takes a
 * share of its rate. Immutable.
 */
final class Decomposition {
    private final List<Observation> observations;
    private final Map<String, Double> means = new LinkedHashMap<>();
    private final double within;
    private final double between;

    Decomposition(List<Observation> observations) {
        this.observations = List.copyOf(observations);
        Map<String, List<Observation>> byTask =
                observations.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Observation::task,
                                        LinkedHashMap::new,
                                        Collectors.toList()));
        double all = observations.stream().mapToDouble(Decomposition::log).average().orElse(0);
        double inside = 0;
        double outside = 0;
        for (Map.Entry<String, List<Observation>> task : byTask.entrySet()) {
            double mean =
                    task.getValue().stream().mapToDouble(Decomposition::log).average().orElse(0);
            means.put(task.getKey(), mean);
            for (Observation o : task.getValue()) {
                inside += square(log(o) - mean);
                outside += square(mean - all);
            }
        }
        within = inside;
        between = outside;
    }

    static double log(Observation o) {
        return Math.log(o.rate());
    }

    private static double square(double x) {
        return x * x;
    }

    List<Observation> observations() {
        return observations;
    }

    int tasks() {
        return means.size();
    }

    /** Returns how many repetitions there are beyond the first of each test. */
    int freedom() {
        return observations.size() - means.size();
    }

    /** Returns how far an observation is from the mean of its test, as a logarithm. */
    double residual(Observation o) {
        return log(o) - means.getOrDefault(o.task(), 0.0);
    }

    /** Returns the spread within one test as a coefficient of variation. */
    OptionalDouble withinCv() {
        return freedom() < 1
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.sqrt(Math.expm1(within / freedom())));
    }

    /** Returns the tests' own share of the variance without what chance gives them (ω²). */
    OptionalDouble betweenShare() {
        if (freedom() < 1 || tasks() < 2 || within + between <= 0) {
            return OptionalDouble.empty();
        }
        double mean = within / freedom();
        double share = (between - (tasks() - 1) * mean) / (between + within + mean);
        return OptionalDouble.of(Math.clamp(share, 0.0, 1.0));
    }

    /** Returns how likely so much between the tests is by chance. */
    double betweenChance() {
        if (freedom() < 1 || tasks() < 2) {
            return 1;
        }
        if (within <= 0) {
            return between > 0 ? 0 : 1;
        }
        double f = (between / (tasks() - 1)) / (within / freedom());
        return FDistribution.of(tasks() - 1, freedom()).survivalProbability(f);
    }

    /** Returns the tests with their mean rates (of the logarithms), slowest first. */
    List<Map.Entry<String, Double>> slowestFirst() {
        return means.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(e -> Map.entry(e.getKey(), Math.exp(e.getValue())))
                .toList();
    }
}
