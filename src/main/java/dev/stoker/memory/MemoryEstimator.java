package dev.stoker.memory;

import dev.stoker.base.Reading;

/** Says how much memory a model will take. Pure and thread-safe. */
public interface MemoryEstimator {

    /**
     * Returns the estimate, or why there can be none: neither a size nor a name that tells one.
     *
     * @param facts what is known of the model
     * @param contextTokens all tokens of context that will be reserved: slots times context length
     */
    Reading<MemoryEstimate> estimate(ModelFacts facts, long contextTokens);
}
