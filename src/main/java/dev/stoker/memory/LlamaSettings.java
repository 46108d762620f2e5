package dev.stoker.memory;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * With which settings llama.cpp loads a model: those of llama-server, which Ollama passes too. An
 * empty one is the server's own default.
 *
 * @param context tokens of context in all ({@code -c}); empty: as trained (or what fits)
 * @param parallel slots ({@code -np}); empty: as the server picks, 4 that share one context
 * @param unifiedCache whether slots share one cache ({@code -kvu}); empty: only with slots unset
 * @param batch logical batch ({@code -b})
 * @param microBatch physical batch ({@code -ub})
 * @param keys type of the keys ({@code -ctk})
 * @param values type of the values ({@code -ctv})
 * @param flashAttention {@code -fa}: on, off; empty: auto
 * @param gpuLayers {@code -ngl}, the output layer counted; empty: all that fit
 * @param split {@code -sm}
 * @param tensorSplit shares by device ({@code -ts}); empty: by free memory
 * @param mainGpu {@code -mg}
 * @param cpuExpertLayers of how many first layers the experts stay on the host ({@code -ncmoe});
 *     {@code Integer.MAX_VALUE}: of all ({@code -cmoe})
 * @param fullWindowCache whether layers with a window keep the whole context ({@code --swa-full})
 * @param cacheOnGpu whether keys and values follow their layer ({@code -nkvo} says no)
 * @param memoryMap whether host weights are mapped from the file ({@code --no-mmap} says no)
 * @param repack whether weights on the CPU may be stored in another order ({@code -nr} says no)
 * @param offloadOperations whether large batches are computed on a GPU with weights that lie on the
 *     host ({@code --no-op-offload} says no)
 * @param embeddings whether the server makes embeddings or rankings
 * @param multiTokenPrediction whether blocks for multi-token prediction are loaded
 * @param fit whether the server may fit context and layers into free memory ({@code -fit})
 */
public record LlamaSettings(
        OptionalLong context,
        OptionalInt parallel,
        Optional<Boolean> unifiedCache,
        int batch,
        int microBatch,
        CacheType keys,
        CacheType values,
        Optional<Boolean> flashAttention,
        OptionalInt gpuLayers,
        SplitMode split,
        List<Double> tensorSplit,
        int mainGpu,
        int cpuExpertLayers,
        boolean fullWindowCache,
        boolean cacheOnGpu,
        boolean memoryMap,
        boolean repack,
        boolean offloadOperations,
        boolean embeddings,
        boolean multiTokenPrediction,
        boolean fit) {
    public LlamaSettings {
        tensorSplit = List.copyOf(tensorSplit);
    }

    /** How a model is spread over several GPUs. */
    public enum SplitMode {
        NONE,
        LAYER,
        ROW,
        TENSOR
    }

    /** Returns what a llama-server started without options has. */
    public static LlamaSettings defaults() {
        return new Builder().build();
    }

    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Changes settings one by one. Used by one thread. */
    public static final class Builder {
        private OptionalLong context = OptionalLong.empty();
        private OptionalInt parallel = OptionalInt.empty();
        private Optional<Boolean> unifiedCache = Optional.empty();
        private int batch = 2048;
        private int microBatch = 512;
        private CacheType keys = CacheType.F16;
        private CacheType values = CacheType.F16;
        private Optional<Boolean> flashAttention = Optional.empty();
        private OptionalInt gpuLayers = OptionalInt.empty();
        private SplitMode split = SplitMode.LAYER;
        private List<Double> tensorSplit = List.of();
        private int mainGpu;
        private int cpuExpertLayers;
        private boolean fullWindowCache;
        private boolean cacheOnGpu = true;
        private boolean memoryMap = true;
        private boolean repack = true;
        private boolean offloadOperations = true;
        private boolean embeddings;
        private boolean multiTokenPrediction;
        private boolean fit = true;

        public Builder() {}

        private Builder(LlamaSettings s) {
            context = s.context;
            parallel = s.parallel;
            unifiedCache = s.unifiedCache;
            batch = s.batch;
            microBatch = s.microBatch;
            keys = s.keys;
            values = s.values;
            flashAttention = s.flashAttention;
            gpuLayers = s.gpuLayers;
            split = s.split;
            tensorSplit = s.tensorSplit;
            mainGpu = s.mainGpu;
            cpuExpertLayers = s.cpuExpertLayers;
            fullWindowCache = s.fullWindowCache;
            cacheOnGpu = s.cacheOnGpu;
            memoryMap = s.memoryMap;
            repack = s.repack;
            offloadOperations = s.offloadOperations;
            embeddings = s.embeddings;
            multiTokenPrediction = s.multiTokenPrediction;
            fit = s.fit;
        }

        public Builder context(long tokens) {
            context = OptionalLong.of(tokens);
            return this;
        }

        public Builder parallel(int slots) {
            parallel = OptionalInt.of(slots);
            return this;
        }

        public Builder unifiedCache(boolean shared) {
            unifiedCache = Optional.of(shared);
            return this;
        }

        public Builder batch(int tokens) {
            batch = tokens;
            return this;
        }

        public Builder microBatch(int tokens) {
            microBatch = tokens;
            return this;
        }

        public Builder cache(CacheType keyType, CacheType valueType) {
            keys = keyType;
            values = valueType;
            return this;
        }

        public Builder flashAttention(boolean on) {
            flashAttention = Optional.of(on);
            return this;
        }

        public Builder gpuLayers(int layers) {
            gpuLayers = OptionalInt.of(layers);
            return this;
        }

        public Builder split(SplitMode mode) {
            split = mode;
            return this;
        }

        public Builder tensorSplit(List<Double> shares) {
            tensorSplit = shares;
            return this;
        }

        public Builder mainGpu(int index) {
            mainGpu = index;
            return this;
        }

        public Builder cpuExpertLayers(int layers) {
            cpuExpertLayers = layers;
            return this;
        }

        public Builder fullWindowCache(boolean full) {
            fullWindowCache = full;
            return this;
        }

        public Builder cacheOnGpu(boolean follow) {
            cacheOnGpu = follow;
            return this;
        }

        public Builder memoryMap(boolean mapped) {
            memoryMap = mapped;
            return this;
        }

        public Builder repack(boolean may) {
            repack = may;
            return this;
        }

        public Builder offloadOperations(boolean may) {
            offloadOperations = may;
            return this;
        }

        public Builder embeddings(boolean made) {
            embeddings = made;
            return this;
        }

        public Builder multiTokenPrediction(boolean loaded) {
            multiTokenPrediction = loaded;
            return this;
        }

        public Builder fit(boolean may) {
            fit = may;
            return this;
        }

        public LlamaSettings build() {
            return new LlamaSettings(
                    context,
                    parallel,
                    unifiedCache,
                    batch,
                    microBatch,
                    keys,
                    values,
                    flashAttention,
                    gpuLayers,
                    split,
                    tensorSplit,
                    mainGpu,
                    cpuExpertLayers,
                    fullWindowCache,
                    cacheOnGpu,
                    memoryMap,
                    repack,
                    offloadOperations,
                    embeddings,
                    multiTokenPrediction,
                    fit);
        }
    }
}
