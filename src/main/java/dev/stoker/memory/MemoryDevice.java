package dev.stoker.memory;

import dev.stoker.base.Bytes;

/**
 * A place where a model's parts can lie.
 *
 * @param name as the server names it where that is known ({@code Vulkan0}), else as people do
 * @param kind its backend
 * @param capacity all its memory
 * @param free what a new process may take now, or all that would be free on an idle machine
 * @param unified whether its memory is the host's: one pool, counted once
 * @param largestTensor the largest tensor that it can compute with; larger ones stay on the host
 */
public record MemoryDevice(
        String name,
        DeviceKind kind,
        Bytes capacity,
        Bytes free,
        boolean unified,
        Bytes largestTensor) {
    /** No bound that a tensor comes near. */
    public static final Bytes ANY_TENSOR = Bytes.of(Long.MAX_VALUE);

    /** A device that takes tensors of any size. */
    public MemoryDevice(String name, DeviceKind kind, Bytes capacity, Bytes free, boolean unified) {
        this(name, kind, capacity, free, unified, ANY_TENSOR);
    }

    /** Returns the same with so much free. */
    public MemoryDevice withFree(Bytes left) {
        return new MemoryDevice(name, kind, capacity, left, unified, largestTensor);
    }
}
