package dev.stoker.gpu.nvml;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.stoker.base.Reading;
import dev.stoker.gpu.nvml.NvmlDecoder.Memory;

/**
 * Reads how full the memory of a GPU or of a part of one is: by the second generation of the call,
 * which tells what the driver keeps for itself apart, else by the first. Used by one thread.
 */
final class NvmlMemory {
    private static final int VERSION_2 = 0x02000028;

    /** No GPU has more than 16 TiB: what is above is no size. */
    private static final long MOST = 1L << 44;

    private final NvmlCalls calls;

    NvmlMemory(NvmlCalls calls) {
        this.calls = calls;
    }

    Reading<Memory> read(long device) {
        calls.cleared().set(JAVA_INT, 0, VERSION_2);
        int code = calls.call(NvmlFunction.MEMORY, device, calls.at(0));
        if (code == NvmlReturn.OK) {
            return plausible(NvmlDecoder.memory(calls.scratch()));
        }
        calls.cleared();
        int old = calls.call(NvmlFunction.MEMORY_OLD, device, calls.at(0));
        if (old == NvmlReturn.OK) {
            return plausible(NvmlDecoder.memoryOld(calls.scratch()));
        }
        return NvmlReturn.reading(code == NvmlReturn.FUNCTION_NOT_FOUND ? old : code);
    }

    /**
     * Returns whether the driver says that a GPU has no memory of its own: integrated ones answer
     * that it is not supported, or tell a size of 0.
     */
    boolean hasNone(long device) {
        calls.cleared().set(JAVA_INT, 0, VERSION_2);
        int code = calls.call(NvmlFunction.MEMORY, device, calls.at(0));
        long total = NvmlDecoder.memory(calls.scratch()).total();
        if (code != NvmlReturn.OK) {
            calls.cleared();
            int old = calls.call(NvmlFunction.MEMORY_OLD, device, calls.at(0));
            total = NvmlDecoder.memoryOld(calls.scratch()).total();
            code = old == NvmlReturn.FUNCTION_NOT_FOUND ? code : old;
        }
        return code == NvmlReturn.NOT_SUPPORTED || (code == NvmlReturn.OK && total == 0);
    }

    private static Reading<Memory> plausible(Memory m) {
        if (m.total() == 0) {
            return Reading.unsupported("the driver tells no memory of this GPU's own");
        }
        boolean possible =
                m.total() > 0
                        && m.total() < MOST
                        && m.used() >= 0
                        && m.used() <= m.total()
                        && m.free() <= m.total();
        return possible
                ? Reading.known(m)
                : Reading.failed("the driver's sizes of the memory contradict each other");
    }
}
