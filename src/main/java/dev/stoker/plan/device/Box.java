package dev.stoker.plan.device;

import dev.stoker.memory.MemoryDevice;

import java.util.ArrayList;
import java.util.List;

/**
 * A machine to plan for.
 *
 * @param name short, as in {@code --box thor}
 * @param title for people
 * @param gpus in the server's order; may be empty
 * @param host its own memory and processors
 * @param disk how fast its disk reads, GB/s
 */
public record Box(
        String name, String title, List<ComputeDevice> gpus, ComputeDevice host, double disk) {
    public Box {
        gpus = List.copyOf(gpus);
    }

    /** Returns the GPUs, then the host. */
    public List<ComputeDevice> devices() {
        List<ComputeDevice> all = new ArrayList<>(gpus);
        all.add(host);
        return all;
    }

    /** Returns the memories in the same order. */
    public List<MemoryDevice> memories() {
        return devices().stream().map(ComputeDevice::memory).toList();
    }
}
