package dev.stoker.memory.ollama;

import dev.stoker.base.Bytes;
import dev.stoker.memory.CacheType;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelShape;
import dev.stoker.model.Sidecar;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What Ollama's own scheduler will believe of a model and do for it: its estimate, on which GPU it
 * will put the model, and which loaded ones it will evict. The estimate is not what the model
 * takes: it has no term for compute and a head width that is wrong for many models; but it decides.
 * Pure.
 *
 * <p>Source: {@code server/sched.go}, {@code server/routes.go} and {@code llm/llama_server.go} of
 * Ollama 0.33.0.
 *
 * @param context tokens a slot
 * @param parallel slots
 * @param predicted the estimate, with its surcharge for large batches
 * @param batch both batch sizes that it will pass
 * @param devices the GPUs that it will pass to llama-server; empty: the processor
 * @param available what it reckons to be free on those
 * @param fitsAlongside whether it will load without evicting
 * @param evicts names of the models that it will unload, in order
 * @param settings how it will start llama-server
 */
public record OllamaBelief(
        long context,
        int parallel,
        Bytes predicted,
        int batch,
        List<MemoryDevice> devices,
        Bytes available,
        boolean fitsAlongside,
        List<String> evicts,
        LlamaSettings settings) {
    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;
    private static final Set<String> ONE_SLOT =
            Set.of(
                    "mllama",
                    "qwen3vl",
                    "qwen3vlmoe",
                    "qwen35",
                    "qwen35moe",
                    "qwen3next",
                    "lfm2",
                    "lfm2moe",
                    "nemotron_h",
                    "nemotron_h_moe",
                    "nemotron_h_omni");

    public OllamaBelief {
        devices = List.copyOf(devices);
        evicts = List.copyOf(evicts);
    }

    /**
     * What is asked of Ollama and how it is set.
     *
     * @param numCtx {@code num_ctx}; empty: as it picks
     * @param numBatch {@code num_batch}; empty: as it picks
     * @param numGpu {@code num_gpu}; empty: as fits
     * @param numParallel {@code OLLAMA_NUM_PARALLEL}
     * @param cacheType {@code OLLAMA_KV_CACHE_TYPE}
     * @param flashAttention {@code OLLAMA_FLASH_ATTENTION}; empty: unset
     * @param maxLoaded {@code OLLAMA_MAX_LOADED_MODELS}; 0: three a GPU
     * @param spread {@code OLLAMA_SCHED_SPREAD}
     */
    public record Request(
            OptionalLong numCtx,
            OptionalInt numBatch,
            OptionalInt numGpu,
            int numParallel,
            CacheType cacheType,
            Optional<Boolean> flashAttention,
            int maxLoaded,
            boolean spread) {

        /** Returns the same with a context length; with the present one where none is given. */
        public Request withContext(OptionalLong length) {
            return new Request(
                    length.isPresent() ? length : numCtx,
                    numBatch,
                    numGpu,
                    numParallel,
                    cacheType,
                    flashAttention,
                    maxLoaded,
                    spread);
        }

        /** Nothing set at all. */
        public static Request plain() {
            return new Request(
                    OptionalLong.empty(),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    1,
                    CacheType.F16,
                    Optional.empty(),
                    0,
                    false);
        }
    }

    /**
     * A model that is loaded.
     *
     * @param memory what Ollama tells of it, by the device's name
     * @param keepAlive its session's duration; negative: for ever
     * @param busy whether it answers a request
     * @param path of its blob, by which equals are ordered; may be empty
     */
    public record Loaded(
            String name, Map<String, Bytes> memory, Duration keepAlive, boolean busy, String path) {
        public Loaded {
            memory = Map.copyOf(memory);
        }
    }

    /**
     * @param devices GPUs with what is free on each now, and the host
     * @param loaded the models in memory now
     */
    public static OllamaBelief of(
            ModelDescription model,
            ModelShape shape,
            Request request,
            List<MemoryDevice> devices,
            List<Loaded> loaded) {
        List<MemoryDevice> gpus =
                new ArrayList<>(
                        request.numGpu().orElse(-1) == 0
                                ? List.of()
                                : devices.stream()
                                        .filter(d -> d.kind() != DeviceKind.HOST)
                                        .toList());
        long systemFree =
                devices.stream()
                        .filter(d -> d.kind() == DeviceKind.HOST)
                        .mapToLong(d -> d.free().count())
                        .findFirst()
                        .orElse(0);
        boolean completion = !shape.embedsOnly();
        int parallel = Math.max(1, request.numParallel());
        if (!completion || ONE_SLOT.contains(model.architecture())) {
            parallel = 1;
        }
        long context = context(model, shape, request, devices);
        long weights = model.fileSize().map(Bytes::count).orElse(0L);
        long estimate = weights + keysAndValues(shape, context * parallel);
        List<Loaded> left = new ArrayList<>(loaded);
        left.sort(
                Comparator.<Loaded, Long>comparing(
                                l -> l.keepAlive().toNanos(), Long::compareUnsigned)
                        .thenComparing(l -> l.path().isEmpty() ? l.name() : l.path()));
        int most = request.maxLoaded() > 0 ? request.maxLoaded() : 3 * Math.max(1, gpus.size());
        List<String> evicts = new ArrayList<>();
        while (left.size() >= most) {
            evict(left, gpus, evicts);
        }
        while (true) {
            Choice choice =
                    choose(gpus, systemFree, estimate, request, context * parallel, completion);
            boolean fits =
                    left.isEmpty()
                            || choice.gpus().isEmpty()
                            || choice.predicted() <= choice.available() * 80 / 100;
            if (fits) {
                return new OllamaBelief(
                        context,
                        parallel,
                        Bytes.of(choice.predicted()),
                        choice.batch(),
                        choice.gpus(),
                        Bytes.of(choice.available()),
                        evicts.isEmpty(),
                        evicts,
                        settings(request, context, parallel, choice, completion));
            }
            evict(left, gpus, evicts);
        }
    }

    private record Choice(List<MemoryDevice> gpus, long available, long predicted, int batch) {}

    private static Choice choose(
            List<MemoryDevice> gpus,
            long systemFree,
            long estimate,
            Request request,
            long contextInAll,
            boolean completion) {
        List<MemoryDevice> chosen = gpus;
        if (gpus.size() > 1) {
            Optional<MemoryDevice> single =
                    request.spread()
                            ? Optional.empty()
                            : gpus.stream()
                                    .filter(g -> estimate <= free(g, systemFree) * 80 / 100)
                                    .reduce((a, b) -> better(b, a, systemFree) ? b : a);
            chosen = single.map(List::of).orElseGet(() -> group(gpus, systemFree));
        }
        long available = availableFor(chosen, systemFree);
        int batch =
                request.numBatch()
                        .orElse(
                                completion
                                        ? batch(contextInAll, estimate, available, request, chosen)
                                        : 512);
        long surcharge = completion ? surcharge(batch) : 0;
        return new Choice(chosen, available, estimate + surcharge, batch);
    }

    private static void evict(List<Loaded> left, List<MemoryDevice> gpus, List<String> evicts) {
        Loaded victim = left.stream().filter(l -> !l.busy()).findFirst().orElseGet(left::getFirst);
        left.remove(victim);
        evicts.add(victim.name());
        for (int i = 0; i < gpus.size(); i++) {
            MemoryDevice gpu = gpus.get(i);
            Bytes freed = victim.memory().getOrDefault(gpu.name(), Bytes.ZERO);
            gpus.set(i, gpu.withFree(gpu.free().plus(freed).min(gpu.capacity())));
        }
    }

    private static boolean better(MemoryDevice a, MemoryDevice than, long systemFree) {
        if (a.unified() != than.unified()) {
            return !a.unified();
        }
        return free(a, systemFree) > free(than, systemFree);
    }

    private static long free(MemoryDevice gpu, long systemFree) {
        return gpu.unified() && systemFree > 0
                ? Math.min(systemFree, gpu.free().count())
                : gpu.free().count();
    }

    /** Of the groups of one kind the one with a GPU of its own memory, then the one with most. */
    private static List<MemoryDevice> group(List<MemoryDevice> gpus, long systemFree) {
        List<MemoryDevice> best = List.of();
        for (DeviceKind kind : DeviceKind.values()) {
            List<MemoryDevice> group = gpus.stream().filter(g -> g.kind() == kind).toList();
            if (group.isEmpty()) {
                continue;
            }
            boolean discrete = group.stream().anyMatch(g -> !g.unified());
            boolean bestDiscrete = best.stream().anyMatch(g -> !g.unified());
            if (best.isEmpty()
                    || (discrete != bestDiscrete
                            ? discrete
                            : availableFor(group, systemFree) > availableFor(best, systemFree))) {
                best = group;
            }
        }
        return best;
    }

    private static long availableFor(List<MemoryDevice> gpus, long systemFree) {
        long shared = 0;
        long discrete = 0;
        for (MemoryDevice gpu : gpus) {
            if (gpu.unified()) {
                shared += gpu.free().count();
            } else {
                discrete += gpu.free().count();
            }
        }
        return systemFree > 0 && shared > 0 && systemFree < shared
                ? discrete + systemFree
                : discrete + shared;
    }

    private static long context(
            ModelDescription model, ModelShape shape, Request request, List<MemoryDevice> devices) {
        long asked = request.numCtx().orElseGet(() -> fromModel(model));
        if (asked <= 0) {
            long memory = 0;
            for (MemoryDevice device : devices) {
                memory += device.kind() == DeviceKind.HOST ? 0 : device.capacity().count();
            }
            asked = memory >= 47 * GIB ? 262_144 : memory >= 23 * GIB ? 32_768 : 4096;
        }
        asked = Math.max(4, asked);
        if (model.sidecars().stream().anyMatch(s -> s.kind() == Sidecar.Kind.PROJECTOR)) {
            asked = Math.max(2048, asked);
        }
        return shape.contextLength() > 0 ? Math.min(asked, shape.contextLength()) : asked;
    }

    private static long fromModel(ModelDescription model) {
        String told = model.defaults().getOrDefault("num_ctx", "");
        try {
            return told.isEmpty() ? 0 : Long.parseLong(told);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Its formula: the fewest key-value heads of a layer, and embedding divided by heads. */
    private static long keysAndValues(ModelShape shape, long context) {
        long kvHeads =
                shape.number(
                        "attention.head_count_kv", shape.number("attention.head_count_kv.min", 1));
        long heads =
                shape.number("attention.head_count", shape.number("attention.head_count.max", 1));
        long headLength = heads > 0 ? shape.embedding() / heads : 0;
        return 2L * shape.blocks() * Math.max(1, kvHeads) * headLength * context * 2;
    }

    private static int batch(
            long context, long estimate, long available, Request request, List<MemoryDevice> gpus) {
        boolean cuda = gpus.stream().anyMatch(g -> g.kind() == DeviceKind.CUDA);
        if (cuda && request.flashAttention().isPresent() && !request.flashAttention().get()) {
            boolean small =
                    gpus.stream()
                            .anyMatch(g ->
                                    g.kind() == DeviceKind.CUDA
                                            && Math.min(g.free().count(), g.capacity().count())
                                                    <= 8 * GIB);
            return context > 4096 && small ? 256 : 512;
        }
        int batch = context > 32_768 ? 2048 : context > 4096 ? 1024 : 512;
        while (batch > 512 && !fits(batch, estimate, available)) {
            batch = batch > 1024 ? 1024 : 512;
        }
        return batch;
    }

    private static boolean fits(int batch, long estimate, long available) {
        if (estimate == 0 || available == 0) {
            return true;
        }
        long threshold = available * 80 / 100;
        long headroom = available * (batch >= 2048 ? 60 : 75) / 100;
        return estimate <= threshold
                && estimate <= headroom
                && surcharge(batch) <= threshold - estimate;
    }

    private static long surcharge(int batch) {
        return batch >= 2048 ? 2 * GIB : batch >= 1024 ? 768 * MIB : 0;
    }

    private static LlamaSettings settings(
            Request request, long context, int parallel, Choice choice, boolean completion) {
        LlamaSettings.Builder builder =
                new LlamaSettings.Builder()
                        .context(context * parallel)
                        .parallel(parallel)
                        .batch(choice.batch())
                        .microBatch(choice.batch())
                        .cache(request.cacheType(), request.cacheType());
        request.flashAttention().ifPresent(builder::flashAttention);
        request.numGpu().ifPresent(builder::gpuLayers);
        if (!completion) {
            builder.embeddings(true);
        }
        return builder.build();
    }

    /** Returns a size as Ollama's log writes it: {@code 1.6 GiB}. */
    public static String inLog(Bytes bytes) {
        double value = bytes.count();
        if (value >= GIB) {
            return String.format(Locale.ROOT, "%.1f GiB", value / GIB);
        }
        if (value >= MIB) {
            return String.format(Locale.ROOT, "%.1f MiB", value / MIB);
        }
        return value >= 1024
                ? String.format(Locale.ROOT, "%.1f KiB", value / 1024)
                : bytes.count() + " B";
    }
}
