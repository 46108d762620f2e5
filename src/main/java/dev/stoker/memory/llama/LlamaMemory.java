package dev.stoker.memory.llama;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelShape;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What llama.cpp allocates for one model, device by device: llama-server's rules for layers, caches
 * and buffers, which Ollama uses too since it runs llama-server. Weights, caches and output are
 * exact where the tensors are known; compute buffers are modelled. Made once a model, asked for
 * many settings. Pure and thread-safe.
 */
public final class LlamaMemory {
    private static final long MOST_CONTEXT = 1L << 31;

    private final ModelDescription model;
    private final ModelShape shape;
    private final Overheads overheads;
    private final LlamaWeights weights;
    private final LlamaWeights weightsWithPrediction;
    private final Map<Object, long[]> known = new ConcurrentHashMap<>();

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
        LlamaWeights loaded = settings.multiTokenPrediction() ? weightsWithPrediction : weights;
        return new LlamaEstimate(
                        model,
                        shape,
                        overheads,
                        loaded,
                        settings,
                        gpus,
                        host,
                        context(settings),
                        known)
                .plan();
    }
}
