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
 */
public record MemoryDevice(
        String name, DeviceKind kind, Bytes capacity, Bytes free, boolean unified) {}
