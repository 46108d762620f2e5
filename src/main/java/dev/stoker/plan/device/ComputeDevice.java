package dev.stoker.plan.device;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.MemoryDevice;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A device with what speed depends on.
 *
 * @param memory its memory
 * @param bandwidth of its memory, GB/s
 * @param tflops dense rate at 16 bits; 0 where it is not known
 * @param matrixUnits whether that is the rate of matrix units
 * @param watts power under load; 0 where it is not known
 * @param processors streaming multiprocessors or the like, on which the driver's own memory depends
 * @param efficiency share of the bandwidth that decoding reaches with 16-bit weights, where
 *     measured
 * @param source where the figures are from, a phrase
 */
public record ComputeDevice(
        MemoryDevice memory,
        double bandwidth,
        double tflops,
        boolean matrixUnits,
        double watts,
        OptionalInt processors,
        OptionalDouble efficiency,
        String source) {

    /** Returns a GPU of the table with so much memory free. */
    public static ComputeDevice of(GpuModel model, String name, Bytes free) {
        return new ComputeDevice(
                new MemoryDevice(name, model.kind(), model.reported(), free, model.unified()),
                model.bandwidth(),
                model.tflops(),
                model.matrixUnits(),
                model.watts(),
                model.processors(),
                model.efficiency(),
                model.source());
    }

    /** Returns it with another memory, such as one with more of it free. */
    public ComputeDevice withMemory(MemoryDevice other) {
        return new ComputeDevice(
                other, bandwidth, tflops, matrixUnits, watts, processors, efficiency, source);
    }

    /** Returns it with a bandwidth that a user told, GB/s. */
    public ComputeDevice withBandwidth(double told) {
        return new ComputeDevice(
                memory,
                told,
                tflops,
                matrixUnits,
                watts,
                processors,
                efficiency,
                "bandwidth as told on the command line");
    }

    /** Returns an idle GPU of the table. */
    public static ComputeDevice idle(GpuModel model, String name) {
        return of(model, name, model.idle());
    }

    /**
     * Returns a GPU of which a user tells memory and bandwidth alone: {@code --gpu-memory 24GiB
     * --bandwidth 936}. It has no known compute rate.
     *
     * @throws UserError for figures that no GPU has
     */
    public static ComputeDevice told(Bytes memory, double bandwidth) {
        if (memory.count() < 1L << 27 || memory.toGib() > 1e5) {
            throw UserError.wrongUse(
                    "Expected a GPU memory from 128 MiB on, but got " + memory.binary() + ".",
                    "Write it as in --gpu-memory 24GiB.");
        }
        if (!(bandwidth >= 1 && bandwidth <= 1e5)) {
            throw UserError.wrongUse(
                    "Expected a bandwidth from 1 to 100000 GB/s, but got " + bandwidth + ".",
                    "Write it as in --bandwidth 936.");
        }
        MemoryDevice device = new MemoryDevice("GPU", DeviceKind.CUDA, memory, memory, false);
        return new ComputeDevice(
                device,
                bandwidth,
                0,
                true,
                0,
                OptionalInt.empty(),
                OptionalDouble.empty(),
                "as told on the command line");
    }

    /**
     * Returns the host's memory and processors.
     *
     * @param bandwidth of its memory, GB/s; measured or {@link Boxes#ASSUMED_RAM_BANDWIDTH}
     */
    public static ComputeDevice host(
            Bytes capacity, Bytes free, double bandwidth, double tflops, String source) {
        return new ComputeDevice(
                new MemoryDevice("host", DeviceKind.HOST, capacity, free, false),
                bandwidth,
                tflops,
                false,
                0,
                OptionalInt.empty(),
                OptionalDouble.empty(),
                source);
    }

    /** Returns it with other memory free. */
    public ComputeDevice withFree(Bytes free) {
        return new ComputeDevice(
                memory.withFree(free),
                bandwidth,
                tflops,
                matrixUnits,
                watts,
                processors,
                efficiency,
                source);
    }

    public boolean isHost() {
        return memory.kind() == DeviceKind.HOST;
    }
}
