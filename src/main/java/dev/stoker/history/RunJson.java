package dev.stoker.history;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** A run, but not its requests, as JSON: the first line of an export. Pure. */
public final class RunJson {
    public static final String SCHEMA = "stoker.run";
    public static final int VERSION = 1;

    private RunJson() {}

    public static ObjectNode write(Run run) {
        ObjectNode o = Json.object();
        o.put("schema", SCHEMA).put("version", VERSION);
        o.put("id", run.id()).put("kind", run.kind()).put("started", run.startedEpochMillis());
        o.put("complete", run.complete()).put("simulated", run.simulated());
        ArrayNode tags = o.putArray("tags");
        run.tags().forEach(tags::add);
        o.put("note", run.note());
        o.set("setting", setting(run.setting()));
        ArrayNode subjects = o.putArray("subjects");
        for (Subject s : run.subjects()) {
            ObjectNode n = subjects.addObject();
            n.put("name", s.name()).put("outcome", s.outcome().code()).put("reason", s.reason());
            n.put("requests_ok", s.requestsOk()).put("requests_failed", s.requestsFailed());
            n.set("setting", setting(s.setting()));
            ArrayNode series = n.putArray("series");
            s.series().forEach(x -> series.add(series(x)));
        }
        return o;
    }

    private static ObjectNode series(Series s) {
        ObjectNode o = Json.object();
        Metric m = s.metric();
        o.put("metric", m.name()).put("title", m.title()).put("better", m.better().code());
        o.put("judged", m.judged());
        if (s.samples().isEmpty()) {
            o.put("absent", s.absent());
            return o;
        }
        ArrayNode samples = o.putArray("samples");
        for (Sample x : s.samples()) {
            samples.addObject()
                    .put("unit", x.unit())
                    .put("at", x.atEpochMillis())
                    .put("value", x.value());
        }
        return o;
    }

    /** Returns a setting as JSON: a text, or an object with the reason why it is not known. */
    public static ObjectNode setting(Setting setting) {
        ObjectNode o = Json.object();
        setting.facts()
                .forEach((name, fact) -> {
                    switch (fact) {
                        case Reading.Known<String>(String value) -> o.put(name, value);
                        case Reading.Unsupported<String>(String why) ->
                                o.putObject(name).put("unsupported", why);
                        case Reading.Failed<String>(String why) ->
                                o.putObject(name).put("failed", why);
                    }
                });
        return o;
    }

    public static Setting setting(JsonNode o) {
        LinkedHashMap<String, Reading<String>> facts = new LinkedHashMap<>();
        for (String name : o.propertyNames()) {
            JsonNode fact = o.path(name);
            facts.put(
                    name,
                    fact.isString()
                            ? Reading.known(fact.stringValue())
                            : fact.has("failed")
                                    ? Reading.failed(text(fact, "failed"))
                                    : Reading.unsupported(text(fact, "unsupported")));
        }
        return Setting.of(facts);
    }

    /**
     * @throws IllegalArgumentException if the node is no run of a version that is known
     */
    public static Run read(JsonNode o) {
        if (!text(o, "schema").equals(SCHEMA)) {
            throw new IllegalArgumentException("its schema is not " + SCHEMA);
        }
        if (integer(o, "version") > VERSION) {
            throw new IllegalArgumentException("it was written by a newer version of Stoker");
        }
        List<String> tags = new ArrayList<>();
        for (JsonNode tag : o.path("tags")) {
            tags.add(tag.asString());
        }
        List<Subject> subjects = new ArrayList<>();
        for (JsonNode s : o.path("subjects")) {
            List<Series> series = new ArrayList<>();
            for (JsonNode x : s.path("series")) {
                series.add(series(x));
            }
            subjects.add(
                    new Subject(
                            text(s, "name"),
                            Subject.Outcome.valueOf(upper(text(s, "outcome"))),
                            text(s, "reason"),
                            setting(s.path("setting")),
                            integer(s, "requests_ok"),
                            integer(s, "requests_failed"),
                            series));
        }
        return new Run(
                text(o, "id"),
                text(o, "kind"),
                integer(o, "started"),
                truth(o, "complete"),
                truth(o, "simulated"),
                setting(o.path("setting")),
                subjects,
                tags,
                text(o, "note"));
    }

    private static Series series(JsonNode o) {
        Metric metric =
                new Metric(
                        text(o, "metric"),
                        text(o, "title"),
                        Metric.Better.valueOf(upper(text(o, "better"))),
                        truth(o, "judged"));
        if (o.has("absent")) {
            return Series.absent(metric, text(o, "absent"));
        }
        List<Sample> samples = new ArrayList<>();
        for (JsonNode x : o.path("samples")) {
            double value =
                    Json.number(x, "value")
                            .orElseThrow(() -> new IllegalArgumentException("no value"));
            samples.add(new Sample(text(x, "unit"), integer(x, "at"), value));
        }
        return Series.of(metric, samples);
    }

    private static String upper(String code) {
        return code.toUpperCase(Locale.ROOT);
    }

    static String text(JsonNode o, String name) {
        return Json.text(o, name).orElseThrow(() -> missing(name));
    }

    static long integer(JsonNode o, String name) {
        return Json.integer(o, name).orElseThrow(() -> missing(name));
    }

    static boolean truth(JsonNode o, String name) {
        return Json.truth(o, name).orElseThrow(() -> missing(name));
    }

    private static IllegalArgumentException missing(String name) {
        return new IllegalArgumentException("it has no " + name);
    }
}
