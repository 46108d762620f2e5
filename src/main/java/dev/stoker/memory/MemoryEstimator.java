package dev.stoker.memory;

/** Says how much memory a model will take. Pure and thread-safe. */
public interface MemoryEstimator {

    /**
     * @param facts what is known of the model
     * @param contextTokens all tokens of context that will be reserved: slots times context length
     */
    MemoryEstimate estimate(ModelFacts facts, long contextTokens);
}
