package dev.stoker.memory.llama;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryItem;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.memory.Provenance;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelShape;
import dev.stoker.model.Sidecar;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What llama.cpp allocates for one model, device by device: llama-server's rules for layers, caches
 * and buffers, which Ollama uses too since it runs llama-server. Weights, caches and output are
 * exact where the tensors are known; compute buffers are modelled. Made once a model, asked for
 * many settings. Pure and thread-safe.
 */
public final class LlamaMemory {
    private static final long MOST_CONTEXT = 1L << 31;
    private static final long CHUNK = 1L << 30;

    private final ModelDescription model;
    private final ModelShape shape;
    private final Overheads overheads;
    private final LlamaWeights weights;
    private final LlamaWeights weightsWithPrediction;

    private LlamaMemory(ModelDescription model, ModelShape shape, Overheads overheads) {
        this.model = model;
        this.shape = shape;
        this.overheads = overheads;
        weights = LlamaWeights.of(model, shape, overheads.packing(), false);
        weightsWithPrediction =
                shape.predictionBlocks() > 0
                        ? LlamaWeights.of(model, shape, overheads.packing(), true)
                        : weights;
    }

    /**
     * @throws UserError where the model's shape is unknown
     */
    public static LlamaMemory of(ModelDescription model, Overheads overheads) {
        if (!model.shape().isKnown()) {
            throw UserError.wrongUse(
                    "What "
                            + model.name()
                            + " takes can't be worked out: "
                            + model.shape().reason()
                            + ".",
                    "Name the model's file.");
        }
        return new LlamaMemory(model, model.shape().value(), overheads);
    }

    public ModelDescription model() {
        return model;
    }

    public ModelShape shape() {
        return shape;
    }

    /** Returns how many layers there are to offload: all blocks and the output layer. */
    public int allLayers() {
        return shape.blocks() + 1;
    }

    /** Returns the context that these settings ask for, before fitting. */
    public long context(LlamaSettings settings) {
        long asked = settings.context().orElse(0);
        if (asked > 0) {
            return Math.min(asked, MOST_CONTEXT);
        }
        long trained = Math.max(shape.contextLength(), 256);
        return Math.min(trained, MOST_CONTEXT);
    }

    /**
     * Returns what these settings take; nothing is fitted.
     *
     * @param devices GPUs in the order that the server sees them, and the host last
     */
    public MemoryPlan plan(LlamaSettings settings, List<MemoryDevice> devices) {
        List<MemoryDevice> gpus =
                devices.stream().filter(d -> d.kind() != DeviceKind.HOST).toList();
        MemoryDevice host =
                devices.stream()
                        .filter(d -> d.kind() == DeviceKind.HOST)
                        .findFirst()
                        .orElse(
                                new MemoryDevice(
                                        "CPU", DeviceKind.HOST, Bytes.ZERO, Bytes.ZERO, false));
        return new Estimate(settings, gpus, host).plan();
    }

    /** One estimate. */
    private final class Estimate {
        private final LlamaSettings settings;
        private final List<MemoryDevice> gpus;
        private final MemoryDevice host;
        private final Placement placement;
        private final LlamaCache cache;
        private final LlamaCompute compute;
        private final LlamaWeights loaded;
        private final boolean flash;
        private final Optional<long[]> laid;
        private boolean outputTooLarge;
        private long secondExpert;
        private final List<String> remarks = new ArrayList<>();

        Estimate(LlamaSettings settings, List<MemoryDevice> gpus, MemoryDevice host) {
            this.settings = settings;
            this.gpus = gpus;
            this.host = host;
            placement = Placement.of(shape.blocks(), settings, gpus);
            long context = context(settings);
            long batch = Math.min(Math.max(1, settings.batch()), context);
            long micro = Math.max(1, Math.min(batch, settings.microBatch()));
            cache = LlamaCache.of(shape, settings, context, settings.microBatch());
            flash = flash();
            compute =
                    new LlamaCompute(
                            model.architecture(),
                            shape,
                            settings,
                            cache,
                            flash,
                            Math.min(micro, cache.context()));
            loaded = settings.multiTokenPrediction() ? weightsWithPrediction : weights;
            laid =
                    new LlamaGraphs(model.architecture(), shape, settings, placement, gpus, loaded)
                            .compute(cache, flash, Math.min(micro, cache.context()), pipelined());
        }

