package dev.stoker.suite.spread;

import dev.stoker.stats.Spread;
import dev.stoker.suite.spread.Explanation.Cause;

import org.apache.commons.statistics.distribution.TDistribution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * Finds out why the rate of a model's requests spreads. First the variance is split: what lies
 * between the tests is the tests' own doing. What is left within a test is held against everything
 * that was measured beside the requests, by a straight line through the differences from each
 * test's mean. A cause is named when the line is steep enough to matter, explains a quarter of what
 * is left, points the right way, and chance would give such a one in less than 1 of 100 runs for
 * all factors together. The thresholds are held by tests with planted causes and with none. Pure.
 */
public final class SpreadCauses {
    private static final double SURE = 0.01;
    private static final double FIRST_SURE = 0.001;
    private static final double LEAST_EXPLAINED = 0.25;
    private static final double LEAST_EFFECT = Math.log(1.10);
    private static final double FIRST_EFFECT = Math.log(0.85);
    private static final double OWN_DOING = 0.5;
    private static final double CLEAR_ORDER = 0.7;
    private static final int FEW_REPETITIONS = 10;

    private final Decomposition parts;

    private SpreadCauses(Decomposition parts) {
        this.parts = parts;
    }

    /**
     * Explains the spread of at least one observation.
     *
     * @param observations of one model
     */
    public static Explanation explain(List<Observation> observations) {
        return new SpreadCauses(new Decomposition(observations)).explain();
    }

    private Explanation explain() {
        Spread all =
                Spread.of(parts.observations().stream().mapToDouble(Observation::rate).toArray());
        OptionalDouble cv = all.coefficientOfVariation();
        OptionalDouble within = parts.withinCv();
        List<Cause> causes = new ArrayList<>();
        String remark = "";
        if (cv.orElse(0) > Explanation.HIGH) {
            tests().ifPresent(causes::add);
        }
        if (within.orElse(0) > Explanation.HIGH) {
            List<Cause> inside = inside();
            causes.addAll(inside);
            if (inside.isEmpty()) {
                remark = nothingFound(causes.isEmpty());
            }
        } else if (causes.isEmpty() && cv.orElse(0) > Explanation.HIGH) {
            remark =
                    within.isEmpty()
                            ? "With one iteration it can not be told whether the tests differ or"
                                    + " the repetitions would."
                            : "No cause was found.";
        }
        return new Explanation(
                all.n(),
                all.mean(),
                all.sd(),
                all.min(),
                all.max(),
                cv,
                within,
                parts.betweenShare(),
                causes,
                remark);
    }

    private Optional<Cause> tests() {
        double share = parts.betweenShare().orElse(0);
        if (share < OWN_DOING || parts.betweenChance() > SURE) {
            return Optional.empty();
        }
        var order = parts.slowestFirst();
        StringBuilder evidence = new StringBuilder();
        evidence.append(
                String.format(
                        Locale.ROOT,
                        "%.0f %% of the variance lies between the tests: %s has %.1f tok/s, %s"
                                + " %.1f",
                        100 * share,
                        order.getFirst().getKey(),
                        order.getFirst().getValue(),
                        order.getLast().getKey(),
                        order.getLast().getValue()));
        if (orderOf(Observation::outputTokens) > CLEAR_ORDER) {
            evidence.append("; tests with short answers are the slow ones");
        }
        if (orderOf(Observation::promptTokens) < -CLEAR_ORDER) {
            evidence.append("; tests with long prompts are the slow ones");
        }
        return Optional.of(new Cause("tests", "the tests themselves differ", evidence.toString()));
    }

    /** Spearman's rank correlation of the tests' rates with something of theirs. */
    private double orderOf(ToDoubleFunction<Observation> what) {
        List<String> names = parts.slowestFirst().stream().map(e -> e.getKey()).toList();
        if (names.size() < 5) {
            return 0;
        }
        double[] means =
                names.stream()
                        .mapToDouble(n ->
                                parts.observations().stream()
                                        .filter(o -> o.task().equals(n))
                                        .mapToDouble(what)
                                        .average()
                                        .orElse(0))
                        .toArray();
        double[] sorted = means.clone();
        Arrays.sort(sorted);
        double squares = 0;
        for (int i = 0; i < means.length; i++) {
            double rank = 0;
            int same = 0;
            for (int j = 0; j < sorted.length; j++) {
                if (sorted[j] == means[i]) {
                    rank += j;
                    same++;
                }
            }
            squares += Math.pow(rank / same - i, 2);
        }
        double n = means.length;
        return 1 - 6 * squares / (n * (n * n - 1));
    }

