package dev.stoker.plan.settings;

import dev.stoker.base.Bytes;
import dev.stoker.memory.CacheType;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.memory.llama.LlamaFit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A plan's settings as Ollama takes them: variables of its service, which hold for all models, and
 * options of one model. Only what Ollama 0.33 reads. Pure.
 *
 * @param environment variables of the service
 * @param options parameters of the model, as a Modelfile or a request has them
 * @param notes what Ollama can't be told, or does by itself, a sentence each
 */
public record OllamaText(
        SequencedMap<String, String> environment,
        SequencedMap<String, String> options,
        List<String> notes) {
    /** Later names win over earlier ones, a variable each. */
    public static final String DROP_IN = "/etc/systemd/system/ollama.service.d/90-stoker.conf";

    /** From this context on Ollama raises the batch by itself. */
    private static final long RAISED_BATCH = 4096;

    public OllamaText {
        environment = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(environment));
        options = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(options));
        notes = List.copyOf(notes);
    }

    /**
     * @param settings those of the plan; the context is that of all slots
     * @param keepAlive how long a model stays
     * @param models how many shall stay at the same time
     */
    public static OllamaText of(
            LlamaSettings settings, MemoryPlan plan, KeepAlive keepAlive, int models) {
        SequencedMap<String, String> env = new LinkedHashMap<>();
        SequencedMap<String, String> options = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        int slots = Math.max(1, settings.parallel().orElse(1));
        long each = Math.max(1, settings.context().orElse(plan.context()) / slots);
        env.put("OLLAMA_CONTEXT_LENGTH", Long.toString(each));
        env.put("OLLAMA_NUM_PARALLEL", Integer.toString(slots));
        boolean quantized = settings.keys().quantized() || settings.values().quantized();
        if (settings.flashAttention().isPresent() || quantized) {
            boolean on = settings.flashAttention().orElse(true);
            env.put("OLLAMA_FLASH_ATTENTION", on ? "1" : "0");
        }
        if (settings.keys() != CacheType.F16 || settings.values() != settings.keys()) {
            env.put("OLLAMA_KV_CACHE_TYPE", settings.keys().word());
        }
        env.put("OLLAMA_KEEP_ALIVE", keepAlive.environment());
        long gpus =
                plan.devices().stream().filter(d -> d.device().kind() != DeviceKind.HOST).count();
        if (models > 3 * Math.max(1, gpus)) {
            env.put("OLLAMA_MAX_LOADED_MODELS", Integer.toString(models));
        }
        fitTarget(plan, env);
        options.put("num_ctx", Long.toString(each));
        boolean part = plan.gpuLayers() < plan.allLayers();
        if (settings.gpuLayers().isPresent() && part) {
            options.put("num_gpu", Integer.toString(plan.gpuLayers()));
        }
        if (each > RAISED_BATCH) {
            options.put("num_batch", Integer.toString(settings.microBatch()));
        }
        if (settings.cpuExpertLayers() > 0) {
            int layers = Math.min(settings.cpuExpertLayers(), plan.allLayers() - 1);
            env.put("LLAMA_ARG_N_CPU_MOE", Integer.toString(layers));
            notes.add(
                    "LLAMA_ARG_N_CPU_MOE is read by llama-server, not by Ollama, and holds for all"
                            + " models.");
        }
        untold(settings, notes);
        return new OllamaText(env, options, notes);
    }

    /**
     * Returns the variables with which all of these can run on one service: where they differ the
     * smaller figure, which the options of the others then raise; without options.
     */
    public static OllamaText together(List<OllamaText> all) {
        SequencedMap<String, String> env = new LinkedHashMap<>();
        LinkedHashSet<String> notes = new LinkedHashSet<>();
        for (OllamaText one : all) {
            one.environment.forEach((name, value) -> env.merge(name, value, OllamaText::smaller));
            notes.addAll(one.notes);
        }
        return new OllamaText(env, new LinkedHashMap<>(), List.copyOf(notes));
    }

    private static String smaller(String a, String b) {
        boolean figures = a.matches("[0-9]{1,15}") && b.matches("[0-9]{1,15}");
        return figures && Long.parseLong(b) < Long.parseLong(a) ? b : a;
    }

    /** Returns whether a service with these variables needs none of this model's options. */
    public boolean saidBy(OllamaText service) {
        String context = service.environment.getOrDefault("OLLAMA_CONTEXT_LENGTH", "");
        return options.equals(Map.of("num_ctx", context));
    }

    /**
     * Ollama lets llama-server keep 1024 MiB free on each GPU: with a plan that leaves less it
     * would put layers on the host.
     */
    private static void fitTarget(MemoryPlan plan, Map<String, String> env) {
        long least = Long.MAX_VALUE;
        boolean all = plan.gpuLayers() >= plan.allLayers();
        for (DevicePlan device : plan.devices()) {
            if (device.device().kind() == DeviceKind.HOST || device.layers().isEmpty()) {
                continue;
            }
            long taken = 0;
            for (ItemKind kind :
                    List.of(ItemKind.WEIGHTS, ItemKind.KV, ItemKind.RECURRENT, ItemKind.COMPUTE)) {
                taken += device.of(kind).count();
            }
            least = Math.min(least, device.device().free().count() - taken);
        }
        if (all && least < LlamaFit.TARGET.count()) {
            long mib = Math.max(0, (long) Bytes.of(least).toMib() - 16);
            env.put("LLAMA_ARG_FIT_TARGET", Long.toString(mib));
        }
    }

    private static void untold(LlamaSettings settings, List<String> notes) {
        if (settings.keys() != settings.values()) {
            notes.add(
                    "Ollama has one type for keys and values; "
                            + settings.keys().word()
                            + " is set for both.");
        }
        if (!settings.tensorSplit().isEmpty()
                || settings.split() == LlamaSettings.SplitMode.ROW
                || settings.split() == LlamaSettings.SplitMode.TENSOR) {
            notes.add(
                    "Ollama decides itself how a model is spread over GPUs; it can only be told to"
                            + " use all of them (OLLAMA_SCHED_SPREAD=1).");
        }
        if (!settings.repack() || !settings.offloadOperations() || !settings.cacheOnGpu()) {
            notes.add("Ollama does not pass on repacking, op offload and the cache's place.");
        }
    }

    /** Returns the file of the service's settings, in lines; see {@link #DROP_IN}. */
    public List<String> dropIn() {
        List<String> lines = new ArrayList<>();
        lines.add("[Service]");
        environment.forEach(
                (name, value) -> lines.add("Environment=\"" + name + "=" + value + "\""));
        return lines;
    }

    /** Returns the commands after which the file counts. */
    public static List<String> reload() {
        return List.of("systemctl daemon-reload", "systemctl restart ollama");
    }

    /**
     * Returns a Modelfile, in lines.
     *
     * @param from the model that it is made of
     */
    public List<String> modelfile(String from) {
        List<String> lines = new ArrayList<>();
        lines.add("FROM " + from);
        options.forEach((name, value) -> lines.add("PARAMETER " + name + " " + value));
        return lines;
    }

    /** Returns the variables as arguments of {@code docker run}. */
    public List<String> docker() {
        List<String> words = new ArrayList<>();
        environment.forEach((name, value) -> {
            words.add("-e");
            words.add(name + "=" + value);
        });
        return words;
    }
}