        private boolean flash() {
            if (model.architecture().equals("grok")) {
                return false;
            }
            if (settings.flashAttention().isPresent()) {
                return settings.flashAttention().get();
            }
            if (settings.values().quantized()) {
                return true;
            }
            boolean partial = placement.gpuLayers() > 0 && !placement.allOnGpus();
            boolean lfm = model.architecture().startsWith("lfm2");
            if (lfm && partial) {
                return false;
            }
            boolean hybrid = lfm || model.architecture().equals("falcon-h1");
            return settings.cacheOnGpu() || gpus.isEmpty() || !hybrid;
        }

        MemoryPlan plan() {
            int count = gpus.size();
            long[] weightBytes = new long[count + 1];
            long[] kvBytes = new long[count + 1];
            long[] stateBytes = new long[count + 1];
            long largestOnHost = weigh(weightBytes);
            long hostLayerCache = caches(kvBytes, stateBytes);
            List<DevicePlan> plans = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                plans.add(
                        new DevicePlan(
                                gpus.get(i),
                                gpuItems(
                                        i,
                                        weightBytes[i],
                                        kvBytes[i],
                                        stateBytes[i],
                                        Math.max(largestOnHost, hostLayerCache)),
                                layersOn(i)));
            }
            plans.add(
                    new DevicePlan(
                            host,
                            hostItems(weightBytes[count], kvBytes[count], stateBytes[count]),
                            layersOn(Placement.HOST)));
            remark();
            return new MemoryPlan(
                    plans,
                    placement.gpuLayers(),
                    placement.layers(),
                    cache.context(),
                    cache.slots(),
                    remarks);
        }

        private void remark() {
            if (loaded.unused() > 0) {
                remarks.add(
                        Bytes.of(loaded.unused()).binary()
                                + " of the file are for multi-token prediction and are not"
                                + " loaded.");
            }
            if (!loaded.known()) {
                remarks.add(
                        "The source does not tell the tensors: weights are shared out by formula.");
            }
            if (!flash && settings.flashAttention().isEmpty()) {
                remarks.add("Flash attention resolves to off here.");
            }
            if (shape.contextLength() > 0 && cache.cells() > shape.contextLength()) {
                remarks.add(
                        "A context of "
                                + cache.cells()
                                + " tokens is beyond the "
                                + shape.contextLength()
                                + " that the model was trained for.");
            }
        }

        private List<Integer> layersOn(int device) {
            List<Integer> layers = new ArrayList<>();
            for (int i = 0; i < placement.layers(); i++) {
                if (placement.device()[i] == device) {
                    layers.add(i);
                }
            }
            return layers;
        }

