package dev.stoker.plan.settings;

import dev.stoker.memory.CacheType;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.LlamaSettings.SplitMode;
import dev.stoker.memory.MemoryPlan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A plan's settings as arguments of llama-server, b10434 and later: what differs from its defaults
 * alone, and what the plan depends on. Pure.
 *
 * @param arguments in their order, without the program
 */
public record LlamaServerText(List<String> arguments) {
    private static final int BATCH = 2048;
    private static final int MICRO_BATCH = 512;

    public LlamaServerText {
        arguments = List.copyOf(arguments);
    }

    /**
     * @param model its path
     * @param settings those of the plan
     */
    public static LlamaServerText of(String model, LlamaSettings settings, MemoryPlan plan) {
        List<String> a = new ArrayList<>();
        add(a, "--model", model);
        add(a, "--ctx-size", Long.toString(settings.context().orElse(plan.context())));
        settings.parallel().ifPresent(n -> add(a, "--parallel", Integer.toString(n)));
        settings.unifiedCache()
                .ifPresent(shared -> a.add(shared ? "--kv-unified" : "--no-kv-unified"));
        if (settings.batch() != BATCH) {
            add(a, "--batch-size", Integer.toString(settings.batch()));
        }
        if (settings.microBatch() != MICRO_BATCH) {
            add(a, "--ubatch-size", Integer.toString(settings.microBatch()));
        }
        if (settings.keys() != CacheType.F16) {
            add(a, "--cache-type-k", settings.keys().word());
        }
        if (settings.values() != CacheType.F16) {
            add(a, "--cache-type-v", settings.values().word());
        }
        settings.flashAttention()
                .ifPresentOrElse(
                        on -> add(a, "--flash-attn", on ? "on" : "off"),
                        () -> {
                            if (settings.values().quantized()) {
                                add(a, "--flash-attn", "on");
                            }
                        });
        settings.gpuLayers().ifPresent(n -> add(a, "--n-gpu-layers", layers(n, plan)));
        split(settings, a);
        experts(settings, plan, a);
        switches(settings, a);
        return new LlamaServerText(a);
    }

    private static String layers(int layers, MemoryPlan plan) {
        return layers >= plan.allLayers() ? "all" : Integer.toString(layers);
    }

    private static void split(LlamaSettings settings, List<String> a) {
        if (settings.split() != SplitMode.LAYER) {
            add(a, "--split-mode", settings.split().name().toLowerCase(Locale.ROOT));
        }
        if (!settings.tensorSplit().isEmpty()) {
            add(
                    a,
                    "--tensor-split",
                    settings.tensorSplit().stream()
                            .map(LlamaServerText::share)
                            .collect(Collectors.joining(",")));
        }
        if (settings.mainGpu() != 0) {
            add(a, "--main-gpu", Integer.toString(settings.mainGpu()));
        }
    }

    private static String share(double share) {
        return share == Math.rint(share) ? Long.toString((long) share) : Double.toString(share);
    }

    private static void experts(LlamaSettings settings, MemoryPlan plan, List<String> a) {
        if (settings.cpuExpertLayers() >= plan.allLayers()) {
            a.add("--cpu-moe");
        } else if (settings.cpuExpertLayers() > 0) {
            add(a, "--n-cpu-moe", Integer.toString(settings.cpuExpertLayers()));
        }
    }

    private static void switches(LlamaSettings settings, List<String> a) {
        if (settings.fullWindowCache()) {
            a.add("--swa-full");
        }
        if (!settings.cacheOnGpu()) {
            a.add("--no-kv-offload");
        }
        if (!settings.memoryMap()) {
            add(a, "--load-mode", "none");
        }
        if (!settings.repack()) {
            a.add("--no-repack");
        }
        if (!settings.offloadOperations()) {
            a.add("--no-op-offload");
        }
        if (settings.embeddings()) {
            a.add("--embeddings");
        }
        if (settings.multiTokenPrediction()) {
            add(a, "--spec-type", "draft-mtp");
        }
        if (!settings.fit()) {
            add(a, "--fit", "off");
        }
    }

    private static void add(List<String> arguments, String name, String value) {
        arguments.add(name);
        arguments.add(value);
    }

    /** Returns a line for a shell. */
    public String command() {
        List<String> words = new ArrayList<>();
        words.add("llama-server");
        words.addAll(arguments);
        return ShellWords.line(words);
    }
}
