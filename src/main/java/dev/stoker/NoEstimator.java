package dev.stoker;

import dev.stoker.base.Reading;
import dev.stoker.memory.*;

final class NoEstimator implements MemoryEstimator {
    @Override
    public Reading<MemoryEstimate> estimate(ModelFacts f, long c) {
        return Reading.unsupported("not wired");
    }
}