        /** Adds up weights by device; returns the largest one that stays on the host. */
        private long weigh(long[] bytes) {
            int count = gpus.size();
            boolean hostBuffer = gpus.stream().anyMatch(g -> g.kind().hasHostBuffer());
            boolean packs = settings.repack();
            long[] first = new long[64];
            long[] last = new long[64];
            boolean[] any = new boolean[64];
            long largest = 0;
            long expert = 0;
            for (LlamaWeights.Weight w : loaded.all()) {
                if (w.layer() == LlamaWeights.EACH) {
                    for (int i = 0; i < count; i++) {
                        bytes[i] += placement.anyBlockOn(i) ? w.bytes() : 0;
                    }
                    if (!placement.anyBlockOn(Placement.HOST)) {
                        continue;
                    }
                }
                int device = LlamaWeights.device(w, placement, settings.cpuExpertLayers());
                boolean tooLarge =
                        device >= 0 && w.bytes() > gpus.get(device).largestTensor().count();
                if (device >= 0 && !tooLarge) {
                    bytes[device] += w.bytes();
                    continue;
                }
                outputTooLarge |= tooLarge && w.layer() == placement.layers() - 1;
                boolean copied = packs && w.packed() > 0 && (!hostBuffer || tooLarge);
                if (copied) {
                    bytes[count] += w.packed();
                } else if (w.copy()) {
                    continue; // It is the same memory as the one that is looked up.
                } else if (settings.memoryMap() && w.offset() >= 0 && w.file() < any.length) {
                    int f = w.file();
                    first[f] = any[f] ? Math.min(first[f], w.offset()) : w.offset();
                    last[f] = Math.max(last[f], w.offset() + w.bytes());
                    any[f] = true;
                } else {
                    bytes[count] += w.bytes();
                }
                if (w.layer() >= 0 && !w.copy() && !tooLarge) {
                    largest = Math.max(largest, w.bytes());
                    if (w.expert()) {
                        expert = Math.max(expert, w.name().contains("down") ? 0 : w.bytes());
                    }
                }
            }
            boolean twice =
                    !settings.memoryMap()
                            && placement.output() == Placement.HOST
                            && (model.architecture().equals("gemma3n")
                                    || model.architecture().equals("gemma4"));
            for (LlamaWeights.Weight w : twice ? loaded.all() : List.<LlamaWeights.Weight>of()) {
                bytes[count] += w.name().equals("token_embd.weight") ? w.bytes() : 0;
            }
            for (int f = 0; f < any.length; f++) {
                bytes[count] += any[f] ? last[f] - first[f] : 0;
            }
            // Beyond the size of Vulkan's chunks the second copy does not take the first one's
            // place.
            boolean chunked =
                    expert > CHUNK && gpus.stream().anyMatch(g -> g.kind() == DeviceKind.VULKAN);
            secondExpert = chunked ? 0 : expert;
            return chunked ? largest + expert : largest;
        }

        /** Adds up caches by device; returns keys and values of the largest layer on the host. */
        private long caches(long[] kv, long[] state) {
            int count = gpus.size();
            long widest = 0;
            if (!flash) {
                long first = shape.layers().getFirst().valueWidth();
                boolean varies = false;
                for (LayerShape layer : shape.layers()) {
                    long width = (long) layer.kvHeads() * layer.valueLength();
                    varies |= width != first;
                    widest = Math.max(widest, width);
                }
                widest = varies ? widest : 0;
            }
            long largest = 0;
            for (int i = 0; i < shape.blocks(); i++) {
                LayerShape layer = shape.layers().get(i);
                int on = settings.cacheOnGpu() ? placement.device()[i] : Placement.HOST;
                int at = on < 0 ? count : on;
                long bytes = cache.layer(layer, settings, shape.latent(), widest);
                kv[at] += bytes;
                state[at] += Math.multiplyExact(layer.stateBytes(), (long) cache.slots());
                if (on < 0) {
                    largest = Math.max(largest, bytes);
                }
            }
            return largest;
        }

        private List<MemoryItem> gpuItems(int gpu, long weight, long kv, long state, long staged) {
            MemoryDevice device = gpus.get(gpu);
            List<MemoryItem> items = new ArrayList<>();
            boolean used =
                    placement.device()[placement.layers() - 1] == gpu || placement.anyBlockOn(gpu);
            addWeights(items, weight);
            addCaches(items, kv, state);
            double bytes = laid.isPresent() ? laid.get()[gpu] : gpuCompute(gpu, used, staged);
            addCompute(items, bytes, device.kind(), gpu == 0 ? secondExpert : 0);
            if (gpu == Math.clamp(settings.mainGpu(), 0, gpus.size() - 1)) {
                addSidecars(items);
            }
            if (used || bytes > 0) {
                Overheads.Fixed fixed = overheads.of(device.kind());
                if (fixed.high().count() > 0) {
                    items.add(
                            new MemoryItem(
                                    ItemKind.CONTEXT,
                                    fixed.bytes(),
                                    fixed.low(),
                                    fixed.high(),
                                    fixed.provenance(),
                                    fixed.because()));
                }
                addMargin(items);
            }
            return items;
        }

