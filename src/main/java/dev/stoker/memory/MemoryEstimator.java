package dev.stoker.memory;

import dev.stoker.base.Reading;

import java.util.OptionalLong;

/** Says how much memory a model will take. Pure and thread-safe. */
public interface MemoryEstimator {

    /**
     * Returns the estimate, or why there can be none: neither a size nor a name that tells one.
     *
     * @param facts what is known of the model
     * @param contextLength tokens of context that will be asked for; empty: as the server picks
     */
    Reading<MemoryEstimate> estimate(ModelFacts facts, OptionalLong contextLength);
}
