package dev.stoker.sim.engine;

import dev.stoker.sim.physics.ModelSpec;

/**
 * A loaded model as the server lists it.
 *
 * @param model which
 * @param totalBytes in all memories
 * @param gpuBytes on GPUs
 * @param context tokens a slot
 * @param secondsLeft until it goes by itself; infinite for never, negative when it is on its way
 *     out
 * @param active requests under way
 * @param pid its process
 * @param layersOnGpu layers that GPUs compute
 * @param command how its process was started
 */
public record Resident(
        ModelSpec model,
        long totalBytes,
        long gpuBytes,
        int context,
        double secondsLeft,
        int active,
        long pid,
        int layersOnGpu,
        String command) {}
