package dev.stoker.gpu.nvml;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.stoker.base.Reading;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Calls with room for what they return, which is made once and used again, and with codes turned
 * into readings. Used by one thread.
 */
final class NvmlCalls {
    /** Room for rows of processes at first; it grows where a driver has more. */
    private static final int ROWS = 256;

    private static final int SCRATCH = 512;

    private final Nvml library;
    private final MemorySegment scratch = allocate(SCRATCH);
    private MemorySegment rows = allocate(ROWS * NvmlDecoder.PROCESS_ROW_WIDE);
    private int grave;

    NvmlCalls(Nvml library) {
        this.library = library;
    }

    /** Never freed before the program ends: a call that hangs may still write there. */
    private static MemorySegment allocate(long bytes) {
        return Arena.global().allocate(bytes, 8);
    }

    /** Returns the room for a struct of at most 256 bytes, cleared; at {@link #at}. */
    MemorySegment cleared() {
        return scratch.fill((byte) 0);
    }

    MemorySegment scratch() {
        return scratch;
    }

    /** Returns the address so many bytes into the room for structs. */
    long at(int offset) {
        return scratch.address() + offset;
    }

    /** Returns room for so many bytes of rows. */
    MemorySegment rows(long bytes) {
        if (rows.byteSize() < bytes) {
            rows = allocate(bytes);
        }
        return rows;
    }

    /** Forgets what was grave, before another GPU is looked at. */
    void forget() {
        grave = NvmlReturn.OK;
    }

    /** Returns the first code since {@link #forget} that concerns more than one figure, or 0. */
    int grave() {
        return grave;
    }

    int call(NvmlFunction function) {
        return call(function, 0, 0, 0, 0, 0);
    }

    int call(NvmlFunction function, long a, long b) {
        return call(function, a, b, 0, 0, 0);
    }

    int call(NvmlFunction function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0);
    }

    int call(NvmlFunction function, long a, long b, long c, long d) {
        return call(function, a, b, c, d, 0);
    }

    int call(NvmlFunction function, long a, long b, long c, long d, long e) {
        int code = library.call(function, a, b, c, d, e);
        if (grave == NvmlReturn.OK && NvmlReturn.isGrave(code)) {
            grave = code;
        }
        return code;
    }

    /** Reads one unsigned 32-bit figure of a GPU. */
    Reading<Double> figure(NvmlFunction function, long device, double scale) {
        scratch.set(JAVA_INT, 0, 0);
        return figure(call(function, device, at(0)), scale);
    }

    /** Reads one unsigned 32-bit figure of a GPU that is told apart by a number. */
    Reading<Double> figure(NvmlFunction function, long device, int which, double scale) {
        scratch.set(JAVA_INT, 0, 0);
        return figure(call(function, device, which, at(0)), scale);
    }

    private Reading<Double> figure(int code, double scale) {
        return code == NvmlReturn.OK
                ? Reading.known(Integer.toUnsignedLong(scratch.get(JAVA_INT, 0)) * scale)
                : NvmlReturn.reading(code);
    }

    /** Reads one 64-bit number of a GPU. */
    Reading<Long> number(NvmlFunction function, long device) {
        scratch.set(JAVA_LONG, 0, 0);
        int code = call(function, device, at(0));
        return code == NvmlReturn.OK
                ? Reading.known(scratch.get(JAVA_LONG, 0))
                : NvmlReturn.reading(code);
    }

    /** Reads one 32-bit number of a GPU. */
    Reading<Integer> integer(NvmlFunction function, long device) {
        return figure(function, device, 1).map(Double::intValue);
    }

    /** Reads a text of a GPU. */
    Reading<String> text(NvmlFunction function, long device) {
        scratch.set(JAVA_LONG, 0, 0);
        return text(call(function, device, at(0), 96));
    }

    /** Reads a text of the system. */
    Reading<String> text(NvmlFunction function) {
        scratch.set(JAVA_LONG, 0, 0);
        return text(call(function, at(0), 80));
    }

    private Reading<String> text(int code) {
        if (code != NvmlReturn.OK) {
            return NvmlReturn.reading(code);
        }
        String text = NvmlDecoder.text(scratch, 0, 96);
        return text.isEmpty() || text.equals("N/A")
                ? Reading.unsupported("the driver gives an empty text")
                : Reading.known(text);
    }
}
