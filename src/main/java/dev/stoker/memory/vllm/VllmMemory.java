package dev.stoker.memory.vllm;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryItem;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.memory.Provenance;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelShape;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * What vLLM takes of each GPU: a share of all its memory, of which the cache of keys and values
 * gets what weights, activations and graphs leave. Pure.
 *
 * <p>Source: vLLM's own accounting as its log tells it: requested = total × utilisation; cache =
 * requested − weights − peak of activations − what lies outside of PyTorch − graphs. On an A100
 * with 40 GB and Llama 3 8B: 35.55 − 14.96 − 0.10 − 9.37 GiB left 11.12 GiB.
 *
 * @param memory by device; the host is last
 * @param starts whether it would start at all
 * @param maxLength tokens a request may have
 * @param cacheTokens tokens that the cache holds
 * @param blocks of 16 tokens, over all layers
 * @param concurrency requests of full length at once
 * @param why it would not start; empty where it does
 */
public record VllmMemory(
        MemoryPlan memory,
        boolean starts,
        long maxLength,
        long cacheTokens,
        long blocks,
        double concurrency,
        String why) {
    private static final int BLOCK = 16;

    /**
     * How it is started.
     *
     * @param utilization {@code --gpu-memory-utilization}
     * @param maxLength {@code --max-model-len}; empty: as trained
     * @param tensorParallel {@code --tensor-parallel-size}
     * @param cacheBits bits of an element of keys and values: 16, or 8 for {@code --kv-cache-dtype
     *     fp8}
     * @param maxBatchedTokens {@code --max-num-batched-tokens}
     */
    public record Settings(
            double utilization,
            OptionalLong maxLength,
            int tensorParallel,
            int cacheBits,
            long maxBatchedTokens) {

        public static Settings usual(int gpus) {
            return new Settings(0.92, OptionalLong.empty(), Math.max(1, gpus), 16, 8192);
        }
    }

    /**
     * @throws UserError where the model's shape is unknown, or there is no GPU
     */
    public static VllmMemory of(
            ModelDescription model, Settings settings, List<MemoryDevice> devices) {
        if (!model.shape().isKnown()) {
            throw UserError.wrongUse(
                    "What "
                            + model.name()
                            + " takes can't be worked out: "
                            + model.shape().reason()
                            + ".",
                    "Name the model's folder.");
        }
        ModelShape shape = model.shape().value();
        List<MemoryDevice> gpus =
                devices.stream().filter(d -> d.kind() != DeviceKind.HOST).toList();
        if (gpus.isEmpty()) {
            throw UserError.wrongUse(
                    "vLLM needs a GPU, and none is planned for.", "Name one: --gpu \"RTX 3090\".");
        }
        int parallel = Math.clamp(settings.tensorParallel(), 1, gpus.size());
        long weights = model.fileSize().map(Bytes::count).orElse(0L) / parallel;
        long perToken = perToken(shape, settings, parallel);
        long maxLength = settings.maxLength().orElse(Math.max(1, shape.contextLength()));
        double activations = activations(shape, settings, parallel);
        List<DevicePlan> plans = new ArrayList<>();
        long least = Long.MAX_VALUE;
        String why = "";
        for (int i = 0; i < gpus.size(); i++) {
            MemoryDevice gpu = gpus.get(i);
            if (i >= parallel) {
                plans.add(new DevicePlan(gpu, List.of(), List.of()));
                continue;
            }
            long requested = (long) Math.ceil(gpu.capacity().count() * settings.utilization());
            long other = Math.round(activations) + Bytes.gib(0.25).count();
            long outside = Bytes.gib(0.35).count();
            long cache = Math.max(0, requested - weights - other - outside);
            if (gpu.free().count() < requested) {
                why =
                        "vLLM asks for "
                                + Bytes.of(requested).binary()
                                + " of "
                                + gpu.name()
                                + ", and "
                                + gpu.free().binary()
                                + " are free";
            } else if (cache == 0) {
                why = "the weights leave nothing of " + gpu.name() + " for keys and values";
            }
            least = Math.min(least, cache);
            plans.add(
                    new DevicePlan(
                            gpu,
                            List.of(
                                    MemoryItem.exact(ItemKind.WEIGHTS, weights, "safetensors"),
                                    modelled(
                                            ItemKind.KV,
                                            cache,
                                            0.9,
                                            1.05,
                                            "what the rest leaves of the share asked for"),
                                    modelled(
                                            ItemKind.COMPUTE,
                                            other,
                                            0.6,
                                            1.8,
                                            "activations of one batch and CUDA graphs"),
                                    modelled(
                                            ItemKind.CONTEXT,
                                            outside,
                                            0.6,
                                            2,
                                            "CUDA context, compiled code")),
                            IntStream.rangeClosed(0, shape.blocks()).boxed().toList()));
        }
        devices.stream()
                .filter(d -> d.kind() == DeviceKind.HOST)
                .findFirst()
                .ifPresent(host ->
                        plans.add(
                                new DevicePlan(
                                        host,
                                        List.of(
                                                modelled(
                                                        ItemKind.CONTEXT,
                                                        Bytes.gib(4).count(),
                                                        0.5,
                                                        2,
                                                        "Python, PyTorch, tokenizer")),
                                        List.of())));
        long blocks = perToken > 0 ? least / (perToken * BLOCK) : 0;
        long tokens = blocks * BLOCK;
        double concurrency = maxLength > 0 ? tokens / (double) maxLength : 0;
        if (why.isEmpty() && concurrency < 1) {
            why =
                    "the cache holds "
                            + tokens
                            + " tokens, and one request may have "
                            + maxLength
                            + ": lower --max-model-len";
        }
        MemoryPlan memory =
                new MemoryPlan(
                        plans,
                        shape.blocks() + 1,
                        shape.blocks() + 1,
                        tokens,
                        (int) Math.max(1, Math.min(concurrency, 1024)),
                        List.of());
        return new VllmMemory(memory, why.isEmpty(), maxLength, tokens, blocks, concurrency, why);
    }

    private static long perToken(ModelShape shape, Settings settings, int parallel) {
        double elements = 0;
        for (LayerShape layer : shape.layers()) {
            double heads = shape.latent() ? 1 : Math.max(1, layer.kvHeads() / (double) parallel);
            elements += layer.ownCache() ? heads * (layer.keyLength() + layer.valueLength()) : 0;
        }
        return Math.round(elements * settings.cacheBits() / 8);
    }

    /** The widest moment of one batch: feed-forward, and logits of it. */
    private static double activations(ModelShape shape, Settings settings, int parallel) {
        double widest = 0;
        for (LayerShape layer : shape.layers()) {
            double width =
                    layer.experts()
                            ? shape.experts().used() * (double) shape.experts().feedForward()
                            : layer.feedForward();
            widest = Math.max(widest, width);
        }
        double tokens = settings.maxBatchedTokens();
        return 2 * tokens * (3 * widest / parallel + 4 * shape.embedding())
                + 4.0 * Math.min(1024, tokens) * shape.vocabulary() / parallel;
    }

    private static MemoryItem modelled(
            ItemKind kind, long bytes, double low, double high, String because) {
        return new MemoryItem(
                kind,
                Bytes.of(bytes),
                Bytes.of(Math.round(bytes * low)),
                Bytes.of(Math.round(bytes * high)),
                Provenance.MODELLED,
                because);
    }
}
