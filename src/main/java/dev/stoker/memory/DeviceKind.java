package dev.stoker.memory;

/** Which backend computes on a device: its buffers differ. */
public enum DeviceKind {
    /** The host's own memory and processors. */
    HOST,
    CUDA,
    ROCM,
    VULKAN,
    METAL,
    SYCL,
    /** Another process or machine that llama.cpp reaches by RPC. */
    RPC;

    /**
     * Returns whether llama.cpp runs several copies of a batch at once over devices of this kind.
     */
    public boolean pipelines() {
        return this == CUDA || this == ROCM || this == VULKAN || this == SYCL;
    }

    /**
     * Returns whether llama.cpp has host memory of this backend's own beside it, where it then
     * keeps what stays on the host; without, it may store such weights in an order of its own.
     */
    public boolean hasHostBuffer() {
        return this == CUDA || this == ROCM || this == VULKAN || this == SYCL;
    }
}
