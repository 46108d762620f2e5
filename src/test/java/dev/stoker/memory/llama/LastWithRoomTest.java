package dev.stoker.memory.llama;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicInteger;

class LastWithRoomTest {

    @Property(tries = 300)
    void of_roomThatFalls_isTheLastWithRoom(
            @ForAll @LongRange(min = 1, max = 5000) long to,
            @ForAll @DoubleRange(min = -100, max = 1e6) double start,
            @ForAll @DoubleRange(min = 0.01, max = 1000) double slope,
            @ForAll @DoubleRange(min = 0, max = 0.5) double bend) {
        long found = LastWithRoom.of(to, n -> room(n, start, slope, bend));
        if (found > 0) {
            assertThat(room(found, start, slope, bend)).isNotNegative();
        }
        if (found < to) {
            assertThat(room(found + 1, start, slope, bend)).isNegative();
        }
    }

    private static double room(long n, double start, double slope, double bend) {
        return start - slope * n - bend * n * n;
    }

    @Test
    void of_straightLine_asksFewTimes() {
        AtomicInteger asked = new AtomicInteger();
        long found =
                LastWithRoom.of(
                        4096,
                        n -> {
                            asked.incrementAndGet();
                            return 1_000_000.5 - 777.0 * n;
                        });
        assertThat(found).isEqualTo(1287);
        assertThat(asked.get()).isLessThan(6);
    }
}
