package dev.stoker.bench;

import dev.stoker.base.Reading;

import java.util.Set;

/** Tells how much others than the server keep the GPUs of its host busy. */
@FunctionalInterface
public interface OtherGpuUse {

    /**
     * Looks now.
     *
     * @param own the server's processes
     * @return the largest share of a GPU's time in the last second or so that all others together
     *     had, in thousandths
     */
    Reading<Long> permille(Set<Long> own);

    /** Returns one that knows nothing. */
    static OtherGpuUse unknown(String reason) {
        return _ -> Reading.unsupported(reason);
    }
}
