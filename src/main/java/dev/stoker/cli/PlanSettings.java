package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.memory.CacheType;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.llama.LlamaFit;
import dev.stoker.memory.ollama.OllamaBelief;
import dev.stoker.memory.vllm.VllmMemory;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The options that say with which settings a model is loaded. Filled by picocli. */
final class PlanSettings {
    @Option(
            names = "--ctx",
            paramLabel = "N",
            description = {
                "Tokens of context: of all slots together for llama-server, of each for Ollama and"
                        + " vLLM. Default: as the server picks."
            })
    @Nullable Long context;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "Slots: requests answered at once. Default: as the server picks.")
    @Nullable Integer parallel;

    @Option(
            names = "--kv",
            paramLabel = "TYPE",
            description = "Type of the cache: f16, q8_0, q4_0 …; K/V for unequal ones: q8_0/q4_0.")
    @Nullable String cache;

    @Option(names = "--kv-unified", description = "Slots share one cache.")
    boolean unified;

    @Option(names = "--batch", paramLabel = "N", description = "Logical batch. Default: 2048.")
    @Nullable Integer batch;

    @Option(names = "--ubatch", paramLabel = "N", description = "Physical batch. Default: 512.")
    @Nullable Integer microBatch;

    @Option(
            names = "--flash-attn",
            paramLabel = "on|off|auto",
            description = "Flash attention. Default: auto.")
    String flash = "auto";

    @Option(
            names = "--ngl",
            paramLabel = "N",
            description = "Layers on GPUs, the output layer counted. Default: all that fit.")
    @Nullable Integer gpuLayers;

    @Option(
            names = "--split",
            paramLabel = "none|layer|row",
            description = "How several GPUs share a model. Default: layer.")
    String split = "layer";

    @Option(
            names = "--tensor-split",
            paramLabel = "A,B",
            split = ",",
            description = "Shares of the GPUs. Default: by free memory.")
    List<Double> tensorSplit = new ArrayList<>();

    @Option(names = "--main-gpu", paramLabel = "N", description = "The GPU for --split none.")
    int mainGpu;

    @Option(
            names = "--n-cpu-moe",
            paramLabel = "N",
            description = "Keep the experts of the first N layers on the host.")
    int cpuExperts;

    @Option(names = "--cpu-moe", description = "Keep all experts on the host.")
    boolean allExpertsOnCpu;

    @Option(names = "--swa-full", description = "A full cache for layers with a sliding window.")
    boolean fullWindow;

    @Option(names = "--no-kv-offload", description = "Keep the cache on the host.")
    boolean cacheOnHost;

    @Option(names = "--no-mmap", description = "Read weights into memory, don't map the file.")
    boolean noMap;

    @Option(names = "--no-repack", description = "Don't store weights in the processor's order.")
    boolean noRepack;

    @Option(names = "--no-op-offload", description = "Compute what lies on the host there.")
    boolean noOperations;

    @Option(names = "--embedding", description = "The server makes embeddings.")
    boolean embeddings;

    @Option(names = "--mtp", description = "Load the blocks for multi-token prediction.")
    boolean prediction;

    @Option(
            names = "--no-fit",
            description = "The server may not fit context and layers (-fit off).")
    boolean noFit;

    @Option(
            names = "--fit-target",
            paramLabel = "SIZE",
            description = "What the server's fitting keeps free on each device. Default: 1024MiB.")
    @Nullable String fitTarget;

    @Option(
            names = "--gpu-utilization",
            paramLabel = "SHARE",
            description = "vLLM's share of each GPU's memory. Default: 0.92.")
    double utilization = 0.92;

    Bytes target() {
        return fitTarget == null ? LlamaFit.TARGET : Bytes.parse(fitTarget);
    }

    /**
     * Returns the settings of a llama-server.
     *
     * @throws UserError for values that it does not take
     */
    LlamaSettings llama() {
        LlamaSettings.Builder builder = new LlamaSettings.Builder();
        if (context != null) {
            builder.context(within("--ctx", context, 1, 1L << 30));
        }
        if (parallel != null) {
            builder.parallel((int) within("--parallel", parallel, 1, 256));
        }
        if (unified) {
            builder.unifiedCache(true);
        }
        types().ifPresent(types -> builder.cache(types.getFirst(), types.getLast()));
        if (batch != null) {
            builder.batch((int) within("--batch", batch, 1, 1 << 20));
        }
        if (microBatch != null) {
            builder.microBatch((int) within("--ubatch", microBatch, 1, 1 << 20));
        }
        flash().ifPresent(builder::flashAttention);
        if (gpuLayers != null) {
            builder.gpuLayers((int) within("--ngl", gpuLayers, 0, 100_000));
        }
        builder.split(
                switch (split.toLowerCase(Locale.ROOT)) {
                    case "none" -> LlamaSettings.SplitMode.NONE;
                    case "layer" -> LlamaSettings.SplitMode.LAYER;
                    case "row" -> LlamaSettings.SplitMode.ROW;
                    default ->
                            throw UserError.wrongUse(
                                    "Expected none, layer or row for --split, but got '"
                                            + split
                                            + "'.",
                                    "");
                });
        if (tensorSplit.stream().anyMatch(share -> !(share >= 0 && share < 1e9))) {
            throw UserError.wrongUse(
                    "Expected shares of 0 and more for --tensor-split.", "As in 3,2.");
        }
        return builder.tensorSplit(tensorSplit)
                .mainGpu((int) within("--main-gpu", mainGpu, 0, 64))
                .cpuExpertLayers(
                        allExpertsOnCpu
                                ? Integer.MAX_VALUE
                                : (int) within("--n-cpu-moe", cpuExperts, 0, 100_000))
                .fullWindowCache(fullWindow)
                .cacheOnGpu(!cacheOnHost)
                .memoryMap(!noMap)
                .repack(!noRepack)
                .offloadOperations(!noOperations)
                .embeddings(embeddings)
                .multiTokenPrediction(prediction)
                .fit(!noFit)
                .build();
    }

    /** Returns what is asked of Ollama: by options, else as its environment here says. */
    OllamaBelief.Request ollama(Map<String, String> env) {
        LlamaSettings checked = llama();
        String told = env.getOrDefault("OLLAMA_NUM_PARALLEL", "");
        int slots =
                parallel != null
                        ? parallel
                        : told.matches("[1-9][0-9]{0,2}") ? Integer.parseInt(told) : 1;
        String type = env.getOrDefault("OLLAMA_KV_CACHE_TYPE", "");
        CacheType cacheType =
                cache != null || type.isBlank() ? checked.keys() : CacheType.parse(type);
        String most = env.getOrDefault("OLLAMA_MAX_LOADED_MODELS", "");
        String length = env.getOrDefault("OLLAMA_CONTEXT_LENGTH", "");
        OptionalLong numCtx =
                context != null
                        ? OptionalLong.of(context)
                        : length.matches("[1-9][0-9]{0,9}")
                                ? OptionalLong.of(Long.parseLong(length))
                                : OptionalLong.empty();
        return new OllamaBelief.Request(
                numCtx,
                batch != null ? OptionalInt.of(batch) : OptionalInt.empty(),
                gpuLayers != null ? OptionalInt.of(gpuLayers) : OptionalInt.empty(),
                slots,
                cacheType,
                flash(),
                most.matches("[0-9]{1,4}") ? Integer.parseInt(most) : 0,
                !env.getOrDefault("OLLAMA_SCHED_SPREAD", "").isBlank());
    }

    VllmMemory.Settings vllm(int gpus) {
        if (!(utilization > 0 && utilization <= 1)) {
            throw UserError.wrongUse(
                    "Expected a share above 0 and up to 1 for --gpu-utilization, but got "
                            + utilization
                            + ".",
                    "");
        }
        return new VllmMemory.Settings(
                utilization,
                context == null ? OptionalLong.empty() : OptionalLong.of(context),
                Math.max(1, gpus),
                cache != null && cache.startsWith("fp8") ? 8 : 16,
                batch == null ? 8192 : batch);
    }

    private Optional<List<CacheType>> types() {
        if (cache == null || cache.startsWith("fp8")) {
            return Optional.empty();
        }
        String[] both = cache.split("/", 2);
        CacheType keys = CacheType.parse(both[0]);
        return Optional.of(List.of(keys, both.length > 1 ? CacheType.parse(both[1]) : keys));
    }

    private Optional<Boolean> flash() {
        return switch (flash.toLowerCase(Locale.ROOT)) {
            case "on", "1", "true" -> Optional.of(true);
            case "off", "0", "false" -> Optional.of(false);
            case "auto" -> Optional.empty();
            default ->
                    throw UserError.wrongUse(
                            "Expected on, off or auto for --flash-attn, but got '" + flash + "'.",
                            "");
        };
    }

    private static long within(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw UserError.wrongUse(
                    "Expected "
                            + least
                            + " to "
                            + most
                            + " for "
                            + option
                            + ", but got "
                            + value
                            + ".",
                    "");
        }
        return value;
    }
}
