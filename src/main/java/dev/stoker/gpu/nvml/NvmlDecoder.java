package dev.stoker.gpu.nvml;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.gpu.ThrottleReason;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads NVML's structs, and drops what can't be true. Pure: memory in, values out.
 *
 * <p>Source: nvml.h of CUDA 13; offsets are those of 64-bit machines, little endian.
 */
final class NvmlDecoder {
    /**
     * Rows of {@code nvmlProcessInfo_t}: the first generation, the current one, and 535.43–535.86.
     */
    static final int PROCESS_ROW_OLD = 16;

    static final int PROCESS_ROW = 24;
    static final int PROCESS_ROW_WIDE = 32;
    static final int UTILISATION_ROW = 32;

    /** The kernel gives no process a higher number (PID_MAX_LIMIT). */
    private static final long HIGHEST_PID = 1 << 22;

    private static final long NO_MEMORY = -1;

    /** 32 TiB: no GPU has as much, and none that does not tell its memory. */
    private static final long LARGEST_MEMORY = 1L << 45;

    static final String IMPOSSIBLE = "the driver tells an impossible value";

    private NvmlDecoder() {}

    /**
     * What {@code nvmlDeviceGetMemoryInfo} tells, in bytes.
     *
     * @param reserved what the driver keeps for itself; negative where that is part of {@code used}
     */
    record Memory(long total, long used, long free, long reserved) {}

    static Memory memory(MemorySegment s) {
        return new Memory(
                s.get(JAVA_LONG, 8),
                s.get(JAVA_LONG, 32),
                s.get(JAVA_LONG, 24),
                s.get(JAVA_LONG, 16));
    }

    static Memory memoryOld(MemorySegment s) {
        return new Memory(
                s.get(JAVA_LONG, 0), s.get(JAVA_LONG, 16), s.get(JAVA_LONG, 8), NO_MEMORY);
    }

    /** Returns a text that ends with a zero byte, cleaned. */
    static String text(MemorySegment s, long offset, int longest) {
        int length = 0;
        while (length < longest && s.get(JAVA_BYTE, offset + length) != 0) {
            length++;
        }
        byte[] bytes = s.asSlice(offset, length).toArray(JAVA_BYTE);
        return Text.plain(new String(bytes, StandardCharsets.UTF_8), 200);
    }

    /** Returns the reasons that are set in NVML's bits. */
    static Set<ThrottleReason> throttleReasons(long bits) {
        Set<ThrottleReason> reasons = EnumSet.noneOf(ThrottleReason.class);
        ThrottleReason[] byBit = {
            ThrottleReason.IDLE,
            ThrottleReason.APPLICATION_CLOCKS,
            ThrottleReason.POWER_CAP,
            ThrottleReason.HARDWARE_SLOWDOWN,
            ThrottleReason.SYNC_BOOST,
            ThrottleReason.SOFTWARE_THERMAL,
            ThrottleReason.HARDWARE_THERMAL,
            ThrottleReason.POWER_BRAKE,
            ThrottleReason.DISPLAY_CLOCKS
        };
        for (int bit = 0; bit < byBit.length; bit++) {
            if ((bits >> bit & 1) != 0) {
                reasons.add(byBit[bit]);
            }
        }
        if (bits >>> byBit.length != 0) {
            reasons.add(ThrottleReason.OTHER);
        }
        return reasons;
    }

    /**
     * A row of the list of processes.
     *
     * @param memory what it holds, or why that is not known
     */
    record ProcessRow(
            long pid,
            Reading<Bytes> memory,
            OptionalInt gpuInstance,
            OptionalInt computeInstance) {}

