package dev.stoker.memory;

import dev.stoker.base.Bytes;

import java.util.List;

/**
 * How much memory a model will take, in all memories together.
 *
 * @param expected the most likely figure
 * @param low the band's lower end
 * @param high the band's upper end: what must be free to be safe
 * @param items what it consists of; their bytes add up to {@code expected}
 */
public record MemoryEstimate(Bytes expected, Bytes low, Bytes high, List<Item> items) {
    public MemoryEstimate {
        items = List.copyOf(items);
    }

    /**
     * One part.
     *
     * @param kind weights, kv, overhead …
     * @param provenance where the figure is from: exact, modelled, assumed, and from what
     */
    public record Item(String kind, Bytes bytes, String provenance) {}
}
