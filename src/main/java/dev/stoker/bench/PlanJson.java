package dev.stoker.bench;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.memory.MemoryEstimate;
import dev.stoker.server.LoadedModel;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/**
 * The plan and the checklist as JSON, as {@code docs/schemas/bench-plan.schema.json} describes it.
 * Pure.
 */
public final class PlanJson {
    public static final String SCHEMA = "stoker.bench.plan";
    public static final int VERSION = 1;

    private PlanJson() {}

    public static ObjectNode write(BenchPlan plan, List<Checklist.Check> checks) {
        ObjectNode o = Json.object();
        o.put("schema", SCHEMA).put("version", VERSION);
        ObjectNode server = o.putObject("server");
        server.put("kind", plan.server().kind().code());
        UnknownJson.text(server, "version", plan.server().version());
        server.put("url", plan.server().endpoint().url());
        server.put("simulated", plan.server().simulated().isPresent());
        UnknownJson.bytes(o, "available_bytes", plan.available());
        o.put("expected_seconds", plan.expectedTime().toMillis() / 1e3);
        o.put("needs_consent", plan.needsConsent());
        o.putObject("restart").put("possible", plan.canRestart()).put("means", plan.restartMeans());
        o.put("unload_first", plan.unloadFirst());
        ArrayNode loaded = o.putArray("loaded");
        plan.loaded().stream().map(LoadedModel::name).forEach(loaded::add);
        ArrayNode models = o.putArray("models");
        plan.models().forEach(m -> models.add(model(m)));
        ArrayNode list = o.putArray("checklist");
        for (Checklist.Check c : checks) {
            list.addObject()
                    .put("state", EventJson.lower(c.state()))
                    .put("title", c.title())
                    .put("detail", c.detail());
        }
        return o;
    }

    private static ObjectNode model(PlannedModel m) {
        ObjectNode o = Json.object();
        o.put("name", m.name());
        o.put("run", m.isRun());
        o.put("skip", m.skip().isEmpty() ? null : m.skip());
        o.put("restart", m.restart().isEmpty() ? null : m.restart());
        UnknownJson.bytes(o, "file_bytes", m.model().fileSize());
        UnknownJson.text(o, "quantization", m.model().quantization());
        o.put("expected_seconds", m.expectedTime().toMillis() / 1e3);
        if (m.estimate() instanceof Reading.Known<MemoryEstimate>(MemoryEstimate e)) {
            ObjectNode memory = o.putObject("memory");
            memory.put("expected_bytes", e.expected().count());
            memory.put("low_bytes", e.low().count()).put("high_bytes", e.high().count());
            ArrayNode items = memory.putArray("items");
            for (MemoryEstimate.Item i : e.items()) {
                items.addObject()
                        .put("kind", i.kind())
                        .put("bytes", i.bytes().count())
                        .put("provenance", i.provenance());
            }
        } else {
            UnknownJson.missing(o, "memory", m.estimate().reason());
        }
        return o;
    }
}
