package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.http.Endpoint;
import dev.stoker.http.ExchangeEnd;
import dev.stoker.http.MalformedResponse;
import dev.stoker.http.ResponseHead;
import dev.stoker.http.ResponseParser;
import dev.stoker.json.LineShapes;
import dev.stoker.server.ApiKey;
import dev.stoker.server.Failures;
import dev.stoker.server.Fixture;
import dev.stoker.server.Replay;
import dev.stoker.server.ServerKind;
import dev.stoker.server.StreamDecoder;
import dev.stoker.server.openai.SseDecoder;
import dev.stoker.trace.RequestTrace;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A decoder whose text nobody wants takes a shorter way; it must come to the same trace as the long
 * one, for whatever a server sent and however the bytes are cut or broken.
 */
class TextlessDecodingTest {
    private static final List<Integer> PIECES = List.of(1, 7, 100, 1 << 20);

    /** Shared as by the streams of one server: what one stream learned is used on all others. */
    private static final LineShapes LEARNED = new LineShapes();

    static List<String> generations() {
        return Fixture.names().stream()
                .filter(name -> Replay.isGeneration(Fixture.read(name)))
                .toList();
    }

    private static RequestTrace trace(
            Fixture fixture, byte[] wire, int pieceBytes, boolean keepText) {
        TraceRecorder recorder = new TraceRecorder(new StoppedClock(), 0, keepText);
        StreamDecoder decoder = Replay.decoder(fixture, recorder, LEARNED);
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

    /** The streams that a recogniser by shape is made for, and those that look like them. */
    @Property(tries = 5000)
    void stream_ofLinesOfOneForm_givesTheSameTrace(
            @ForAll("lines") List<String> lines,
            @ForAll @IntRange(max = 4000) int place,
            @ForAll byte value) {
        StringBuilder body = new StringBuilder();
        for (String line : lines) {
            body.append("data: ").append(line).append("\n\n");
        }
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        assertThat(events(bytes, false)).isEqualTo(events(bytes, true));
        bytes[place % bytes.length] = value;
        assertThat(events(bytes, false)).isEqualTo(events(bytes, true));
    }

    @Provide
    Arbitrary<List<String>> lines() {
        Arbitrary<String> text =
                Arbitraries.oneOf(
                        Arbitraries.of(
                                " word",
                                "",
                                "\\n",
                                "\\\"",
                                "\\u00e9",
                                "é",
                                "😀",
                                "a\\\\",
                                "0123456789"),
                        Arbitraries.strings().ascii().excludeChars('"', '\\').ofMaxLength(12));
        Arbitrary<String> number =
                Arbitraries.of(
                        "0",
                        "-0",
                        "12",
                        "1760000000",
                        "01",
                        "1.5",
                        "1e3",
                        "12345678901234567890",
                        "");
        Arbitrary<String> form =
                Arbitraries.of(
                        "{\"id\":\"%1$s\",\"created\":%2$s,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%3$s\"},\"finish_reason\":null}]}",
                        "{\"id\":\"%1$s\",\"created\":%2$s,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"%3$s\"},\"finish_reason\":null}]}",
                        "{\"index\":%2$s,\"content\":\"%3$s\",\"tokens\":[%2$s],\"stop\":false,\"id\":\"%1$s\"}",
                        "{\"content\":\"%3$s\",\"choices\":[{\"delta\":{\"role\":\"%1$s\"}}]}",
                        "{\"model\":\"%1$s\",\"choices\":[{\"text\":\"%3$s\",\"index\":%2$s}]}",
                        "{\"choices\":[{\"delta\":{\"content\":\"%3$s\",\"content\":\"%1$s\"}}],\"usage\":null}",
                        "{\"id\":\"%1$s\",\"choices\":[{\"delta\":{},\"finish_reason\":\"%3$s\"}]}",
                        "{\"choices\":[{\"delta\":{\"content\":\"%3$s\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"total_tokens\":%2$s}}",
                        "{\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":%2$s,\"completion_tokens\":7,\"prompt_tokens_details\":{\"cached_tokens\":%2$s}}}",
                        "{\"choices\":[],\"usage\":{\"completion_tokens\":%2$s,\"prompt_tokens_details\":null,\"completion_tokens\":4}}",
                        "{\"choices\":[],\"usage\":{},\"timings\":{\"prompt_n\":%2$s,\"predicted_n\":9,\"predicted_ms\":1.5}}",
                        "{\"choices\":[{\"delta\":{},\"finish_reason\":\"%1$s\"}],\"timings\":{\"cache_n\":%2$s,\"prompt_n\":3,\"prompt_ms\":%2$s,\"predicted_n\":2,\"predicted_ms\":12.25}}",
                        "{\"content\":\"%3$s\",\"stop\":false,\"timings\":{\"predicted_n\":%2$s,\"predicted_ms\":2}}");
        return Combinators.combine(form, text, number, text)
                .as((f, id, n, said) -> f.formatted(id, n, said))
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }

    /** What a chat stream comes to, without its head. */
    private static RequestTrace events(byte[] body, boolean keepText) {
        TraceRecorder recorder = new TraceRecorder(new StoppedClock(), 0, keepText);
        StreamDecoder decoder =
                new SseDecoder(
                        recorder,
                        new Failures(
                                ServerKind.VLLM,
                                new Endpoint(false, "127.0.0.1", 1, ""),
                                ApiKey.none()),
                        "m",
                        "",
                        LEARNED);
        decoder.head(new ResponseHead(200, "OK", List.of()), 0);
        decoder.body(body, 0, body.length, 1);
        decoder.end(new ExchangeEnd.Complete(2, ExchangeEnd.Framing.LAST_CHUNK), 2);
        return recorder.trace();
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
