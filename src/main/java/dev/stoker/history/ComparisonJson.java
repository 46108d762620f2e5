package dev.stoker.history;

import dev.stoker.base.Reading;
import dev.stoker.history.Comparison.SubjectComparison;
import dev.stoker.history.Setting.Difference;
import dev.stoker.json.Json;
import dev.stoker.stats.Change;
import dev.stoker.stats.Interval;
import dev.stoker.stats.Spread;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A comparison as JSON, as {@code docs/schemas/compare.schema.json} describes it. What is unknown
 * is null, and its reason stands in {@code unknown} beside it. Pure.
 */
public final class ComparisonJson {
    public static final String SCHEMA = "stoker.compare";
    public static final int VERSION = 1;

    private ComparisonJson() {}

    public static ObjectNode write(Comparison c) {
        ObjectNode o = Json.object();
        o.put("schema", SCHEMA).put("version", VERSION);
        o.set("a", run(c.a()));
        o.set("b", run(c.b()));
        o.put("threshold_percent", c.threshold() * 100);
        o.put("verdict", c.verdict().words());
        o.put("regression", c.hasRegression());
        o.set("setting", differences(c.setting()));
        ArrayNode models = o.putArray("models");
        for (SubjectComparison s : c.subjects()) {
            ObjectNode m = models.addObject();
            m.put("name", s.name()).put("outcome_a", s.outcomeA().code());
            m.put("outcome_b", s.outcomeB().code()).put("broken", s.broken());
            m.set("setting", differences(s.setting()));
        }
        names(o.putArray("only_a"), c.onlyA());
        names(o.putArray("only_b"), c.onlyB());
        ArrayNode metrics = o.putArray("metrics");
        c.metrics().forEach(m -> metrics.add(metric(m)));
        return o;
    }

    private static void names(ArrayNode array, List<String> names) {
        names.forEach(array::add);
    }

    private static ObjectNode run(Run run) {
        ObjectNode o = Json.object();
        o.put("id", run.id()).put("kind", run.kind());
        o.put("started", Instant.ofEpochMilli(run.startedEpochMillis()).toString());
        o.put("complete", run.complete()).put("simulated", run.simulated());
        names(o.putArray("tags"), run.tags());
        return o;
    }

    private static ArrayNode differences(List<Difference> differences) {
        ArrayNode all = Json.array();
        for (Difference d : differences) {
            ObjectNode o = all.addObject();
            o.put("name", d.name());
            fact(o, "a", d.a());
            fact(o, "b", d.b());
        }
        return all;
    }

    private static void fact(ObjectNode o, String name, Reading<String> fact) {
        if (fact instanceof Reading.Known<String>(String value)) {
            o.put(name, value);
        } else {
            unknown(o, name, fact.reason());
        }
    }

    private static ObjectNode metric(MetricComparison m) {
        ObjectNode o = Json.object();
        o.put("model", m.subject()).put("name", m.metric().name());
        o.put("better", m.metric().better().code());
        side(o, "a", m.a());
        side(o, "b", m.b());
        if (m.changePercent() instanceof Reading.Known<Double>(Double percent)) {
            o.put("change_percent", percent);
        } else {
            unknown(o, "change_percent", m.changePercent().reason());
        }
        Optional<Interval> ci = m.ci95Percent();
        if (ci.isPresent() && m.change().isPresent()) {
            Change change = m.change().get();
            o.putArray("ci95").add(ci.get().low()).add(ci.get().high());
            o.put("p", change.pValue()).put("method", change.method().code());
        } else {
            for (String name : List.of("ci95", "p", "method")) {
                unknown(o, name, "it needs two values above zero in each run");
            }
        }
        o.put("verdict", m.verdict().words());
        OptionalInt needed = m.needed();
        if (needed.isPresent()) {
            o.put("needed", needed.getAsInt());
        } else {
            unknown(
                    o,
                    "needed",
                    m.change().isPresent()
                            ? "more than anybody measures"
                            : "the spread is not known");
        }
        return o.put("stands", m.stands()).put("regression", m.regression());
    }

    private static void side(ObjectNode o, String name, Reading<Spread> side) {
        if (!(side instanceof Reading.Known<Spread>(Spread s))) {
            unknown(o, name, side.reason());
            unknown(o, name + "_sd", side.reason());
            o.put(name + "_n", 0);
            return;
        }
        o.put(name, s.mean());
        if (s.sd().isPresent()) {
            o.put(name + "_sd", s.sd().getAsDouble());
        } else {
            unknown(o, name + "_sd", "one value has no spread");
        }
        o.put(name + "_n", s.n());
    }

    private static void unknown(ObjectNode o, String name, String reason) {
        o.putNull(name);
        ObjectNode why = o.has("unknown") ? (ObjectNode) o.get("unknown") : o.putObject("unknown");
        why.put(name, reason);
    }
}
