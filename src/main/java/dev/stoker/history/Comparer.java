package dev.stoker.history;

import dev.stoker.base.Reading;
import dev.stoker.history.Comparison.SubjectComparison;
import dev.stoker.history.Metric.Better;
import dev.stoker.stats.Change;
import dev.stoker.stats.ChangeOfMeans;
import dev.stoker.stats.Hochberg;
import dev.stoker.stats.Power;
import dev.stoker.stats.Spread;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Compares two runs. Each metric's verdict is its own, at 5 %. A regression has to be worse by more
 * than the threshold and to stand among all metrics that are judged at once ({@link Hochberg}):
 * otherwise a comparison of five models with three figures each would cry wolf every second time.
 * Pure.
 */
public final class Comparer {
    /**
     * A loss of a fifth is large: where even that could have hidden, the answer is "cannot tell".
     */
    private static final double LARGE = 0.2;

    private final double threshold;
    private final Set<String> only;

    /**
     * @param threshold the share of change that counts: 0.05 for 5 %
     * @param only names of the metrics to compare, all of which are then judged; empty for every
     *     one, judged as the metric says
     */
    public Comparer(double threshold, Set<String> only) {
        this.threshold = threshold;
        this.only = Set.copyOf(only);
    }

    public Comparison compare(Run a, Run b) {
        List<SubjectComparison> subjects = new ArrayList<>();
        for (Subject sa : a.subjects()) {
            b.subject(sa.name()).ifPresent(sb -> subjects.add(subject(sa, sb)));
        }
        List<SubjectComparison> judged = judge(subjects);
        return new Comparison(
                a,
                b,
                threshold,
                a.setting().differences(b.setting()),
                judged,
                missing(a, b),
                missing(b, a),
                verdict(judged));
    }

    private static List<String> missing(Run from, Run in) {
        return from.subjects().stream()
                .map(Subject::name)
                .filter(name -> in.subject(name).isEmpty())
                .toList();
    }

    private SubjectComparison subject(Subject a, Subject b) {
        List<MetricComparison> metrics = new ArrayList<>();
        for (Series series : a.series()) {
            String name = series.metric().name();
            if (only.isEmpty() || only.contains(name)) {
                b.series(name).ifPresent(other -> metrics.add(metric(a.name(), series, other)));
            }
        }
        return new SubjectComparison(
                a.name(),
                a.setting().differences(b.setting()),
                a.outcome(),
                b.outcome(),
                a.outcome() == Subject.Outcome.PASSED && b.outcome() == Subject.Outcome.FAILED,
                metrics);
    }

    private MetricComparison metric(String subject, Series a, Series b) {
        Reading<Spread> sa = spread(a);
        Reading<Spread> sb = spread(b);
        Optional<Turns.Pairs> pairs = Turns.of(a.samples(), b.samples());
        Optional<Change> change = change(a.values(), b.values(), pairs);
        Reading<Double> percent =
                change.<Reading<Double>>map(c -> Reading.known((c.ratio() - 1) * 100))
                        .orElseGet(() -> plainChange(sa, sb));
        return new MetricComparison(
                subject,
                a.metric(),
                sa,
                sb,
                percent,
                change,
                verdict(a.metric(), change),
                change.isPresent() ? needed(a.values(), b.values(), pairs) : OptionalInt.empty(),
                false,
                false);
    }

    private static Reading<Spread> spread(Series series) {
        return series.samples().isEmpty()
                ? Reading.unsupported(series.absent())
                : Reading.known(series.spread());
    }

    private static Reading<Double> plainChange(Reading<Spread> a, Reading<Spread> b) {
        if (!(a instanceof Reading.Known<Spread>(Spread sa))) {
            return Reading.unsupported(a.reason());
        }
        if (!(b instanceof Reading.Known<Spread>(Spread sb))) {
            return Reading.unsupported(b.reason());
        }
        return sa.mean() > 0
                ? Reading.known((sb.mean() / sa.mean() - 1) * 100)
                : Reading.unsupported("a share of 0 is nothing");
    }

    private static Optional<Change> change(double[] a, double[] b, Optional<Turns.Pairs> pairs) {
        if (a.length < 2 || b.length < 2 || !positive(a) || !positive(b)) {
            return Optional.empty();
        }
        return Optional.of(
                pairs.map(p -> ChangeOfMeans.paired(p.a(), p.b()))
                        .orElseGet(() -> ChangeOfMeans.unpaired(a, b)));
    }

    private static boolean positive(double[] values) {
        for (double v : values) {
            if (!(v > 0)) {
                return false;
            }
        }
        return true;
    }

