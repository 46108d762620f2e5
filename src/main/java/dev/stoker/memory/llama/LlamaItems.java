package dev.stoker.memory.llama;

import dev.stoker.base.Bytes;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryItem;
import dev.stoker.memory.Provenance;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelShape;
import dev.stoker.model.Sidecar;

import java.util.List;

/** Makes the items of a plan out of amounts: with their bands, and from what they follow. */
final class LlamaItems {
    private final ModelDescription model;
    private final ModelShape shape;
    private final LlamaSettings settings;
    private final LlamaCache cache;
    private final LlamaWeights loaded;
    private final boolean flash;
    private final boolean partial;
    private final boolean laid;

    /**
     * @param partial whether some layers are on GPUs and some are not
     * @param laid whether compute buffers are laid out, not modelled by formula
     */
    LlamaItems(
            ModelDescription model,
            ModelShape shape,
            LlamaSettings settings,
            LlamaCache cache,
            LlamaWeights loaded,
            boolean flash,
            boolean partial,
            boolean laid) {
        this.model = model;
        this.shape = shape;
        this.settings = settings;
        this.cache = cache;
        this.loaded = loaded;
        this.flash = flash;
        this.partial = partial;
        this.laid = laid;
    }

    void addWeights(List<MemoryItem> items, long bytes) {
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

    void addCaches(List<MemoryItem> items, long kv, long state) {
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

    void addCompute(List<MemoryItem> items, double bytes, DeviceKind kind, long perhaps) {
        if (bytes <= 0) {
            return;
        }
        boolean plain =
                !shape.experts().any()
                        && flash
                        && shape.layers().stream().allMatch(l -> l.stateBytes() == 0);
        double spread = laid || plain ? 0.1 : 0.25;
        if (partial && !laid) {
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

    void addSidecars(List<MemoryItem> items) {
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

    /** What a process takes on a device beyond its own buffers. */
    void addFixed(List<MemoryItem> items, Overheads.Fixed fixed) {
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
    }

    /** What the bands leave open above, and a little for alignment. */
    void addMargin(List<MemoryItem> items) {
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
