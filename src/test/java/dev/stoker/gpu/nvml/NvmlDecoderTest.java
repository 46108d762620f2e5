package dev.stoker.gpu.nvml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.ThrottleReason;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reading NVML's structs from plain memory, without a library. */
class NvmlDecoderTest {
    /** Native memory, since rows hold longs that must be aligned. */
    private static MemorySegment of(byte[] bytes) {
        MemorySegment s = Arena.ofAuto().allocate(Math.max(bytes.length, 8), 8);
        s.copyFrom(MemorySegment.ofArray(bytes));
        return s;
    }

    @Test
    void throttleReasons_everyBit_isItsReason() {
        assertThat(NvmlDecoder.throttleReasons(0)).isEmpty();
        assertThat(NvmlDecoder.throttleReasons(0x1)).containsExactly(ThrottleReason.IDLE);
        assertThat(NvmlDecoder.throttleReasons(0x2))
                .containsExactly(ThrottleReason.APPLICATION_CLOCKS);
        assertThat(NvmlDecoder.throttleReasons(0x4)).containsExactly(ThrottleReason.POWER_CAP);
        assertThat(NvmlDecoder.throttleReasons(0x8))
                .containsExactly(ThrottleReason.HARDWARE_SLOWDOWN);
        assertThat(NvmlDecoder.throttleReasons(0x10)).containsExactly(ThrottleReason.SYNC_BOOST);
        assertThat(NvmlDecoder.throttleReasons(0x20))
                .containsExactly(ThrottleReason.SOFTWARE_THERMAL);
        assertThat(NvmlDecoder.throttleReasons(0x40))
                .containsExactly(ThrottleReason.HARDWARE_THERMAL);
        assertThat(NvmlDecoder.throttleReasons(0x80)).containsExactly(ThrottleReason.POWER_BRAKE);
        assertThat(NvmlDecoder.throttleReasons(0x100))
                .containsExactly(ThrottleReason.DISPLAY_CLOCKS);
        assertThat(NvmlDecoder.throttleReasons(0x200)).containsExactly(ThrottleReason.OTHER);
        assertThat(NvmlDecoder.throttleReasons(-1)).hasSize(ThrottleReason.values().length);
    }

    @Test
    void text_withControlCharacters_isCleanedAndEndsAtZero() {
        byte[] bytes = "Bo\u001b[2Jard\0junk".getBytes(StandardCharsets.UTF_8);
        assertThat(NvmlDecoder.text(of(bytes), 0, bytes.length)).isEqualTo("Bo[2Jard");
    }

    @Property
    void processes_anyBytes_giveOnlyRowsThatCanBe(
            @ForAll @Size(max = 400) byte[] bytes,
            @ForAll int count,
            @ForAll @IntRange(min = 0, max = 2) int form) {
        int rowBytes = new int[] {16, 24, 32}[form];
        assertThat(NvmlDecoder.processes(of(bytes), count, rowBytes, 1 << 20))
                .allSatisfy(row -> {
                    assertThat(row.pid()).isBetween(1L, 1L << 22);
                    if (row.memory() instanceof Reading.Known<?> known) {
                        assertThat(((Bytes) known.value()).count()).isBetween(0L, 1L << 20);
                    }
                    row.gpuInstance().ifPresent(id -> assertThat(id).isBetween(0, 0xffff));
                });
    }

    @Property
    void utilisation_anyBytes_givesOnlyProcessesThatCanBe(
            @ForAll @Size(max = 400) byte[] bytes, @ForAll int count) {
        assertThat(NvmlDecoder.utilisation(of(bytes), count))
                .allSatisfy(row -> {
                    assertThat(row.pid()).isBetween(1L, 1L << 22);
                    if (row.isPossible()) {
                        assertThat(row.sm()).isBetween(0, 100);
                        assertThat(row.decoder()).isBetween(0, 100);
                    }
                });
    }

    @Property
    void writtenRowBytes_rowsOfEitherForm_areToldApart(
            @ForAll @IntRange(min = 1, max = 20) int count, @ForAll boolean wide) {
        byte fill = (byte) 0xa5;
        byte[] bytes = new byte[20 * 32];
        Arrays.fill(bytes, fill);
        Arrays.fill(bytes, 0, count * (wide ? 32 : 24), (byte) 0);
        assertThat(NvmlDecoder.writtenRowBytes(of(bytes), count, fill)).isEqualTo(wide ? 32 : 24);
    }

    @ParameterizedTest
    @CsvSource({
        "535.43, true", "535.43.02, true", "535.54.03, true", "535.85, true", "535.86, false",
        "535.42, false", "535.104.05, false", "530.41, false", "580.65.06, false", "unknown, false",
        "'', false", "535, false"
    })
    void mayHaveWideRows_versions_areThoseOfEarly535(String driver, boolean wide) {
        assertThat(NvmlDecoder.mayHaveWideRows(driver)).isEqualTo(wide);
    }

    @Test
    void memory_bothGenerations_areReadAtTheirPlaces() {
        MemorySegment s = of(new byte[40]);
        s.set(ValueLayout.JAVA_LONG, 8, 100);
        s.set(ValueLayout.JAVA_LONG, 16, 7);
        s.set(ValueLayout.JAVA_LONG, 24, 50);
        s.set(ValueLayout.JAVA_LONG, 32, 43);
        assertThat(NvmlDecoder.memory(s)).isEqualTo(new NvmlDecoder.Memory(100, 43, 50, 7));
        MemorySegment old = of(new byte[24]);
        old.set(ValueLayout.JAVA_LONG, 0, 100);
        old.set(ValueLayout.JAVA_LONG, 8, 50);
        old.set(ValueLayout.JAVA_LONG, 16, 50);
        assertThat(NvmlDecoder.memoryOld(old)).isEqualTo(new NvmlDecoder.Memory(100, 50, 50, -1));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 25, 26,
                27, 999, -5
            })
    void reading_anyCodeButSuccess_hasAReasonAndNoValue(int code) {
        Reading<Double> reading = NvmlReturn.reading(code);
        assertThat(reading.isKnown()).isFalse();
        assertThat(reading.reason()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 6, 13, 21, 25, 26, 27})
    void reading_codesOfAbsence_areUnsupportedAndNotFailed(int code) {
        assertThat(NvmlReturn.reading(code)).isInstanceOf(Reading.Unsupported.class);
    }
}
