package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.bench.BenchRequest.Checking;
import dev.stoker.bench.BenchRequest.Restart;
import dev.stoker.bench.BenchRequest.Unload;
import dev.stoker.json.Fields;
import dev.stoker.json.Json;
import dev.stoker.suite.Task;
import dev.stoker.suite.TaskForms;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** The form of {@code run.json}. Pure. */
final class HeaderJson {
    static final String SCHEMA = "stoker.bench.run";
    static final int VERSION = 1;

    private HeaderJson() {}

    static ObjectNode write(RunHeader h) {
        ObjectNode o = Json.object();
        o.put("schema", SCHEMA).put("version", VERSION);
        o.put("id", h.id()).put("started", h.startedEpochMillis()).put("stoker", h.stokerVersion());
        ObjectNode s = o.putObject("server");
        s.put("kind", h.serverKind()).put("title", h.serverTitle());
        s.put("version", h.serverVersion()).put("url", h.serverUrl());
        if (h.simulatedBox().isPresent()) {
            s.put("box", h.simulatedBox().get()).put("speed", h.simulatedSpeed());
        }
        BenchRequest r = h.request();
        ObjectNode q = o.putObject("request");
        ArrayNode names = q.putArray("models");
        r.models().forEach(names::add);
        ArrayNode prompts = q.putArray("prompts");
        for (Task p : r.prompts()) {
            prompts.add(
                    Json.parse(p.form()).orElseThrow(() -> new IllegalStateException("no JSON")));
        }
        q.put("iterations", r.iterations());
        r.contextLength().ifPresent(n -> q.put("context", n));
        q.put("unload", EventJson.lower(r.unload())).put("restart", EventJson.lower(r.restart()));
        q.put("restart_above_bytes", r.restartAbove().count())
                .put("stall_nanos", r.stall().toNanos());
        q.put("seed", r.seed()).put("parallel_small", r.parallelSmall());
        if (r.checking().isSuite()) {
            q.put("suite", r.checking().suite()).put("run_code", r.checking().runCode());
        }
        ArrayNode models = o.putArray("models");
        for (RunHeader.Model m : h.models()) {
            models.addObject()
                    .put("name", m.name())
                    .put("quantization", m.quantization())
                    .put("file_bytes", m.fileBytes())
                    .put("expected_bytes", m.expectedBytes())
                    .put("skip", m.skip());
        }
        return o;
    }

    /**
     * @throws IllegalArgumentException if the node is no header of a version that is known
     */
    static RunHeader read(JsonNode o) {
        if (!Fields.text(o, "schema").equals(SCHEMA) || Fields.integer(o, "version") != VERSION) {
            throw new IllegalArgumentException("another schema or version");
        }
        JsonNode s = o.path("server");
        JsonNode q = o.path("request");
        List<String> names = new ArrayList<>();
        for (JsonNode n : q.path("models")) {
            if (!n.isString()) {
                throw new IllegalArgumentException("a model's name is no text");
            }
            names.add(n.stringValue());
        }
        List<Task> prompts = new ArrayList<>();
        for (JsonNode p : q.path("prompts")) {
            prompts.add(TaskForms.read(p));
        }
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException("it has no prompts");
        }
        BenchRequest request =
                new BenchRequest(
                        names,
                        prompts,
                        Fields.count(q, "iterations"),
                        Json.integer(q, "context")
                                .map(OptionalLong::of)
                                .orElse(OptionalLong.empty()),
                        Unload.valueOf(Fields.text(q, "unload").toUpperCase(Locale.ROOT)),
                        Restart.valueOf(Fields.text(q, "restart").toUpperCase(Locale.ROOT)),
                        Bytes.of(Fields.integer(q, "restart_above_bytes")),
                        Duration.ofNanos(Fields.integer(q, "stall_nanos")),
                        Fields.integer(q, "seed"),
                        Fields.count(q, "parallel_small"),
                        q.has("suite")
                                ? new Checking(Fields.text(q, "suite"), Fields.truth(q, "run_code"))
                                : Checking.none());
        List<RunHeader.Model> models = new ArrayList<>();
        for (JsonNode m : o.path("models")) {
            models.add(
                    new RunHeader.Model(
                            Fields.text(m, "name"),
                            Fields.text(m, "quantization"),
                            Fields.integer(m, "file_bytes"),
                            Fields.integer(m, "expected_bytes"),
                            Fields.text(m, "skip")));
        }
        return new RunHeader(
                Fields.text(o, "id"),
                Fields.integer(o, "started"),
                Fields.text(o, "stoker"),
                Fields.text(s, "kind"),
                Fields.text(s, "title"),
                Fields.text(s, "version"),
                Fields.text(s, "url"),
                Json.text(s, "box"),
                Json.number(s, "speed").orElse(1.0),
                request,
                models);
    }
}
