package dev.stoker.gpu.nvml;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.stoker.base.Clock;
import dev.stoker.gpu.GpuSource;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Stands in for a driver's library while the ahead-of-time cache of classes is recorded, on
 * machines of any kind: it tells of two GPUs that do not exist, one of them split, so that a sample
 * walks through all that it would. Used by one thread.
 */
public final class Rehearsal implements Nvml {
    private static final int GPUS = 2;

    /** Within the range of every figure; as reasons for a low clock it is two of them. */
    private static final int FIGURE = 48;

    /** Addresses are above it and all other arguments below. */
    private static final long LARGEST_NUMBER = 1L << 32;

    private static final byte[] TEXT = "Rehearsal\0".getBytes(StandardCharsets.US_ASCII);

    private final MemorySegment abs;

    private Rehearsal(MemorySegment abs) {
        this.abs = abs;
    }

    /** Returns a source of the GPUs that do not exist. */
    public static GpuSource source(Clock clock) {
        NativeCall.prepare();
        return new NvmlSource(Map.of(), Path.of("/"), clock, false, Rehearsal::open);
    }

    /** Opens the C library, as one opens a driver's; where it has another name nothing is lost. */
    private static NvmlLibrary.Opening open() {
        Nvml library =
                NvmlLibrary.open(Map.of(NvmlLibrary.OWN_PATH, "libc.so.6"), Path.of("/")).library();
        if (library != null) {
            library.call(NvmlFunction.INIT, 0, 0, 0, 0, 0);
        }
        return new NvmlLibrary.Opening(
                new Rehearsal(Linker.nativeLinker().defaultLookup().find("abs").orElseThrow()),
                List.of());
    }

    @Override
    public int call(NvmlFunction function, long a, long b, long c, long d, long e) {
        if (NativeCall.call(abs, 0, 0, 0, 0, 0) != NvmlReturn.OK) {
            return NvmlReturn.UNKNOWN;
        }
        switch (function) {
            case COUNT -> at(a).set(JAVA_INT, 0, GPUS);
            case HANDLE, MIG_HANDLE -> at(c == 0 ? b : c).set(JAVA_LONG, 0, 1 + (c == 0 ? a : b));
            case DRIVER_VERSION -> text(a, 0);
            case NAME, UUID -> text(b, 0);
            case PCI_INFO -> text(b, 36);
            case TEMPERATURE -> at(b).set(JAVA_INT, 8, FIGURE);
            case MIG_MODE, MIG_COUNT -> at(b).set(JAVA_INT, 0, a == 1 ? 0 : 1);
            case MEMORY -> {
                at(b).set(JAVA_LONG, 8, 1L << 34);
                at(b).set(JAVA_LONG, 32, 1L << 33);
            }
            case COMPUTE_PROCESSES -> {
                at(b).set(JAVA_INT, 0, 1);
                at(c).set(JAVA_INT, 0, (int) ProcessHandle.current().pid());
                at(c).set(JAVA_LONG, 8, 1L << 30);
            }
            case PROCESS_UTILISATION -> {
                at(c).set(JAVA_INT, 0, 1);
                at(b).set(JAVA_INT, 0, (int) ProcessHandle.current().pid());
                at(b).set(JAVA_LONG, 8, Long.MAX_VALUE);
            }
            case FIELD_VALUES -> at(c).set(JAVA_INT, 32, FIGURE);
            case GRAPHICS_PROCESSES, MPS_PROCESSES -> at(b).set(JAVA_INT, 0, 0);
            default -> figures(a, b, c, d, e);
        }
        return NvmlReturn.OK;
    }

    private static void figures(long... arguments) {
        for (long argument : arguments) {
            if (argument > LARGEST_NUMBER) {
                at(argument).set(JAVA_INT, 0, FIGURE);
            }
        }
    }

    private static void text(long address, long offset) {
        MemorySegment.copy(TEXT, 0, at(address), JAVA_BYTE, offset, TEXT.length);
    }

    @SuppressWarnings("restricted") // what this room is for
    private static MemorySegment at(long address) {
        return MemorySegment.ofAddress(address).reinterpret(64);
    }
}
