package dev.stoker.explain.log;

/**
 * How a runner is started.
 *
 * @param file the path of the weights
 * @param context tokens of all slots together, or −1
 * @param slots requests at once, or −1
 * @param batch tokens of a batch, or −1
 * @param gpuLayers layers that were asked onto the GPU, or −1
 * @param others the further options that force a load when they differ, in words
 */
public record LoadLine(
        String file, long context, long slots, long batch, long gpuLayers, String others) {

    /** Returns the context of one slot, or −1. */
    public long contextOfSlot() {
        return context < 0 ? -1 : context / Math.max(1, slots);
    }
}
