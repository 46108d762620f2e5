package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.history.RunJson;
import dev.stoker.history.Setting;
import dev.stoker.host.HostProcess;
import dev.stoker.host.Machine;
import dev.stoker.json.Json;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ModelInfo;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
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
        Machine machine = context.host().machine();
        LinkedHashMap<String, Reading<String>> f = new LinkedHashMap<>();
        f.put("host", machine.name());
        f.put("cpu", machine.cpu());
        f.put("cores", machine.cores());
        f.put("memory", context.host().memory().total().map(Bytes::binary));
        f.put("gpu", machine.gpu());
        f.put("driver", machine.driver());
        f.put("kernel", machine.kernel());
        f.put("server", Reading.known(plan.server().title()));
        f.put("server url", Reading.known(plan.server().endpoint().url()));
        f.put("server options", options(context, plan));
        request(f, request);
        f.put("stoker", Reading.known(context.stokerVersion()));
        Map<String, Setting> models = new LinkedHashMap<>();
        for (PlannedModel m : plan.models()) {
            models.put(m.name(), model(m.model(), plan.loaded()));
        }
        return new RunSetting(Setting.of(f), models);
    }

    private static void request(LinkedHashMap<String, Reading<String>> f, BenchRequest r) {
        f.put("prompts", Reading.known(prompts(r.prompts())));
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

    private static Reading<String> options(BenchContext context, BenchPlan plan) {
        Reading<HostProcess> process = context.host().listener(plan.server().endpoint().port());
        return process instanceof Reading.Known<HostProcess>(HostProcess p)
                ? context.host().launchOptions(p.pid())
                : Reading.unsupported(process.reason());
    }

    private static Setting model(ModelInfo m, List<LoadedModel> loaded) {
        LinkedHashMap<String, Reading<String>> f = new LinkedHashMap<>();
        f.put("digest", m.digest());
        f.put("quantisation", m.quantization());
        f.put("file", m.fileSize().map(b -> b.count() + " bytes"));
        f.put("family", m.family());
        f.put("trained context", m.trainedContext().map(n -> Long.toString(n)));
        loaded.stream()
                .filter(l -> l.name().equals(m.name()))
                .findFirst()
                .ifPresent(
                        l -> f.put("loaded context", l.contextLength().map(n -> Long.toString(n))));
        return Setting.of(f);
    }

    /** Names the set and its hash: two sets of the same names may ask different things. */
    private static String prompts(List<BenchPrompt> prompts) {
        ArrayNode all = Json.array();
        for (BenchPrompt p : prompts) {
            all.addArray().add(p.name()).add(p.text()).add(p.maxTokens());
        }
        String names = String.join(", ", prompts.stream().map(BenchPrompt::name).toList());
        return names + " (sha256 " + hash(Json.write(all)).substring(0, 16) + ")";
    }

    private static String hash(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
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
