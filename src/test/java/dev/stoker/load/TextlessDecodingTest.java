package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.http.ExchangeEnd;
import dev.stoker.http.MalformedResponse;
import dev.stoker.http.ResponseParser;
import dev.stoker.server.Fixture;
import dev.stoker.server.Replay;
import dev.stoker.server.StreamDecoder;
import dev.stoker.trace.RequestTrace;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A decoder whose text nobody wants takes a shorter way; it must come to the same trace as the long
 * one, for whatever a server sent and however the bytes are cut or broken.
 */
class TextlessDecodingTest {
    private static final List<Integer> PIECES = List.of(1, 7, 100, 1 << 20);

    static List<String> generations() {
        return Fixture.names().stream()
                .filter(name -> Replay.isGeneration(Fixture.read(name)))
                .toList();
    }

    private static RequestTrace trace(
            Fixture fixture, byte[] wire, int pieceBytes, boolean keepText) {
        TraceRecorder recorder = new TraceRecorder(new StoppedClock(), 0, keepText);
        StreamDecoder decoder = Replay.decoder(fixture, recorder);
        ResponseParser parser = new ResponseParser(fixture.method(), decoder);
        ExchangeEnd end = fixture.end();
        try {
            for (int at = 0; at < wire.length; at += pieceBytes) {
                parser.feed(wire, at, Math.min(pieceBytes, wire.length - at), at);
            }
        } catch (MalformedResponse e) {
            end = new ExchangeEnd.Malformed(String.valueOf(e.getMessage()));
        }
        decoder.end(end, wire.length);
        return recorder.trace();
    }

    @ParameterizedTest
    @MethodSource("generations")
    void capture_readWithoutItsText_givesTheSameTrace(String name) {
        Fixture fixture = Fixture.read(name);
        for (int pieceBytes : PIECES) {
            RequestTrace with = trace(fixture, fixture.wire(), pieceBytes, true);
            assertThat(trace(fixture, fixture.wire(), pieceBytes, false)).isEqualTo(with);
        }
    }

    @Property(tries = 3000)
    void capture_withAByteChanged_givesTheSameTrace(
            @ForAll @IntRange(max = 10_000) int which,
            @ForAll @IntRange(max = 1_000_000) int place,
            @ForAll byte value) {
        List<String> names = generations();
        Fixture fixture = Fixture.read(names.get(which % names.size()));
        byte[] wire = fixture.wire();
        if (wire.length > 0 && wire.length < 20_000) {
            wire[place % wire.length] = value;
            assertThat(trace(fixture, wire, 1 << 20, false))
                    .isEqualTo(trace(fixture, wire, 1 << 20, true));
        }
    }

    /** A clock that stands still. */
    private static final class StoppedClock implements Clock {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public void sleep(Duration duration) {}

        @Override
        public Duration toWall(Duration duration) {
            return duration;
        }

        @Override
        public double speed() {
            return 1;
        }
    }
}
