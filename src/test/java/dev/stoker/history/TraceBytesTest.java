package dev.stoker.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Random;

class TraceBytesTest {

    @Test
    void read_whatWasWritten_equal() {
        for (boolean ok : new boolean[] {true, false}) {
            RequestTrace trace = Runs.trace(5, ok);
            assertThat(TraceBytes.read(TraceBytes.write(trace))).isEqualTo(trace);
        }
    }

    @Property(tries = 300)
    void read_anyStamps_equal(@ForAll @Size(max = 50) long[] chunks, @ForAll long number) {
        RequestTrace trace =
                new RequestTrace(
                        number,
                        -1,
                        number,
                        Long.MAX_VALUE,
                        chunks,
                        Long.MIN_VALUE,
                        0,
                        number,
                        ServerTimings.none("says nothing – ü"),
                        new RequestTrace.Outcome.Ok("says nothing – ü"));

        assertThat(TraceBytes.read(TraceBytes.write(trace))).isEqualTo(trace);
    }

    @Test
    void write_evenlyPacedTokens_fewBytesEach() {
        byte[] bytes = TraceBytes.write(Runs.trace(1, true));

        assertThat(bytes.length).isLessThan(128 * 4);
    }

    @Test
    void read_rubbish_refusedOrReadWithoutHarm() {
        byte[] good = TraceBytes.write(Runs.trace(1, true));
        Random random = new Random(4);
        for (int i = 0; i < 5000; i++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(good.length));
            if (bad.length > 0) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(TraceBytes.read(bad).chunkNanos()).hasSizeLessThan(bad.length);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("a trace ");
            }
        }
    }
}
