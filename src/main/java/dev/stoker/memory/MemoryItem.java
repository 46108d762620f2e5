package dev.stoker.memory;

import dev.stoker.base.Bytes;

/**
 * One thing that takes memory on one device.
 *
 * @param bytes the most likely figure
 * @param low the band's lower end
 * @param high the band's upper end
 * @param because one phrase for a person: from what it follows
 */
public record MemoryItem(
        ItemKind kind, Bytes bytes, Bytes low, Bytes high, Provenance provenance, String because) {

    public static MemoryItem exact(ItemKind kind, long bytes, String because) {
        Bytes b = Bytes.of(bytes);
        return new MemoryItem(kind, b, b, b, Provenance.EXACT, because);
    }
}
