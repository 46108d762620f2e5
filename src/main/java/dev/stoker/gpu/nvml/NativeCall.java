package dev.stoker.gpu.nvml;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls a C function that takes up to five integers or addresses and returns an int. One shape for
 * all: making a call's handle takes some 15 ms of a start, and six shapes cost six times that. The
 * 64-bit ABIs of Linux (System V x86-64, AAPCS64) pass the first six and more such arguments in
 * registers of their own; a function ignores those that it does not have, and the upper half where
 * it takes an int.
 */
final class NativeCall {
    @SuppressWarnings("restricted") // what this room is for
    private static final MethodHandle CALL =
            Linker.nativeLinker()
                    .downcallHandle(
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG));

    private NativeCall() {}

    /** Makes the call's handle on a thread of its own, while something else is done. */
    static void prepare() {
        Thread.ofPlatform().daemon().name("nvml-handle").start(NativeCall::made);
    }

    /** Returns whether the handle is made; whoever asks waits for it. */
    private static boolean made() {
        return CALL != null;
    }

    static int call(MemorySegment function, long a, long b, long c, long d, long e) {
        try {
            return (int) CALL.invokeExact(function, a, b, c, d, e);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable t) {
            throw new IllegalStateException("a native call threw", t);
        }
    }
}
