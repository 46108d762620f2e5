package dev.stoker.memory.llama;

import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.llama.graph.Batch;
import dev.stoker.memory.llama.graph.ComputeBuffers;
import dev.stoker.memory.llama.graph.Device;
import dev.stoker.memory.llama.graph.Stored;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelShape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells the graph of a model's batch what is placed where. Pure. */
final class LlamaGraphs {
    private static final long GIB = 1L << 30;
    private static final int COPIES = 4;
    private static final int MOST_KNOWN = 1024;

    private final String architecture;
    private final ModelShape shape;
    private final LlamaSettings settings;
    private final Placement placement;
    private final List<MemoryDevice> gpus;
    private final LlamaWeights weights;
    private final Map<Object, long[]> known;

    /**
     * @param known what was laid out before for this model, by all that it depends on
     */
    LlamaGraphs(
            String architecture,
            ModelShape shape,
            LlamaSettings settings,
            Placement placement,
            List<MemoryDevice> gpus,
            LlamaWeights weights,
            Map<Object, long[]> known) {
        this.architecture = architecture;
        this.shape = shape;
        this.settings = settings;
        this.placement = placement;
        this.gpus = gpus;
        this.weights = weights;
        this.known = known;
    }

    /**
     * Returns whether caches are made for attention that is no flash attention. Where llama.cpp may
     * choose it makes them for flash attention, before it knows.
     */
    private boolean turned() {
        return settings.flashAttention().isPresent() && !settings.flashAttention().get();
    }

    /**
     * @return bytes of compute buffers, the host's last; empty where the graph is not known
     */
    Optional<long[]> compute(LlamaCache cache, boolean flash, long microBatch, boolean pipelined) {
        if (!weights.known()) {
            return Optional.empty();
        }
        long tokens = Math.ceilDiv(microBatch, (long) cache.slots()) * cache.slots();
        int copies = pipelined ? COPIES : 1;
        Object key =
                List.of(
                        devices(),
                        Arrays.stream(placement.device()).boxed().toList(),
                        cache,
                        List.of(flash, turned(), tokens, copies),
                        List.of(settings.cacheOnGpu(), settings.cpuExpertLayers()),
                        List.of(settings.keys(), settings.values(), settings.embeddings()),
                        weights);
        long[] before = known.get(key);
        if (before != null) {
            return Optional.of(before);
        }
        Optional<long[]> laid = ComputeBuffers.of(batch(cache, flash, tokens, copies));
        laid.ifPresent(bytes -> {
            if (known.size() >= MOST_KNOWN) {
                known.clear();
            }
            known.put(key, bytes);
        });
        return laid;
    }

    /**
     * Returns whether llama.cpp takes flash attention where it may choose: where it is computed on
     * the device of its layer.
     */
    boolean flash(LlamaCache cache) {
        boolean choosy = gpus.stream().anyMatch(LlamaGraphs::choosy);
        boolean recurrent = shape.layers().stream().anyMatch(l -> l.stateBytes() > 0);
        if (!choosy && !recurrent) {
            return true; // Attention alone stays with its layers.
        }
        Optional<Boolean> tried =
                weights.known()
                        ? ComputeBuffers.attendsInPlace(batch(cache, true, cache.slots(), 1))
                        : Optional.empty();
        return tried.orElseGet(
                () -> !choosy || shape.layers().stream().allMatch(LlamaGraphs::attends));
    }

    private static boolean attends(LayerShape layer) {
        return layer.kvHeads() == 0
                || ComputeBuffers.attends(
                        layer.keyLength(), layer.valueLength(), layer.heads() / layer.kvHeads());
    }

    private Batch batch(LlamaCache cache, boolean flash, long tokens, int copies) {
        int host = gpus.size();
        List<Integer> layers = new ArrayList<>();
        List<Integer> caches = new ArrayList<>();
        for (int i = 0; i < shape.blocks(); i++) {
            int device = placement.device()[i] < 0 ? host : placement.device()[i];
            layers.add(device);
            caches.add(settings.cacheOnGpu() ? device : host);
        }
        List<Integer> kept =
                new LlamaLayers(shape, settings, placement, weights).kept(gpus, copies > 1);
        long outputs =
                settings.embeddings() || shape.encoder() || architecture.startsWith("t5")
                        ? tokens
                        : Math.min(tokens, cache.slots());
        return new Batch(
                architecture,
                shape,
                stored(kept),
                devices(),
                layers,
                caches,
                kept,
                flash,
                turned(),
                !settings.cacheOnGpu(),
                tokens,
                outputs,
                cache.streams(),
                cache.cells(),
                cache.windowCells(),
                settings.keys(),
                settings.values(),
                copies,
                cache.slots(),
                settings.embeddings());
    }

    private Map<String, Stored> stored(List<Integer> kept) {
        Map<String, Stored> stored = new HashMap<>();
        List<Integer> parts = new ArrayList<>(kept);
        parts.addAll(List.of(0, LlamaWeights.INPUT, LlamaWeights.EACH, shape.blocks()));
        for (int part : parts) {
            for (LlamaWeights.Weight w : weights.of(part)) {
                int device = LlamaWeights.device(w, placement, settings.cpuExpertLayers());
                boolean onHost = device < 0 || !LlamaWeights.fits(w, gpus.get(device));
                stored.put(
                        usual(w.name()),
                        new Stored(w.bytes(), w.dimensions(), onHost ? gpus.size() : device));
            }
        }
        return stored;
    }

    /** The encoder of T5 has names of its own. */
    private static String usual(String name) {
        return name.startsWith("enc.")
                ? name.substring("enc.".length()).replace(".attn_o.", ".attn_output.")
                : name;
    }

    private List<Device> devices() {
        List<Device> devices = new ArrayList<>();
        boolean chunked = false;
        for (MemoryDevice gpu : gpus) {
            boolean vulkan = gpu.kind() == DeviceKind.VULKAN;
            chunked |= vulkan && devices.isEmpty();
            devices.add(
                    new Device(
                            false,
                            gpu.largestTensor().count(),
                            vulkan ? GIB : Long.MAX_VALUE,
                            alignment(gpu.kind()),
                            settings.offloadOperations() && gpu.kind() != DeviceKind.RPC,
                            vulkan,
                            choosy(gpu),
                            LlamaWeights.scansEach(gpu.kind())));
        }
        devices.add(Device.processor(chunked ? GIB : Long.MAX_VALUE));
        return devices;
    }

    private static boolean choosy(MemoryDevice gpu) {
        return gpu.kind() == DeviceKind.CUDA || gpu.kind() == DeviceKind.ROCM;
    }

    private static long alignment(DeviceKind kind) {
        return switch (kind) {
            case CUDA, ROCM, SYCL -> 128;
            case METAL, VULKAN, RPC, HOST -> 32;
        };
    }
}
