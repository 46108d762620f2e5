package dev.stoker.memory.llama;

import dev.stoker.memory.DeviceKind;

import java.util.List;

/**
 * What CUDA's backend, and ROCm's, which is made of it, takes beyond a tensor's own bytes: rows of
 * quantised tensors are lengthened to a multiple of 512 values, and each tensor begins at a
 * multiple of 128 bytes. Pure.
 */
final class CudaRows {
    private static final long VALUES = 512;
    private static final long ALIGNMENT = 128;
    private static final int LEAST_PLAIN_BYTES = 2;

    private CudaRows() {}

    /**
     * Returns the bytes of a tensor on a device.
     *
     * @param dimensions the contiguous one first; empty where they are not known
     */
    static long bytes(DeviceKind kind, long bytes, List<Long> dimensions) {
        if ((kind != DeviceKind.CUDA && kind != DeviceKind.ROCM) || dimensions.isEmpty()) {
            return bytes;
        }
        long row = dimensions.getFirst();
        long rows = 1;
        for (long n : dimensions.subList(1, dimensions.size())) {
            rows *= Math.max(1, n);
        }
        return bytes(kind, bytes, row, rows);
    }

    /**
     * Returns the bytes of a tensor of so many rows on a device.
     *
     * @param row values of one row
     */
    static long bytes(DeviceKind kind, long bytes, long row, long rows) {
        if ((kind != DeviceKind.CUDA && kind != DeviceKind.ROCM) || row <= 0 || rows <= 0) {
            return bytes;
        }
        long rowBytes = bytes / rows;
        boolean quantised = rowBytes < LEAST_PLAIN_BYTES * row;
        long more = quantised && row % VALUES != 0 ? VALUES - row % VALUES : 0;
        long all = bytes + Math.ceilDiv(rowBytes * more, row);
        return Math.ceilDiv(all, ALIGNMENT) * ALIGNMENT;
    }
}
