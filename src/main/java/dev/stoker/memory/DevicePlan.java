package dev.stoker.memory;

import dev.stoker.base.Bytes;

import java.util.List;

/**
 * What one device will hold of one model.
 *
 * @param items what it consists of
 * @param layers numbers of the layers that lie on it; the output layer has the number of blocks
 */
public record DevicePlan(MemoryDevice device, List<MemoryItem> items, List<Integer> layers) {
    public DevicePlan {
        items = List.copyOf(items);
        layers = List.copyOf(layers);
    }

    /** Returns the most likely bytes of one kind. */
    public Bytes of(ItemKind kind) {
        Bytes sum = Bytes.ZERO;
        for (MemoryItem item : items) {
            if (item.kind() == kind) {
                sum = sum.plus(item.bytes());
            }
        }
        return sum;
    }

    /**
     * Returns the most likely bytes of all that the server will take: everything but the margin.
     */
    public Bytes total() {
        Bytes sum = Bytes.ZERO;
        for (MemoryItem item : items) {
            if (item.kind() != ItemKind.MARGIN) {
                sum = sum.plus(item.bytes());
            }
        }
        return sum;
    }

    /** Returns what must be free to be safe: the total and the margin. */
    public Bytes wanted() {
        return total().plus(of(ItemKind.MARGIN));
    }

    /** Returns whether what is wanted is free. */
    public boolean fits() {
        return wanted().compareTo(device.free()) <= 0;
    }
}
