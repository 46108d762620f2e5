package dev.stoker.memory;

import dev.stoker.base.Bytes;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How much memory a model will take, in all memories together.
 *
 * @param expected the most likely figure
 * @param low the band's lower end
 * @param high the band's upper end
 * @param hostHigh what of that may lie in the host's own memory, which must be free to be safe: all
 *     of it where the GPUs are unknown or share the host's memory
 * @param items what it consists of; their bytes add up to {@code expected}
 */
public record MemoryEstimate(
        Bytes expected, Bytes low, Bytes high, Bytes hostHigh, List<Item> items) {
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

    /** Returns a plan's sums: each kind of item over all devices, the margin in the band alone. */
    public static MemoryEstimate of(MemoryPlan plan) {
        Bytes expected = Bytes.ZERO;
        Bytes low = Bytes.ZERO;
        Bytes high = Bytes.ZERO;
        Bytes hostHigh = Bytes.ZERO;
        Map<ItemKind, Bytes> bytes = new EnumMap<>(ItemKind.class);
        Map<ItemKind, MemoryItem> widest = new EnumMap<>(ItemKind.class);
        for (DevicePlan device : plan.devices()) {
            boolean host = device.device().kind() == DeviceKind.HOST || device.device().unified();
            for (MemoryItem item : device.items()) {
                boolean margin = item.kind() == ItemKind.MARGIN;
                expected = margin ? expected : expected.plus(item.bytes());
                low = margin ? low : low.plus(item.low());
                high = high.plus(item.high());
                hostHigh = host ? hostHigh.plus(item.high()) : hostHigh;
                if (!margin) {
                    bytes.merge(item.kind(), item.bytes(), Bytes::plus);
                    widest.merge(
                            item.kind(),
                            item,
                            (a, b) -> a.bytes().compareTo(b.bytes()) >= 0 ? a : b);
                }
            }
        }
        List<Item> items = new ArrayList<>();
        bytes.forEach((kind, sum) -> {
            MemoryItem item = widest.get(kind);
            items.add(
                    new Item(
                            kind.word(),
                            sum,
                            item == null
                                    ? Provenance.MODELLED.word()
                                    : item.provenance().word() + ": " + item.because()));
        });
        return new MemoryEstimate(expected, low, high, hostHigh, items);
    }
}
