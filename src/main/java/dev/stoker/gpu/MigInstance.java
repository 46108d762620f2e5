package dev.stoker.gpu;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

/**
 * A part of a GPU that was split (NVIDIA MIG). Immutable.
 *
 * @param index its place among the parts of its GPU
 * @param name the profile, such as {@code 3g.40gb}
 * @param uuid the driver's lasting identifier, as CUDA_VISIBLE_DEVICES takes it
 * @param gpuInstance the number of the part
 * @param computeInstance the number of the compute instance in it
 * @param slices how many of the GPU's compute slices it has
 * @param memoryTotal its memory
 * @param memoryUsed what is used of it
 */
public record MigInstance(
        int index,
        Reading<String> name,
        Reading<String> uuid,
        Reading<Integer> gpuInstance,
        Reading<Integer> computeInstance,
        Reading<Integer> slices,
        Reading<Bytes> memoryTotal,
        Reading<Bytes> memoryUsed) {}
