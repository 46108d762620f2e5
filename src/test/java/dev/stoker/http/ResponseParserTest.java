package dev.stoker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

class ResponseParserTest {
    @Test
    void chunkedBody_withExtensionsAndTrailer_isReadWithoutItsFraming() throws MalformedResponse {
        Read read =
                read(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n");
        assertThat(read.body()).isEqualTo("abcde");
        assertThat(read.parser.isDone()).isTrue();
        assertThat(read.parser.framing()).isEqualTo(ExchangeEnd.Framing.LAST_CHUNK);
    }

    @Test
    void chunkedBody_ofVeryManyChunks_comesToItsEnd() throws MalformedResponse {
        String chunks = "1\r\nx\r\n".repeat(100_000);
        Read read =
                read(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + chunks
                                + "0\r\n\r\n");
        assertThat(read.body()).hasSize(100_000);
        assertThat(read.parser.isDone()).isTrue();
    }

    @Test
    void interimAnswer_beforeTheAnswer_isSkipped() throws MalformedResponse {
        Read read =
                read(
                        "HTTP/1.1 100 Continue\r\n\r\n"
                                + "HTTP/1.1 204 No Content\r\nA: b\r\n\r\nrest");
        assertThat(read.status).isEqualTo(204);
        assertThat(read.parser.isDone()).isTrue();
    }

    @Test
    void head_withBareLineFeeds_isRead() throws MalformedResponse {
        Read read = read("HTTP/1.1 200\nContent-Length: 2\n\nok");
        assertThat(read.body()).isEqualTo("ok");
    }

    @Test
    void bodyWithoutLength_always_endsWithTheConnection() throws MalformedResponse {
        Read read = read("HTTP/1.0 200 OK\r\n\r\nsome text");
        assertThat(read.parser.isDone()).isFalse();
        assertThat(read.parser.mayEndByClose()).isTrue();
        assertThat(read.body()).isEqualTo("some text");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello there",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/1.1 20\r\n\r\n",
                "HTTP/1.1 -20 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n",
            })
    void answer_againstTheProtocol_isMalformed(String wire) {
        assertThatThrownBy(() -> read(wire)).isInstanceOf(MalformedResponse.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            })
    void headers_withoutEnd_areMalformed(String start) {
        assertThatThrownBy(() -> read(start + "A: bcdefgh\r\n".repeat(10_000)))
                .isInstanceOf(MalformedResponse.class);
    }

    @Test
    void interimAnswers_withoutEnd_areMalformed() {
        assertThatThrownBy(() -> read("HTTP/1.1 100 Go on\r\n\r\n".repeat(10_000)))
                .isInstanceOf(MalformedResponse.class);
    }

    @Property(tries = 300)
    void response_cutAnywhere_isReadTheSame(
            @ForAll("bodies") List<String> chunks, @ForAll @IntRange(min = 1, max = 40) int piece)
            throws MalformedResponse {
        StringBuilder wire =
                new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        StringBuilder body = new StringBuilder();
        for (String chunk : chunks) {
            byte[] bytes = chunk.getBytes(StandardCharsets.UTF_8);
            wire.append(Integer.toHexString(bytes.length)).append("\r\n");
            wire.append(chunk).append("\r\n");
            body.append(chunk);
        }
        wire.append("0\r\n\r\n");
        Read read = new Read();
        byte[] bytes = wire.toString().getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at += piece) {
            read.parser.feed(bytes, at, Math.min(piece, bytes.length - at), at);
        }
        assertThat(read.parser.isDone()).isTrue();
        assertThat(read.body()).isEqualTo(body.toString());
    }

    @Property(tries = 2000)
    void bytes_ofAnyKind_areReadOrMalformed(
            @ForAll("starts") String start, @ForAll byte[] garbage) {
        Read read = new Read();
        try {
            byte[] head = start.getBytes(StandardCharsets.UTF_8);
            read.parser.feed(head, 0, head.length, 0);
            int used = read.parser.feed(garbage, 0, garbage.length, 0);
            assertThat(used).isBetween(0, garbage.length);
        } catch (MalformedResponse e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @Provide
    Arbitrary<List<String>> bodies() {
        return Arbitraries.strings().ofMinLength(1).ofMaxLength(60).list().ofMaxSize(8);
    }

    @Provide
    Arbitrary<String> starts() {
        return Arbitraries.of(
                "",
                "HTTP/1.1 200 OK\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
    }

    /** What several answers of one connection come to is the same where heads are remembered. */
    @Property(tries = 1000)
    void answers_withAMemoryOfHeads_readAsWithout(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 7) Integer> which,
            @ForAll @IntRange(min = 1, max = 80) int pieceBytes) {
        HeadMemory memory = new HeadMemory();
        for (int i : which) {
            byte[] wire = ANSWERS.get(i).getBytes(StandardCharsets.UTF_8);
            assertThat(told(new Read(memory), wire, pieceBytes))
                    .isEqualTo(told(new Read(), wire, pieceBytes));
            assertThat(told(new Read(memory), wire, wire.length))
                    .isEqualTo(told(new Read(), wire, wire.length));
        }
    }

    private static final List<String> ANSWERS =
            List.of(
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n",
                    "HTTP/1.0 200 OK\r\n\r\nuntil the end",
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
                    "HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
                    "HTTP/1.1 200 OK\r\nno colon\r\n\r\n");

    private static String told(Read read, byte[] wire, int pieceBytes) {
        ResponseParser parser = read.parser;
        try {
            for (int at = 0; at < wire.length && !parser.isDone(); at += pieceBytes) {
                parser.feed(wire, at, Math.min(pieceBytes, wire.length - at), at);
            }
        } catch (MalformedResponse e) {
            return String.valueOf(e.getMessage());
        }
        return "%d %s %s %s %s %s %s"
                .formatted(
                        read.status,
                        read.body(),
                        parser.isDone(),
                        parser.isBegun(),
                        parser.isReusable(),
                        parser.mayEndByClose(),
                        parser.framing());
    }

    private static Read read(String wire) throws MalformedResponse {
        Read read = new Read();
        byte[] bytes = wire.getBytes(StandardCharsets.UTF_8);
        read.parser.feed(bytes, 0, bytes.length, 0);
        return read;
    }

    private static final class Read implements ResponseSink {
        private final ResponseParser parser;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int status;

        Read() {
            parser = new ResponseParser("GET", this);
        }

        Read(HeadMemory memory) {
            parser = new ResponseParser("GET", this, memory);
        }

        @Override
        public void head(ResponseHead head, long nanos) {
            status = head.status();
        }

        @Override
        public void body(byte[] buffer, int offset, int length, long nanos) {
            bytes.write(buffer, offset, length);
        }

        String body() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
