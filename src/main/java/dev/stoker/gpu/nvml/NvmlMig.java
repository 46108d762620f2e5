package dev.stoker.gpu.nvml;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.MigInstance;
import dev.stoker.gpu.nvml.NvmlDecoder.Memory;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The parts of a GPU that is split. The parts are looked for anew each time, since an administrator
 * may change them while the program runs. One for each GPU, used by one thread.
 *
 * <p>Source: NVML API reference, Multi Instance GPU.
 */
final class NvmlMig {
    private final NvmlCalls calls;
    private final NvmlMemory memory;

    NvmlMig(NvmlCalls calls, NvmlMemory memory) {
        this.calls = calls;
        this.memory = memory;
    }

    /** Returns whether a GPU is split now. */
    boolean isOn(long device) {
        calls.scratch().set(JAVA_INT, 0, 0);
        int code = calls.call(NvmlFunction.MIG_MODE, device, calls.at(0), calls.at(8));
        return code == NvmlReturn.OK && calls.scratch().get(JAVA_INT, 0) == 1;
    }

    /**
     * The parts of a GPU, and their handles.
     *
     * @param handles one for each part, in the same order
     */
    record Parts(List<MigInstance> instances, List<Long> handles) {}

    Parts parts(long device) {
        List<MigInstance> instances = new ArrayList<>();
        List<Long> handles = new ArrayList<>();
        int most = calls.integer(NvmlFunction.MIG_COUNT, device).orElse(0);
        for (int i = 0; i < Math.min(most, 64); i++) {
            calls.scratch().set(JAVA_LONG, 0, 0);
            int code = calls.call(NvmlFunction.MIG_HANDLE, device, i, calls.at(0));
            if (code != NvmlReturn.OK) {
                continue; // A place that holds no part.
            }
            long handle = calls.scratch().get(JAVA_LONG, 0);
            handles.add(handle);
            instances.add(instance(i, handle));
        }
        return new Parts(instances, handles);
    }

    private MigInstance instance(int index, long handle) {
        Reading<String> uuid = calls.text(NvmlFunction.UUID, handle);
        Reading<Integer> gpu = calls.integer(NvmlFunction.MIG_GPU_INSTANCE, handle);
        Reading<Integer> compute = calls.integer(NvmlFunction.MIG_COMPUTE_INSTANCE, handle);
        calls.cleared();
        int code = calls.call(NvmlFunction.MIG_ATTRIBUTES, handle, calls.at(0));
        boolean told = code == NvmlReturn.OK;
        Reading<Integer> slices =
                told ? Reading.known(calls.scratch().get(JAVA_INT, 24)) : NvmlReturn.reading(code);
        Reading<Long> attributed =
                told
                        ? Reading.known(calls.scratch().get(JAVA_LONG, 32) << 20)
                        : NvmlReturn.reading(code);
        Reading<String> name = calls.text(NvmlFunction.NAME, handle);
        Reading<Memory> used = memory.read(handle);
        Reading<Long> total = used.isKnown() ? used.map(Memory::total) : attributed;
        return new MigInstance(
                index,
                profile(name, slices, attributed),
                uuid,
                gpu,
                compute,
                slices,
                total.map(Bytes::of),
                used.map(m -> Bytes.of(m.used())));
    }

    /**
     * The driver names a part {@code NVIDIA H100 80GB HBM3 MIG 3g.40gb}; the end is the profile.
     */
    private static Reading<String> profile(
            Reading<String> name, Reading<Integer> slices, Reading<Long> memory) {
        if (name instanceof Reading.Known<String>(String text) && text.contains("MIG ")) {
            return Reading.known(text.substring(text.lastIndexOf("MIG ") + 4));
        }
        return slices.isKnown() && memory.isKnown()
                ? Reading.known(
                        slices.value()
                                + "g."
                                + (long) Math.ceil(memory.value() / (double) (1L << 30))
                                + "gb")
                : name;
    }

    /** Adds to processes that were read from a part which part that is. */
    static List<GpuProcess> of(MigInstance part, List<GpuProcess> processes) {
        return processes.stream()
                .map(p ->
                        new GpuProcess(
                                p.pid(),
                                p.kinds(),
                                p.memory(),
                                p.smPercent(),
                                p.memoryPercent(),
                                p.encoderPercent(),
                                p.decoderPercent(),
                                number(part.gpuInstance()),
                                number(part.computeInstance())))
                .toList();
    }

    private static OptionalInt number(Reading<Integer> reading) {
        return reading.isKnown() ? OptionalInt.of(reading.value()) : OptionalInt.empty();
    }
}
