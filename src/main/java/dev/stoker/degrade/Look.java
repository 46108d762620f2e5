package dev.stoker.degrade;

import dev.stoker.base.Reading;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What could be seen of the machine around one measurement. Immutable.
 *
 * @param signs figures; one that is missing was not asked for
 * @param slowedBy codes of the reasons that slowed a GPU in the middle of an answer; empty for none
 * @param runner how the process that holds the model was started
 * @param sharedMemory whether the GPU's memory is the host's
 * @param freeBlocks how many blocks of 1, 2, 4 … pages are free
 */
public record Look(
        Map<Sign, Reading<Double>> signs,
        Reading<List<String>> slowedBy,
        Reading<String> runner,
        Reading<Boolean> sharedMemory,
        Reading<List<Long>> freeBlocks) {
    private static final Reading<Double> NOT_SEEN = Reading.unsupported("it was not looked at");

    public Look {
        Map<Sign, Reading<Double>> copy = new EnumMap<>(Sign.class);
        copy.putAll(signs);
        signs = Collections.unmodifiableMap(copy);
        slowedBy = slowedBy.map(List::copyOf);
        freeBlocks = freeBlocks.map(List::copyOf);
    }

    /** Returns one that saw nothing. */
    public static Look blind(String reason) {
        return new Look(
                Map.of(),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason));
    }

    public Reading<Double> sign(Sign sign) {
        return signs.getOrDefault(sign, NOT_SEEN);
    }
}
