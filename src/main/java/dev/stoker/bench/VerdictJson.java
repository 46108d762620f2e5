package dev.stoker.bench;

import dev.stoker.json.Fields;
import dev.stoker.json.Json;
import dev.stoker.suite.check.Verdict;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The journal's form of what checks said. Pure. */
final class VerdictJson {
    private VerdictJson() {}

    static ArrayNode write(List<Verdict> verdicts) {
        ArrayNode list = Json.array();
        for (Verdict v : verdicts) {
            list.addObject()
                    .put("state", EventJson.lower(v.state()))
                    .put("check", v.check())
                    .put("expected", v.expected())
                    .put("seen", v.seen());
        }
        return list;
    }

    /**
     * @throws IllegalArgumentException if it is none
     */
    static List<Verdict> read(JsonNode list) {
        List<Verdict> verdicts = new ArrayList<>();
        for (JsonNode v : list) {
            verdicts.add(
                    new Verdict(
                            Verdict.State.valueOf(Fields.text(v, "state").toUpperCase(Locale.ROOT)),
                            Fields.text(v, "check"),
                            Fields.text(v, "expected"),
                            Fields.text(v, "seen")));
        }
        return List.copyOf(verdicts);
    }
}
