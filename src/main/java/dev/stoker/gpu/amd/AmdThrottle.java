package dev.stoker.gpu.amd;

import dev.stoker.base.Reading;
import dev.stoker.gpu.ThrottleReason;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Set;

/**
 * Reads from amdgpu's table of figures why the clock is low. Pure.
 *
 * <p>Source: {@code struct gpu_metrics_v1_3} and {@code v2_3} of the kernel's kgd_pp_interface.h,
 * and the throttler bits of amdgpu_smu.h, which are the same for all chips in these versions.
 */
final class AmdThrottle {
    private static final int HEADER = 4;
    private static final int BITS_OF_BOARDS = 112;
    private static final int BITS_OF_APUS = 120;

    /** Bits 0–7: power; 16–23: current; 32–43: temperatures; 44–45: the board's own alarm. */
    private static final long POWER = 0x0000_0000_00ff_00ffL;

    private static final long HEAT = 0x0000_0fff_0000_0000L;
    private static final long ALARM = 0x0000_3000_0000_0000L;

    private AmdThrottle() {}

    static Reading<Set<ThrottleReason>> parse(byte[] table) {
        if (table.length < HEADER) {
            return Reading.failed("the driver's table of figures is cut off");
        }
        int format = table[2];
        int content = table[3];
        int at =
                format == 1 && content == 3
                        ? BITS_OF_BOARDS
                        : format == 2 && (content == 3 || content == 4) ? BITS_OF_APUS : -1;
        if (at < 0) {
            return Reading.unsupported(
                    "the driver's table of figures has version "
                            + format
                            + "."
                            + content
                            + ", which does not tell it");
        }
        if (table.length < at + Long.BYTES) {
            return Reading.failed("the driver's table of figures is cut off");
        }
        long bits = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN).getLong(at);
        return bits == -1
                ? Reading.unsupported("the driver does not tell it on this device")
                : Reading.known(reasons(bits));
    }

    static Set<ThrottleReason> reasons(long bits) {
        Set<ThrottleReason> reasons = EnumSet.noneOf(ThrottleReason.class);
        if ((bits & POWER) != 0) {
            reasons.add(ThrottleReason.POWER_CAP);
        }
        if ((bits & HEAT) != 0) {
            reasons.add(ThrottleReason.SOFTWARE_THERMAL);
        }
        if ((bits & ALARM) != 0) {
            reasons.add(ThrottleReason.HARDWARE_THERMAL);
        }
        if ((bits & ~(POWER | HEAT | ALARM)) != 0) {
            reasons.add(ThrottleReason.OTHER);
        }
        return reasons;
    }
}
