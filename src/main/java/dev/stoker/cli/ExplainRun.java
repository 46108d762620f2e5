package dev.stoker.cli;

import dev.stoker.base.UserError;
import dev.stoker.bench.BenchReport;
import dev.stoker.bench.ModelResult;
import dev.stoker.explain.account.Attribution.Cause;
import dev.stoker.suite.spread.Explanation;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Why the rates of a benchmark spread: each cause with its evidence. Immutable. */
final class ExplainRun {
    private final String id;
    private final List<ModelResult> models;

    private ExplainRun(String id, List<ModelResult> models) {
        this.id = id;
        this.models = models;
    }

    /**
     * Explains a run that was found.
     *
     * @throws UserError if it is a load test, or nothing was measured in it
     */
    static ExplainRun of(ReportSource.Found found) {
        if (!(found instanceof ReportSource.Found.Bench bench)) {
            throw UserError.wrongUse(
                    "This run is a load test, and only the spread of a benchmark is explained.",
                    "A load test's own report shows its course: stoker report RUN.");
        }
        BenchReport report = bench.run().report();
        List<ModelResult> measured =
                report.models().stream()
                        .filter(m -> m.spread().isPresent())
                        .sorted(Comparator.comparingDouble(m -> -cv(m)))
                        .toList();
        if (measured.isEmpty()) {
            throw UserError.wrongUse("In this run no request was measured.", "");
        }
        return new ExplainRun(report.id(), measured);
    }

    private static Explanation spread(ModelResult m) {
        return m.spread().orElseThrow();
    }

    private static double cv(ModelResult m) {
        return spread(m).cv().orElse(0);
    }

    String verdict() {
        ModelResult worst = models.getFirst();
        Explanation e = spread(worst);
        String name = ModelName.shown(worst.name());
        String cv = String.format(Locale.ROOT, "%.1f %%", 100 * cv(worst));
        if (!e.isHigh()) {
            return models.size() == 1
                    ? "The rate of " + name + " is steady: it varies by " + cv + "."
                    : "The rates are steady: that of " + name + " varies most, by " + cv + ".";
        }
        Optional<Explanation.Cause> first = e.causes().stream().findFirst();
        return "The rate of "
                + name
                + " varies by "
                + cv
                + ": "
                + first.map(Explanation.Cause::finding).orElse("no cause was found")
                + ".";
    }

    List<Cause> causes() {
        List<Cause> all = new ArrayList<>();
        for (ModelResult m : models) {
            for (Explanation.Cause c : spread(m).causes()) {
                all.add(
                        new Cause(
                                c.code(),
                                OptionalDouble.empty(),
                                ModelName.shown(m.name())
                                        + ": "
                                        + c.finding()
                                        + ". "
                                        + c.evidence()
                                        + "."));
            }
        }
        return all;
    }

    List<String> next() {
        return List.of("See every request: stoker report " + id + " --html run.html");
    }

    List<String> remarks() {
        return models.stream()
                .filter(m -> !spread(m).remark().isEmpty())
                .map(m -> ModelName.shown(m.name()) + ": " + spread(m).remark())
                .toList();
    }

    ObjectNode json() {
        ObjectNode root = ExplainJson.titled("run", id);
        root.put("requests", models.stream().mapToInt(m -> spread(m).n()).sum());
        ArrayNode list = root.putArray("models");
        for (ModelResult m : models) {
            Explanation e = spread(m);
            ObjectNode one = list.addObject().put("name", ModelName.shown(m.name()));
            one.put("requests", e.n());
            one.put("mean_tokens_per_second", e.mean());
            one.put("min_tokens_per_second", e.min());
            one.put("max_tokens_per_second", e.max());
            ExplainJson.number(one, "cv", e.cv());
            ExplainJson.number(one, "within_cv", e.withinCv());
            one.put("remark", e.remark().isEmpty() ? null : e.remark());
        }
        ExplainJson.told(root, causes(), verdict(), next());
        return root;
    }

    List<String> lines(ExplainText text) {
        List<String> lines = new ArrayList<>();
        text.verdict(lines, verdict());
        lines.add("");
        for (ModelResult m : models) {
            Explanation e = spread(m);
            lines.addAll(
                    text.wrapped(
                            "  ",
                            String.format(
                                    Locale.ROOT,
                                    "%s: %s tok/s over %d requests (%s–%s), CV %.1f %%.",
                                    ModelName.shown(m.name()),
                                    Numbers.figure(e.mean()),
                                    e.n(),
                                    Numbers.figure(e.min()),
                                    Numbers.figure(e.max()),
                                    100 * cv(m))));
        }
        text.causes(lines, causes());
        remarks().forEach(r -> lines.addAll(text.wrapped("  ", r)));
        text.next(lines, next());
        return lines;
    }
}