    private OptionalInt needed(double[] a, double[] b, Optional<Turns.Pairs> pairs) {
        double ratio = 1 - Math.clamp(threshold, 0.001, 0.9);
        return pairs.map(p -> Power.neededPairs(Power.spreadOfPairs(p.a(), p.b()), ratio))
                .orElseGet(() -> Power.needed(Power.spread(a), Power.spread(b), ratio));
    }

    private Verdict verdict(Metric metric, Optional<Change> change) {
        if (change.isEmpty()) {
            return Verdict.CANNOT_TELL;
        }
        Change c = change.get();
        if (c.isSeen()) {
            if (metric.better() == Better.NEITHER) {
                return Verdict.DIFFERENT;
            }
            return (c.ratio() > 1) == (metric.better() == Better.HIGHER)
                    ? Verdict.BETTER
                    : Verdict.WORSE;
        }
        double large = Math.max(LARGE, threshold);
        boolean hidesLess = c.ci95().low() < 1 - large;
        boolean hidesMore = c.ci95().high() > 1 / (1 - large);
        boolean hides =
                switch (metric.better()) {
                    case HIGHER -> hidesLess;
                    case LOWER -> hidesMore;
                    case NEITHER -> hidesLess || hidesMore;
                };
        return hides ? Verdict.CANNOT_TELL : Verdict.NO_DIFFERENCE_SEEN;
    }

    private boolean isJudged(MetricComparison m) {
        boolean wanted = only.isEmpty() ? m.metric().judged() : true;
        return wanted && m.change().isPresent() && m.metric().better() != Better.NEITHER;
    }

    private List<SubjectComparison> judge(List<SubjectComparison> subjects) {
        List<MetricComparison> family =
                subjects.stream()
                        .flatMap(s -> s.metrics().stream())
                        .filter(this::isJudged)
                        .toList();
        boolean[] worse = Hochberg.stand(oneSided(family, false));
        boolean[] better = Hochberg.stand(oneSided(family, true));
        List<SubjectComparison> judged = new ArrayList<>();
        int next = 0;
        for (SubjectComparison s : subjects) {
            List<MetricComparison> metrics = new ArrayList<>();
            for (MetricComparison m : s.metrics()) {
                boolean stands = false;
                if (isJudged(m)) {
                    stands =
                            (m.verdict() == Verdict.WORSE && worse[next])
                                    || (m.verdict() == Verdict.BETTER && better[next]);
                    next++;
                }
                metrics.add(judged(m, stands));
            }
            judged.add(
                    new SubjectComparison(
                            s.name(),
                            s.setting(),
                            s.outcomeA(),
                            s.outcomeB(),
                            s.broken(),
                            metrics));
        }
        return judged;
    }

    /**
     * Returns the probabilities of so large a change in one direction: a regression is looked for
     * on its own side only, and what got better takes nothing from it.
     */
    private static double[] oneSided(List<MetricComparison> family, boolean good) {
        return family.stream()
                .mapToDouble(m -> {
                    Change c = m.change().orElseThrow();
                    boolean isGood = (c.ratio() > 1) == (m.metric().better() == Better.HIGHER);
                    return isGood == good ? c.pValue() / 2 : 1 - c.pValue() / 2;
                })
                .toArray();
    }

    private MetricComparison judged(MetricComparison m, boolean stands) {
        return new MetricComparison(
                m.subject(),
                m.metric(),
                m.a(),
                m.b(),
                m.changePercent(),
                m.change(),
                m.verdict(),
                m.needed(),
                stands,
                stands && m.verdict() == Verdict.WORSE && isBeyond(m));
    }

    private boolean isBeyond(MetricComparison m) {
        return Math.abs(m.changePercent().orElse(0.0)) > threshold * 100;
    }

    private Verdict verdict(List<SubjectComparison> subjects) {
        List<MetricComparison> judged =
                subjects.stream()
                        .flatMap(s -> s.metrics().stream())
                        .filter(this::isJudged)
                        .toList();
        if (subjects.stream().anyMatch(SubjectComparison::broken)
                || judged.stream().anyMatch(MetricComparison::regression)) {
            return Verdict.WORSE;
        }
        if (judged.stream().anyMatch(m -> m.verdict() == Verdict.WORSE && isBeyond(m))) {
            return Verdict.CANNOT_TELL; // Worse by itself, but not among so many.
        }
        if (judged.stream()
                .anyMatch(m -> m.stands() && m.verdict() == Verdict.BETTER && isBeyond(m))) {
            return Verdict.BETTER;
        }
        return judged.stream().allMatch(m -> m.verdict() == Verdict.CANNOT_TELL)
                ? Verdict.CANNOT_TELL
                : Verdict.NO_DIFFERENCE_SEEN;
    }
}
