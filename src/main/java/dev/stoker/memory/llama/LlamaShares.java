package dev.stoker.memory.llama;

import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelShape;

import java.util.List;

/** How weights, caches and states are shared out over devices, the host last. */
final class LlamaShares {
    private static final long CHUNK = 1L << 30;

    private final String architecture;
    private final ModelShape shape;
    private final LlamaSettings settings;
    private final List<MemoryDevice> gpus;
    private final Placement placement;
    private final LlamaCache cache;
    private final LlamaWeights loaded;
    private final long[] weights;
    private final long[] kv;
    private final long[] state;
    private boolean outputTooLarge;
    private long secondExpert;
    private long staged;

    LlamaShares(
            String architecture,
            ModelShape shape,
            LlamaSettings settings,
            List<MemoryDevice> gpus,
            Placement placement,
            LlamaCache cache,
            LlamaWeights loaded,
            boolean turned) {
        this.architecture = architecture;
        this.shape = shape;
        this.settings = settings;
        this.gpus = gpus;
        this.placement = placement;
        this.cache = cache;
        this.loaded = loaded;
        weights = new long[gpus.size() + 1];
        kv = new long[gpus.size() + 1];
        state = new long[gpus.size() + 1];
        weigh(weights);
        caches(turned);
    }

    long weights(int device) {
        return weights[device];
    }

    long keysAndValues(int device) {
        return kv[device];
    }

    long states(int device) {
        return state[device];
    }

    /** Returns whether the output layer stays on the host, since a GPU can't compute with it. */
    boolean outputTooLarge() {
        return outputTooLarge;
    }

    /** Returns the largest weight or cache of a layer that stays on the host. */
    long staged() {
        return staged;
    }

    /** Returns what a second copy of a layer's experts may take. */
    long secondExpert() {
        return secondExpert;
    }

    /**
     * Returns whether the output layer is made of the table of tokens in memory of its own: some
     * architectures do so, and it is so where a GPU looks up tokens but does not multiply.
     */
    private boolean copiedApart(LlamaWeights.Weight copy) {
        boolean architectures = architecture.equals("gemma3n") || architecture.equals("gemma4");
        boolean looksUpOnly =
                gpus.stream()
                        .filter(g -> g.kind().hasHostBuffer())
                        .findFirst()
                        .map(g ->
                                copy.bytes() <= g.largestTensor().count()
                                        && !LlamaWeights.fits(copy, g))
                        .orElse(false);
        return !settings.memoryMap() && (architectures || looksUpOnly);
    }

    private long on(int gpu, LlamaWeights.Weight w) {
        return CudaRows.bytes(gpus.get(gpu).kind(), w.bytes(), w.dimensions());
    }

    /** Adds up weights by device. */
    private void weigh(long[] bytes) {
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
                    bytes[i] += placement.anyBlockOn(i) ? on(i, w) : 0;
                }
                if (!placement.anyBlockOn(Placement.HOST)) {
                    continue;
                }
            }
            int device = LlamaWeights.device(w, placement, settings.cpuExpertLayers());
            boolean tooLarge = device >= 0 && !LlamaWeights.fits(w, gpus.get(device));
            if (device >= 0 && !tooLarge) {
                bytes[device] += on(device, w);
                continue;
            }
            outputTooLarge |= tooLarge && w.layer() == placement.layers() - 1;
            boolean copied = packs && w.packed() > 0 && (!hostBuffer || tooLarge);
            if (copied) {
                bytes[count] += w.packed();
            } else if (w.copy()) {
                // Else it is the same memory as the one that is looked up.
                bytes[count] += copiedApart(w) ? w.bytes() : 0;
                continue;
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
        for (int f = 0; f < any.length; f++) {
            bytes[count] += any[f] ? last[f] - first[f] : 0;
        }
        // Beyond the size of Vulkan's chunks the second copy does not take the first one's
        // place.
        boolean chunked =
                expert > CHUNK && gpus.stream().anyMatch(g -> g.kind() == DeviceKind.VULKAN);
        secondExpert = chunked ? 0 : expert;
        staged = chunked ? largest + expert : largest;
    }

    /**
     * Adds up caches by device.
     *
     * @param turned whether values are kept element by element, each layer's as wide as the widest
     */
    private void caches(boolean turned) {
        int count = gpus.size();
        long widest = 0;
        if (turned) {
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
            DeviceKind kind = on < 0 ? DeviceKind.HOST : gpus.get(on).kind();
            long bytes = cache.layer(kind, layer, settings, shape.latent(), widest);
            kv[at] += bytes;
            state[at] += Math.multiplyExact(layer.stateBytes(), (long) cache.slots());
            if (on < 0) {
                largest = Math.max(largest, bytes);
            }
        }
        staged = Math.max(staged, largest);
    }
}
