package dev.stoker.memory.llama;

import dev.stoker.base.Bytes;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryItem;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelShape;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One estimate of what one model takes with some settings. */
final class LlamaEstimate {
    private final ModelDescription model;
    private final ModelShape shape;
    private final Overheads overheads;
    private final LlamaSettings settings;
    private final List<MemoryDevice> gpus;
    private final MemoryDevice host;
    private final Placement placement;
    private final LlamaCache cache;
    private final LlamaCompute compute;
    private final LlamaWeights loaded;
    private final LlamaShares shares;
    private final LlamaItems make;
    private final boolean flash;
    private final Optional<long[]> laid;
    private final List<String> remarks = new ArrayList<>();

    /**
     * @param context that is asked for
     * @param known what was laid out before for this model
     */
    LlamaEstimate(
            ModelDescription model,
            ModelShape shape,
            Overheads overheads,
            LlamaWeights loaded,
            LlamaSettings settings,
            List<MemoryDevice> gpus,
            MemoryDevice host,
            long context,
            Map<Object, long[]> known) {
        this.model = model;
        this.shape = shape;
        this.overheads = overheads;
        this.loaded = loaded;
        this.settings = settings;
        this.gpus = gpus;
        this.host = host;
        String architecture = model.architecture();
        placement = Placement.of(shape.blocks(), settings, gpus);
        long batch = Math.min(Math.max(1, settings.batch()), context);
        long asked = Math.max(1, Math.min(batch, settings.microBatch()));
        cache = LlamaCache.of(shape, settings, context, settings.microBatch());
        long micro = Math.min(asked, cache.context());
        LlamaGraphs graphs =
                new LlamaGraphs(architecture, shape, settings, placement, gpus, loaded, known);
        flash = flash(graphs);
        compute = new LlamaCompute(architecture, shape, settings, cache, flash, micro);
        shares =
                new LlamaShares(
                        architecture, shape, settings, gpus, placement, cache, loaded, turned());
        laid = graphs.compute(cache, flash, micro, pipelined());
        make =
                new LlamaItems(
                        model,
                        shape,
                        settings,
                        cache,
                        loaded,
                        flash,
                        !gpus.isEmpty() && !placement.allOnGpus(),
                        laid.isPresent());
    }

    private boolean flash(LlamaGraphs graphs) {
        if (model.architecture().equals("grok")) {
            return false;
        }
        if (settings.flashAttention().isPresent()) {
            return settings.flashAttention().get();
        }
        return settings.values().quantized() || graphs.flash(cache);
    }

    /** Returns whether llama.cpp knows from the beginning that there is no flash attention. */
    private boolean turned() {
        return !flash
                && (settings.flashAttention().isPresent() || model.architecture().equals("grok"));
    }

    MemoryPlan plan() {
        int count = gpus.size();
        List<DevicePlan> plans = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            plans.add(new DevicePlan(gpus.get(i), gpuItems(i), layersOn(i)));
        }
        plans.add(new DevicePlan(host, hostItems(), layersOn(Placement.HOST)));
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
            remarks.add("The source does not tell the tensors: weights are shared out by formula.");
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

    private List<MemoryItem> gpuItems(int gpu) {
        MemoryDevice device = gpus.get(gpu);
        List<MemoryItem> items = new ArrayList<>();
        boolean used =
                placement.device()[placement.layers() - 1] == gpu || placement.anyBlockOn(gpu);
        make.addWeights(items, shares.weights(gpu));
        make.addCaches(items, shares.keysAndValues(gpu), shares.states(gpu));
        double bytes = laid.map(b -> (double) b[gpu]).orElseGet(() -> gpuCompute(gpu, used));
        boolean widens = laid.isEmpty() && device.kind() == DeviceKind.CUDA && flash && bytes > 0;
        bytes += widens ? compute.widened() : 0;
        make.addCompute(items, bytes, device.kind(), gpu == 0 ? shares.secondExpert() : 0);
        if (gpu == Math.clamp(settings.mainGpu(), 0, gpus.size() - 1)) {
            make.addSidecars(items);
        }
        if (used || bytes > 0) {
            make.addFixed(items, overheads.of(device.kind()));
            make.addMargin(items);
        }
        return items;
    }

    private double gpuCompute(int gpu, boolean used) {
        long staged = shares.staged();
        boolean first = placement.device()[0] == gpu;
        if (!used) {
            boolean helps = gpu == 0 && placement.gpuLayers() == 0 && settings.offloadOperations();
            return helps
                    ? compute.device(true, computes(gpu), !shares.outputTooLarge()) + staged
                    : 0;
        }
        boolean remote = gpus.get(gpu).kind() == DeviceKind.RPC;
        double bytes = compute.device(first, computes(gpu), !shares.outputTooLarge());
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
        return bytes;
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

    private List<MemoryItem> hostItems() {
        List<MemoryItem> items = new ArrayList<>();
        int last = gpus.size();
        make.addWeights(items, shares.weights(last));
        make.addCaches(items, shares.keysAndValues(last), shares.states(last));
        double bytes =
                laid.isPresent()
                        ? laid.get()[gpus.size()]
                        : gpus.isEmpty()
                                ? compute.device(true, LlamaCompute.Computes.ALONE, true)
                                : beside();
        make.addCompute(items, bytes, DeviceKind.HOST, 0);
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
                        "logits of " + cache.slots() + (cache.slots() == 1 ? " slot" : " slots")));
        if (gpus.isEmpty()) {
            make.addSidecars(items);
        }
        make.addFixed(items, overheads.host());
        make.addMargin(items);
        return items;
    }

    /** Layers on the host are computed there, unless a GPU takes large batches of them. */
    private double beside() {
        boolean computes =
                placement.anyBlockOn(Placement.HOST)
                        && (!settings.offloadOperations()
                                || gpus.getFirst().kind() == DeviceKind.RPC);
        double more = shares.outputTooLarge() ? compute.outputOnHost() : 0;
        boolean mismatch =
                !flash
                        && settings.flashAttention().isEmpty()
                        && placement.anyBlockOn(Placement.HOST);
        more += mismatch ? compute.attentionOnHost() : 0;
        return computes
                ? compute.device(true, LlamaCompute.Computes.BESIDE, true) + more
                : more + compute.hostBeside() + (pipelined() ? 3 * compute.mask() : 0) + scans();
    }

    private double scans() {
        boolean vulkan = gpus.stream().anyMatch(g -> g.kind() == DeviceKind.VULKAN);
        return vulkan ? compute.scans() : 0;
    }
}
