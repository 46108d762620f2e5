package dev.stoker.gpu.sysfs;

import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuSample;

import java.util.List;

/** One card as its vendor's files tell it. Used by one thread. */
public interface GpuCard {

    GpuDevice device();

    DrmCard card();

    /**
     * Puts in what the card tells now.
     *
     * @param look who uses it
     */
    void fill(GpuSample.Builder sample, Look look);

    /** Puts in what is known of it without touching it. */
    void fillAsleep(GpuSample.Builder sample);

    /**
     * Who uses a card, at one look.
     *
     * @param clients of this card
     * @param sawAll whether the files of all users could be seen
     * @param nanos when, on the monotonic clock
     * @param since nanoseconds since the look before; 0 at the first
     */
    record Look(List<DrmClients.Client> clients, boolean sawAll, long nanos, long since) {}
}