        private double gpuCompute(int gpu, boolean used, long staged) {
            boolean first = placement.device()[0] == gpu;
            if (!used) {
                boolean helps =
                        gpu == 0 && placement.gpuLayers() == 0 && settings.offloadOperations();
                return helps ? compute.device(true, computes(gpu), !outputTooLarge) + staged : 0;
            }
            boolean remote = gpus.get(gpu).kind() == DeviceKind.RPC;
            double bytes = compute.device(first, computes(gpu), !outputTooLarge);
            if (pipelined()) {
                bytes += (gpu == 0 ? 4 : 8) * compute.embedding() + 3 * compute.mask();
            } else if (settings.offloadOperations()
                    && gpu == 0
                    && !remote
                    && (!placement.allOnGpus() || settings.cpuExpertLayers() > 0)) {
                bytes += staged;
            } else if (!settings.cacheOnGpu() && gpu == 0 && !remote) {
                bytes += staged;
            }
            return bytes
                    + (gpus.get(gpu).kind() == DeviceKind.CUDA && flash ? compute.widened() : 0);
        }

        private LlamaCompute.Computes computes(int gpu) {
            return switch (gpus.get(gpu).kind()) {
                case RPC -> LlamaCompute.Computes.REMOTE;
                case VULKAN -> LlamaCompute.Computes.REORDERED;
                default -> LlamaCompute.Computes.GPU;
            };
        }

        private boolean pipelined() {
            return gpus.size() > 1
                    && placement.allOnGpus()
                    && settings.split() == LlamaSettings.SplitMode.LAYER
                    && settings.cacheOnGpu()
                    && settings.cpuExpertLayers() == 0
                    && gpus.stream().allMatch(g -> g.kind().pipelines());
        }

        private List<MemoryItem> hostItems(long weight, long kv, long state) {
            List<MemoryItem> items = new ArrayList<>();
            addWeights(items, weight);
            addCaches(items, kv, state);
            double bytes =
                    laid.isPresent()
                            ? laid.get()[gpus.size()]
                            : gpus.isEmpty()
                                    ? compute.device(true, LlamaCompute.Computes.ALONE, true)
                                    : beside();
            addCompute(items, bytes, DeviceKind.HOST, 0);
            long output =
                    4L
                            * cache.slots()
                            * (shape.vocabulary()
                                    + (settings.embeddings() || model.architecture().equals("t5")
                                            ? shape.embedding()
                                            : 0));
            items.add(
                    MemoryItem.exact(
                            ItemKind.OUTPUT,
                            output,
                            "logits of "
                                    + cache.slots()
                                    + (cache.slots() == 1 ? " slot" : " slots")));
            if (gpus.isEmpty()) {
                addSidecars(items);
            }
            Overheads.Fixed fixed = overheads.host();
            if (fixed.high().count() > 0) {
                items.add(
                        new MemoryItem(
                                ItemKind.CONTEXT,
                                fixed.bytes(),
                                fixed.low(),
                                fixed.high(),
                                fixed.provenance(),
                                fixed.because()));
            }
            addMargin(items);
            return items;
        }

        /** Layers on the host are computed there, unless a GPU takes large batches of them. */
        private double beside() {
            boolean computes =
                    placement.anyBlockOn(Placement.HOST)
                            && (!settings.offloadOperations()
                                    || gpus.getFirst().kind() == DeviceKind.RPC);
            double more = outputTooLarge ? compute.outputOnHost() : 0;
            boolean mismatch =
                    !flash
                            && settings.flashAttention().isEmpty()
                            && placement.anyBlockOn(Placement.HOST);
            more += mismatch ? compute.attentionOnHost() : 0;
            return computes
                    ? compute.device(true, LlamaCompute.Computes.BESIDE, true) + more
                    : more
                            + compute.hostBeside()
                            + (pipelined() ? 3 * compute.mask() : 0)
                            + scans();
        }

        private double scans() {
            boolean vulkan = gpus.stream().anyMatch(g -> g.kind() == DeviceKind.VULKAN);
            return vulkan ? compute.scans() : 0;
        }

        private void addWeights(List<MemoryItem> items, long bytes) {
            if (bytes <= 0) {
                return;
            }
            if (loaded.known()) {
                items.add(MemoryItem.exact(ItemKind.WEIGHTS, bytes, "tensors of the file"));
            } else {
                items.add(
                        new MemoryItem(
                                ItemKind.WEIGHTS,
                                Bytes.of(bytes),
                                Bytes.of((long) (bytes * 0.9)),
                                Bytes.of((long) (bytes * 1.1)),
                                Provenance.MODELLED,
                                "the file's size, shared out by formula"));
            }
        }