    /**
     * Reads the list of processes; rows that can't be are left out.
     *
     * @param count how many rows the driver says that it has written
     * @param rowBytes how long a row is
     * @param total the GPU's memory; 0 where it is not known
     */
    static List<ProcessRow> processes(MemorySegment s, int count, int rowBytes, long total) {
        List<ProcessRow> rows = new ArrayList<>();
        long fits = Math.min(Integer.toUnsignedLong(count), s.byteSize() / rowBytes);
        for (long i = 0; i < fits; i++) {
            long at = i * rowBytes;
            long pid = Integer.toUnsignedLong(s.get(JAVA_INT, at));
            if (!isPid(pid)) {
                continue;
            }
            long memory = s.get(JAVA_LONG, at + 8);
            boolean instances = rowBytes > PROCESS_ROW_OLD;
            rows.add(
                    new ProcessRow(
                            pid,
                            processMemory(memory, total),
                            instances ? instance(s.get(JAVA_INT, at + 16)) : OptionalInt.empty(),
                            instances ? instance(s.get(JAVA_INT, at + 20)) : OptionalInt.empty()));
        }
        return rows;
    }

    private static boolean isPid(long pid) {
        return pid > 0 && pid <= HIGHEST_PID;
    }

    private static Reading<Bytes> processMemory(long bytes, long total) {
        if (bytes == NO_MEMORY) {
            return Reading.unsupported("the driver does not tell the memory of this process");
        }
        if (bytes < 0 || bytes > (total > 0 ? total : LARGEST_MEMORY)) {
            return Reading.failed("the driver tells more memory than the GPU has");
        }
        return Reading.known(Bytes.of(bytes));
    }

    /** The driver writes 0xFFFFFFFF where there is no instance; a GPU has at most a few. */
    private static OptionalInt instance(int id) {
        return id < 0 || id > 0xffff ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /**
     * Returns how long the rows are that a driver has written, judged by whether it wrote behind
     * the shorter form: the space was filled with that byte before.
     */
    static int writtenRowBytes(MemorySegment s, int count, byte fill) {
        long from = (long) count * PROCESS_ROW;
        long to = Math.min((long) count * PROCESS_ROW_WIDE, s.byteSize());
        for (long i = from; i < to; i++) {
            if (s.get(JAVA_BYTE, i) != fill) {
                return PROCESS_ROW_WIDE;
            }
        }
        return PROCESS_ROW;
    }

    /**
     * What a process did on the GPU between two looks, in percent.
     *
     * @param micros when that was measured, since 1970
     */
    record UtilisationRow(long pid, long micros, int sm, int memory, int encoder, int decoder) {
        /** Returns whether all of it are shares. */
        boolean isPossible() {
            return isShare(sm) && isShare(memory) && isShare(encoder) && isShare(decoder);
        }
    }

    /** Reads what processes did; rows of processes that can't be are left out. */
    static List<UtilisationRow> utilisation(MemorySegment s, int count) {
        List<UtilisationRow> rows = new ArrayList<>();
        long fits = Math.min(Integer.toUnsignedLong(count), s.byteSize() / UTILISATION_ROW);
        for (long i = 0; i < fits; i++) {
            long at = i * UTILISATION_ROW;
            UtilisationRow row =
                    new UtilisationRow(
                            Integer.toUnsignedLong(s.get(JAVA_INT, at)),
                            s.get(JAVA_LONG, at + 8),
                            s.get(JAVA_INT, at + 16),
                            s.get(JAVA_INT, at + 20),
                            s.get(JAVA_INT, at + 24),
                            s.get(JAVA_INT, at + 28));
            if (isPid(row.pid)) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static boolean isShare(int percent) {
        return percent >= 0 && percent <= 100;
    }

    /** Returns a driver's version as comparable numbers, or an empty array. */
    static int[] version(String text) {
        if (!text.matches("[0-9]{1,6}(\\.[0-9]{1,6}){1,3}")) {
            return new int[0];
        }
        String[] parts = text.split("\\.", -1);
        int[] numbers = new int[parts.length];
        for (int i = 0; i < parts.length; i++) {
            numbers[i] = Integer.parseInt(parts[i]);
        }
        return numbers;
    }

    /** Returns whether a driver is of those whose list of processes may have wide rows. */
    static boolean mayHaveWideRows(String driver) {
        int[] v = version(driver);
        return v.length >= 2 && v[0] == 535 && v[1] >= 43 && v[1] < 86;
    }
}
