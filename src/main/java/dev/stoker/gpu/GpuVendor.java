package dev.stoker.gpu;

/** Who makes a GPU. */
public enum GpuVendor {
    NVIDIA,
    AMD,
    INTEL,
    OTHER
}
