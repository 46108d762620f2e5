package dev.stoker.bench;

import dev.stoker.bench.SuiteResult.Failure;
import dev.stoker.bench.SuiteResult.TestResult;
import dev.stoker.json.Json;
import dev.stoker.suite.spread.Explanation;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.OptionalDouble;

/** The part of a report's JSON that tells of tests and of spread. Pure. */
final class SuiteJson {
    private SuiteJson() {}

    static ObjectNode write(SuiteResult suite) {
        ObjectNode o = Json.object();
        o.put("passed", suite.passed()).put("judged", suite.judged());
        ReportJson.spread(o, "pass_rate", suite.passRate());
        ArrayNode tests = o.putArray("tests");
        suite.tests().forEach(t -> tests.add(test(t)));
        return o;
    }

    private static ObjectNode test(TestResult t) {
        ObjectNode o = Json.object();
        o.put("name", t.name());
        if (!t.skipped().isEmpty()) {
            o.put("skipped", t.skipped());
        }
        o.put("passed", t.passed()).put("judged", t.judged());
        ReportJson.spread(o, "output_tokens", t.outputTokens());
        ReportJson.spread(o, "seconds", t.seconds());
        ReportJson.spread(o, "tokens_per_second", t.tokensPerSecond());
        ReportJson.spread(o, "decode_tokens_per_second", t.decodeTokensPerSecond());
        ArrayNode notes = o.putArray("notes");
        t.notes().forEach(notes::add);
        ArrayNode failures = o.putArray("failures");
        for (Failure f : t.failures()) {
            failures.addObject()
                    .put("iteration", f.iteration())
                    .put("check", f.check())
                    .put("expected", f.expected())
                    .put("seen", f.seen())
                    .put("answer", f.answer());
        }
        return o;
    }

    static ObjectNode spread(Explanation e) {
        ObjectNode o = Json.object();
        o.put("n", e.n()).put("mean", e.mean());
        number(o, "sd", e.sd(), "one request has no spread");
        o.put("min", e.min()).put("max", e.max());
        number(o, "cv", e.cv(), "one request has no spread");
        number(o, "cv_within_tests", e.withinCv(), "no test was repeated");
        number(
                o,
                "share_between_tests",
                e.betweenShare(),
                "it takes two tests, and one that was repeated");
        o.put("high", e.isHigh());
        ArrayNode causes = o.putArray("causes");
        for (Explanation.Cause c : e.causes()) {
            causes.addObject()
                    .put("code", c.code())
                    .put("finding", c.finding())
                    .put("evidence", c.evidence());
        }
        if (!e.remark().isEmpty()) {
            o.put("remark", e.remark());
        }
        return o;
    }

    private static void number(ObjectNode o, String name, OptionalDouble value, String why) {
        if (value.isPresent()) {
            o.put(name, value.getAsDouble());
        } else {
            UnknownJson.missing(o, name, why);
        }
    }
}