        private void addCaches(List<MemoryItem> items, long kv, long state) {
            if (kv > 0) {
                items.add(
                        MemoryItem.exact(
                                ItemKind.KV,
                                kv,
                                cache.context()
                                        + " tokens, "
                                        + settings.keys().word()
                                        + (settings.values() == settings.keys()
                                                ? ""
                                                : "/" + settings.values().word())));
            }
            if (state > 0) {
                items.add(
                        MemoryItem.exact(
                                ItemKind.RECURRENT,
                                state,
                                "state of "
                                        + cache.slots()
                                        + (cache.slots() == 1 ? " slot" : " slots")));
            }
        }

        private void addCompute(
                List<MemoryItem> items, double bytes, DeviceKind kind, long perhaps) {
            if (bytes <= 0) {
                return;
            }
            boolean plain =
                    !shape.experts().any()
                            && flash
                            && shape.layers().stream().allMatch(l -> l.stateBytes() == 0);
            double spread = plain ? 0.1 : 0.25;
            if (!gpus.isEmpty() && !placement.allOnGpus()) {
                spread += 0.15;
            }
            if (kind != DeviceKind.HOST && kind != DeviceKind.VULKAN && kind != DeviceKind.RPC) {
                spread += 0.15;
            }
            items.add(
                    new MemoryItem(
                            ItemKind.COMPUTE,
                            Bytes.of(Math.round(bytes)),
                            Bytes.of(Math.round(bytes * (1 - spread))),
                            Bytes.of(Math.round(bytes * (1 + spread)) + perhaps),
                            Provenance.MODELLED,
                            "one batch of "
                                    + settings.microBatch()
                                    + " tokens"
                                    + (flash ? "" : ", no flash attention")));
        }

        private void addSidecars(List<MemoryItem> items) {
            long inFile = loaded.projector();
            if (inFile > 0) {
                items.add(projector(inFile, "in the model's file"));
            }
            for (Sidecar sidecar : model.sidecars()) {
                switch (sidecar.kind()) {
                    case PROJECTOR ->
                            items.add(
                                    projector(
                                            tensorBytes(sidecar),
                                            "weights and encoder of the projector"));
                    case ADAPTER ->
                            items.add(
                                    MemoryItem.exact(
                                            ItemKind.WEIGHTS, tensorBytes(sidecar), "adapter"));
                    case DRAFT ->
                            items.add(
                                    new MemoryItem(
                                            ItemKind.DRAFT,
                                            Bytes.of(tensorBytes(sidecar) + (224L << 20)),
                                            Bytes.of(tensorBytes(sidecar)),
                                            Bytes.of(tensorBytes(sidecar) + (512L << 20)),
                                            Provenance.ASSUMED,
                                            "weights of the draft model, its cache and buffers"));
                }
            }
        }

        private MemoryItem projector(long bytes, String because) {
            return new MemoryItem(
                    ItemKind.PROJECTOR,
                    Bytes.of((long) (bytes * 1.4)),
                    Bytes.of(bytes),
                    Bytes.of(bytes + (1L << 30)),
                    Provenance.ASSUMED,
                    because);
        }

        private long tensorBytes(Sidecar sidecar) {
            long sum = sidecar.tensors().stream().mapToLong(t -> t.bytes().count()).sum();
            return sum > 0 ? sum : sidecar.bytes().count();
        }

        /** What the bands leave open above, and a little for alignment. */
        private void addMargin(List<MemoryItem> items) {
            long open = 16L << 20;
            for (MemoryItem item : items) {
                open += item.high().count() - item.bytes().count();
            }
            items.add(
                    new MemoryItem(
                            ItemKind.MARGIN,
                            Bytes.of(open),
                            Bytes.of(open),
                            Bytes.of(open),
                            Provenance.ASSUMED,
                            "what the bands leave open, and 16 MiB"));
        }
    }
}
