package dev.stoker.gpu;

import dev.stoker.base.Reading;

/**
 * Which GPU a sample is of: what does not change while the driver runs. Texts are cleaned.
 * Immutable.
 *
 * @param index its place in the list, from 0; for NVIDIA's the number that {@code nvidia-smi} shows
 * @param name the maker's name of the board
 * @param uuid the driver's lasting identifier
 * @param pciBusId such as {@code 00000000:03:00.0}
 * @param vendor who makes it
 * @param unifiedMemory whether it has no memory of its own and works in the host's (Jetson, GB10,
 *     APU)
 * @param driver the driver's version
 */
public record GpuDevice(
        int index,
        Reading<String> name,
        Reading<String> uuid,
        Reading<String> pciBusId,
        GpuVendor vendor,
        boolean unifiedMemory,
        Reading<String> driver) {

    /** Returns a key that stays the same between samples, also while the GPU does not answer. */
    public String key() {
        return uuid.orElse(pciBusId.orElse(vendor + ":" + index));
    }

    public GpuDevice withIndex(int newIndex) {
        return newIndex == index
                ? this
                : new GpuDevice(newIndex, name, uuid, pciBusId, vendor, unifiedMemory, driver);
    }
}
