package dev.stoker.gpu;

/**
 * Reads the GPUs of one driver. All methods are called by one thread, not always the one that made
 * the source: a source opens what it needs at the first sample. A call may take as long as the
 * driver takes, which can be for ever; {@link GpuCollector} is the bound.
 */
public interface GpuSource extends AutoCloseable {

    /** Returns a short name such as {@code NVML}. */
    String name();

    /**
     * Looks at all GPUs now. Never throws for what a driver does: that becomes trouble or a
     * reading.
     */
    GpuReport sample();

    /** Lets go of the driver. May be called more than once. */
    @Override
    void close();
}
