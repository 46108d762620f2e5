package dev.stoker.memory;

import dev.stoker.base.Bytes;

import java.util.List;
import java.util.Optional;

/**
 * What one model takes with given settings, device by device. Made by a pure estimator.
 *
 * @param devices the GPUs in order, then the host
 * @param gpuLayers layers on GPUs, the output layer counted as llama.cpp does
 * @param allLayers how many there are: blocks and the output layer
 * @param context tokens of context in all, after the server's rounding
 * @param slots requests that can be answered at once
 * @param remarks what the server will do that a reader may not expect, a sentence each
 */
public record MemoryPlan(
        List<DevicePlan> devices,
        int gpuLayers,
        int allLayers,
        long context,
        int slots,
        List<String> remarks) {
    public MemoryPlan {
        devices = List.copyOf(devices);
        remarks = List.copyOf(remarks);
    }

    /** Returns the host's part. */
    public Optional<DevicePlan> host() {
        return devices.stream().filter(d -> d.device().kind() == DeviceKind.HOST).findFirst();
    }

    /** Returns the most likely bytes over all devices. */
    public Bytes total() {
        return devices.stream().map(DevicePlan::total).reduce(Bytes.ZERO, Bytes::plus);
    }

    /** Returns whether every device has room for its part. */
    public boolean fits() {
        return devices.stream().allMatch(DevicePlan::fits);
    }
}
