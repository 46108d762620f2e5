package dev.stoker.plan.device;

import dev.stoker.base.Bytes;
import dev.stoker.memory.DeviceKind;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What the maker publishes of a GPU.
 *
 * @param name unique in its table
 * @param aliases names that drivers give it; boards of one name may share one
 * @param pciIds {@code vendor:device} in lower case, those that belong to it alone
 * @param kind backend that llama.cpp uses
 * @param sold memory as sold
 * @param reported all its memory as the driver tells it
 * @param bandwidth memory bandwidth, GB/s
 * @param tflops dense rate of its matrix units at 16 bits; at 32 bits where it has none
 * @param matrixUnits whether it has any
 * @param watts power limit as sold
 * @param processors streaming multiprocessors, compute units or cores
 * @param unified whether its memory is the host's
 * @param efficiency share of the bandwidth that decoding reaches with 16-bit weights, where
 *     measured
 * @param source where the figures are published
 */
public record GpuModel(
        String name,
        List<String> aliases,
        List<String> pciIds,
        DeviceKind kind,
        Bytes sold,
        Bytes reported,
        double bandwidth,
        double tflops,
        boolean matrixUnits,
        double watts,
        OptionalInt processors,
        boolean unified,
        OptionalDouble efficiency,
        String source) {
    public GpuModel {
        aliases = List.copyOf(aliases);
        pciIds = List.copyOf(pciIds);
    }

    /**
     * Returns what a program may take of an idle one without a display.
     *
     * <p>NVIDIA's driver keeps a part from Turing on that grows with the memory: 380 MiB and 0.3 %
     * hold within 0.2 GiB of the totals that CUDA told in logs of Ollama (A10G 22.0 of 22.5 GiB,
     * RTX 5090 31.4 of 31.8, A100 79.2 of 80.0); older ones keep about 100 MiB. Of a shared memory
     * the operating system has 8 %, at least 2 GiB, and macOS lets the GPU have two thirds up to 36
     * GiB, three quarters above.
     */
    public Bytes idle() {
        long all = reported.count();
        if (kind == DeviceKind.METAL) {
            return Bytes.of(reported.toGib() <= 36 ? all * 2 / 3 : all * 3 / 4);
        }
        if (unified) {
            return Bytes.of(all - Math.max(all * 8 / 100, 2L << 30));
        }
        boolean early = kind == DeviceKind.CUDA && !matrixUnits;
        long kept = early ? 100L << 20 : (380L << 20) + all * 3 / 1000;
        return Bytes.of(Math.max(0, all - kept));
    }
}
