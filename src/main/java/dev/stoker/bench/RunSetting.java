package dev.stoker.bench;

import dev.stoker.base.Reading;
import dev.stoker.history.RunJson;
import dev.stoker.history.Setting;
import dev.stoker.json.Json;
import dev.stoker.load.Conditions;
import dev.stoker.suite.Task;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Under which conditions a benchmark was made: gathered before its first step, and kept beside its
 * events. What can't be known is noted with the reason.
 *
 * @param run what holds for all models
 * @param models what belongs to each model, by name
 */
public record RunSetting(Setting run, Map<String, Setting> models) {
    public RunSetting {
        models = Map.copyOf(models);
    }

    /** Looks at the server and its host; changes nothing. */
    public static RunSetting of(BenchContext context, BenchRequest request, BenchPlan plan) {
        LinkedHashMap<String, Reading<String>> f = new LinkedHashMap<>();
        Conditions.note(f, context.host(), plan.server());
        request(f, request);
        f.put("stoker", Reading.known(context.stokerVersion()));
        Map<String, Setting> models = new LinkedHashMap<>();
        for (PlannedModel m : plan.models()) {
            models.put(m.name(), Conditions.model(m.model(), plan.loaded()));
        }
        return new RunSetting(Setting.of(f), models);
    }

    private static void request(LinkedHashMap<String, Reading<String>> f, BenchRequest r) {
        f.put("prompts", Reading.known(prompts(r)));
        if (r.checking().isSuite()) {
            f.put("code", Reading.known(r.checking().runCode() ? "run" : "checked statically"));
        }
        f.put("iterations", Reading.known(Integer.toString(r.iterations())));
        f.put(
                "context",
                Reading.known(
                        r.contextLength().isPresent()
                                ? Long.toString(r.contextLength().getAsLong())
                                : "the server's default"));
        f.put("seed", Reading.known(Long.toString(r.seed())));
        f.put("unload", Reading.known(EventJson.lower(r.unload())));
        f.put("restart", Reading.known(EventJson.lower(r.restart())));
        f.put("parallel small models", Reading.known(Integer.toString(r.parallelSmall())));
    }

    /** Names the set and its hash: two sets of the same names may ask different things. */
    private static String prompts(BenchRequest request) {
        ArrayNode all = Json.array();
        for (Task p : request.prompts()) {
            if (request.checking().isSuite()) {
                all.add(p.form());
            } else {
                all.addArray().add(p.name()).add(p.turns().getFirst()).add(p.maxTokens());
            }
        }
        String names =
                request.checking().isSuite()
                        ? "suite " + request.checking().suite()
                        : String.join(", ", request.prompts().stream().map(Task::name).toList());
        return names + " (sha256 " + Conditions.sha256(Json.write(all)).substring(0, 16) + ")";
    }

    /** Returns what a run noted that kept no setting: an older one, or one that could not. */
    static RunSetting of(RunHeader header) {
        LinkedHashMap<String, Reading<String>> f = new LinkedHashMap<>();
        f.put("server", Reading.known(header.serverTitle()));
        f.put("server url", Reading.known(header.serverUrl()));
        request(f, header.request());
        f.put("stoker", Reading.known(header.stokerVersion()));
        Map<String, Setting> models = new LinkedHashMap<>();
        for (RunHeader.Model m : header.models()) {
            LinkedHashMap<String, Reading<String>> own = new LinkedHashMap<>();
            own.put(
                    "quantisation",
                    m.quantization().isEmpty()
                            ? Reading.unsupported("the server does not tell it")
                            : Reading.known(m.quantization()));
            own.put(
                    "file",
                    m.fileBytes() < 0
                            ? Reading.unsupported("the server does not tell its size")
                            : Reading.known(m.fileBytes() + " bytes"));
            models.put(m.name(), Setting.of(own));
        }
        return new RunSetting(Setting.of(f), models);
    }

    ObjectNode json() {
        ObjectNode o = Json.object();
        o.set("run", RunJson.setting(run));
        ObjectNode each = o.putObject("models");
        models.forEach((name, setting) -> each.set(name, RunJson.setting(setting)));
        return o;
    }

    /**
     * @throws IllegalArgumentException if the node is no setting
     */
    static RunSetting read(JsonNode o) {
        if (!o.path("run").isObject()) {
            throw new IllegalArgumentException("no setting");
        }
        Map<String, Setting> models = new LinkedHashMap<>();
        for (String name : o.path("models").propertyNames()) {
            models.put(name, RunJson.setting(o.path("models").path(name)));
        }
        return new RunSetting(RunJson.setting(o.path("run")), models);
    }
}