    private List<Cause> inside() {
        List<Fit> fits = new ArrayList<>();
        Optional<Cause> first = firstRequest();
        for (Factor factor : Factor.values()) {
            Line.through(parts, factor).ifPresent(line -> fits.add(new Fit(factor, line)));
        }
        double sure = SURE / Math.max(1, fits.size());
        List<Cause> causes = new ArrayList<>();
        first.ifPresent(causes::add);
        fits.stream()
                .filter(f -> !(first.isPresent() && f.factor() == Factor.FIRST_ITERATION))
                .filter(f -> Math.signum(f.line().slope()) == f.factor().direction())
                .filter(f -> f.line().chance() < sure)
                .filter(f -> f.line().explained() >= LEAST_EXPLAINED)
                .filter(f -> f.line().effect() >= LEAST_EFFECT)
                .sorted(Comparator.comparingDouble((Fit f) -> -f.line().explained()))
                .map(SpreadCauses::cause)
                .forEach(causes::add);
        return causes;
    }

    private record Fit(Factor factor, Line line) {}

    private static Cause cause(Fit fit) {
        Line line = fit.line();
        return new Cause(
                fit.factor().code(),
                fit.factor().finding(),
                String.format(
                        Locale.ROOT,
                        "%.0f %% of the variance within a test goes with %s, from %s to %s;"
                                + " between these two the rate differs by %.0f %%",
                        100 * line.explained(),
                        fit.factor().words(),
                        shown(fit.factor(), line.least()),
                        shown(fit.factor(), line.most()),
                        100 * (1 - Math.exp(-line.effect()))));
    }

    private static String shown(Factor factor, double value) {
        return switch (factor) {
            case CACHED_SHARE, OTHERS_CPU, OTHERS_GPU, WAIT, CLIENT_PAUSE ->
                    String.format(Locale.ROOT, "%.0f %%", 100 * value);
            case FIRST_ITERATION, THROTTLED -> value > 0 ? "yes" : "no";
            case ANSWER_LENGTH -> String.format(Locale.ROOT, "%.0f tokens", Math.exp(value));
            case PAGE_INS -> String.format(Locale.ROOT, "%.0f page-ins a second", value);
            case OTHERS_REQUESTS -> String.format(Locale.ROOT, "%.0f", value);
        };
    }

    /** One request can't be judged by a line: it is held against the spread of all others. */
    private Optional<Cause> firstRequest() {
        Observation first =
                parts.observations().stream()
                        .min(Comparator.comparingInt(Observation::order))
                        .orElseThrow();
        List<Observation> rest =
                parts.observations().stream().filter(o -> o.order() != first.order()).toList();
        List<Observation> same = rest.stream().filter(o -> o.task().equals(first.task())).toList();
        Decomposition others = new Decomposition(rest);
        if (same.isEmpty() || others.freedom() < 3) {
            return Optional.empty();
        }
        double sd = 0;
        for (Observation o : rest) {
            sd += others.residual(o) * others.residual(o);
        }
        sd = Math.sqrt(sd / others.freedom());
        double mean = same.stream().mapToDouble(Decomposition::log).average().orElse(0);
        double drop = Decomposition.log(first) - mean;
        double t = sd == 0 ? -1e9 : drop / (sd * Math.sqrt(1 + 1.0 / same.size()));
        boolean slow =
                drop < FIRST_EFFECT
                        && TDistribution.of(others.freedom()).cumulativeProbability(t) < FIRST_SURE;
        return slow
                ? Optional.of(
                        new Cause(
                                "first-request",
                                "the first request was slower",
                                String.format(
                                        Locale.ROOT,
                                        "%s began with %.1f tok/s, and had %.1f afterwards",
                                        first.task(),
                                        first.rate(),
                                        Math.exp(mean))))
                : Optional.empty();
    }

    private String nothingFound(boolean nothing) {
        List<String> seen = new ArrayList<>();
        List<String> unseen = new ArrayList<>();
        for (Factor factor : Factor.values()) {
            boolean known =
                    parts.observations().stream().allMatch(o -> o.factors().containsKey(factor));
            (known ? seen : unseen).add(factor.words());
        }
        return (nothing ? "No cause was found" : "No cause was found for the rest, within a test")
                + ". Looked at: "
                + String.join(", ", seen)
                + "."
                + (unseen.isEmpty() ? "" : " Not known here: " + String.join(", ", unseen) + ".")
                + (parts.freedom() < FEW_REPETITIONS
                        ? " With so few repetitions only a strong cause can be seen."
                        : "");
    }
}
