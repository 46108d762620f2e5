package dev.stoker.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.http.Endpoint;
import dev.stoker.http.ExchangeEnd;
import dev.stoker.http.ResponseHead;
import dev.stoker.json.Json;
import dev.stoker.json.LineShapes;
import dev.stoker.server.ollama.OllamaDecoder;
import dev.stoker.server.openai.SseDecoder;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the decoders make of streams that no capture holds. */
class StreamDecoderTest {
    private static final Failures FAILURES =
            new Failures(ServerKind.OPENAI, new Endpoint(false, "127.0.0.1", 1, ""), ApiKey.none());
    private static final ExchangeEnd COMPLETE =
            new ExchangeEnd.Complete(0, ExchangeEnd.Framing.LAST_CHUNK);
    private static final ExchangeEnd CUT = new ExchangeEnd.Cut(0, true, "closed");

    @Test
    void events_withOddFraming_areUnderstood() {
        List<StreamEvent> events =
                sse(
                        """
                        : comment
                        event: message
                        id: 7
                        retry: 10
                        data:{"choices":[{"delta":{"content":"a"}}]}

                        data:   {"choices":[{"delta":{"reasoning":"b"}}]}\r
                        \r
                        data: {"choices":[{"delta":{"reasoning_content":"c"}}]}
                        data: {"choices":[{"delta":{"tool_calls":[{"id":"t"}]},"finish_reason":"tool_calls"}]}
                        data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}
                        data:
                        data: [DONE]
                        data: {"choices":[{"delta":{"content":"never"}}]}
                        """,
                        COMPLETE);
        assertThat(kinds(events))
                .containsExactly(
                        "Headers", "Token", "Reasoning", "Reasoning", "ToolCall", "Usage", "End");
    }

    @Test
    void roleChunk_alone_isNoToken() {
        List<StreamEvent> events =
                sse(
                        """
                        data: {"choices":[{"delta":{"role":"assistant","content":""}}]}
                        data: {"choices":[{"delta":{"role":"assistant","content":null}}]}
                        """,
                        COMPLETE);
        assertThat(kinds(events)).containsExactly("Headers", "Fault");
        assertThat(fault(events)).isInstanceOf(ServerFailure.StreamCut.class);
    }

    @Test
    void finishReason_thenCut_isAnEndAllTheSame() {
        String stream = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
        assertThat(sse(stream, CUT).getLast()).isInstanceOf(StreamEvent.End.class);
    }

    @Test
    void done_withoutFinishReason_isACut() {
        String stream = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n";
        assertThat(fault(sse(stream, COMPLETE))).isInstanceOf(ServerFailure.StreamCut.class);
    }

    @Test
    void webPage_insteadOfAStream_isABadAnswer() {
        assertThat(fault(sse("<html>\n<body>Welcome</body>\n</html>\n", COMPLETE)))
                .isInstanceOfSatisfying(
                        ServerFailure.BadAnswer.class,
                        f -> assertThat(f.detail()).contains("Welcome"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"error\":\"CUDA error: Out of Memory\"} | out-of-memory",
                "{\"error\":\"an error was encountered while running the model: unexpected EOF\"}"
                        + " | server-died",
                "{\"error\":\"llama runner process has terminated: signal: killed\"} | server-died",
                "{\"error\":\"model runner has unexpectedly stopped, this may be due to resource"
                        + " limitations\"} | server-died",
                "{\"error\":\"something else\"} | stream-error",
                "not json | bad-answer",
                "[1] | bad-answer",
                "{\"done\":false} | stream-cut",
            })
    void line_wrong_isTheRightFault(String line, String code) {
        assertThat(fault(ndjson(line + "\n", COMPLETE)).code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"error\":{\"message\":\"full\",\"code\":429}} | busy",
                "{\"error\":{\"message\":\"too long\",\"code\":400}} | bad-request",
                "{\"error\":{\"message\":\"VK_ERROR_OUT_OF_DEVICE_MEMORY\"}} | out-of-memory",
                "{\"error\":\"Model is overloaded\",\"error_type\":\"overloaded\"} | busy",
                "{\"error\":{\"message\":\"engine dead\",\"code\":500}} | stream-error",
            })
    void event_withAnError_isTheRightFault(String event, String code) {
        assertThat(fault(sse("data: " + event + "\n\n", COMPLETE)).code()).isEqualTo(code);
    }

    @Test
    void thinking_ofOllama_isReasoning() {
        List<StreamEvent> events =
                ndjson(
                        """
                        {"message":{"role":"assistant","content":"","thinking":"hm"},"done":false}
                        {"message":{"content":"","tool_calls":[{"function":{}}]},"done":false}
                        {"message":{"content":"yes"},"done":false}
                        {"message":{"content":""},"done":true}
                        """,
                        COMPLETE);
        assertThat(kinds(events))
                .containsExactly("Headers", "Reasoning", "ToolCall", "Token", "Usage", "End");
    }

    @Test
    void line_withoutEnd_isABadAnswerAndNotAFullMemory() {
        List<StreamEvent> events = new ArrayList<>();
        StreamDecoder decoder = new OllamaDecoder(events::add, FAILURES, "m", new LineShapes());
        decoder.head(new ResponseHead(200, "OK", List.of()), 0);
        byte[] piece = new byte[1 << 20];
        for (int i = 0; i < 40; i++) {
            decoder.body(piece, 0, piece.length, i);
        }
        decoder.end(COMPLETE, 50);
        assertThat(fault(events)).isInstanceOf(ServerFailure.BadAnswer.class);
        assertThat(events.getLast().nanos()).isLessThanOrEqualTo(17);
    }

    @Test
    void line_ofTenMegabytes_isRead() {
        String text = "x".repeat(10 << 20);
        List<StreamEvent> events =
                ndjson("{\"response\":\"" + text + "\",\"done\":true}\n", COMPLETE);
        assertThat(events.get(1)).isEqualTo(new StreamEvent.Token(1, text));
    }

    @ParameterizedTest
    @CsvSource({"200", "500", "404"})
    void end_ofEveryKind_isOneFault(int status) {
        List<ExchangeEnd> ends =
                List.of(
                        COMPLETE,
                        CUT,
                        new ExchangeEnd.Unreachable("x"),
                        new ExchangeEnd.Stalled(Duration.ofSeconds(1), true),
                        new ExchangeEnd.Malformed("x"),
                        new ExchangeEnd.Cancelled());
        for (ExchangeEnd end : ends) {
            List<StreamEvent> events = new ArrayList<>();
            StreamDecoder decoder =
                    new SseDecoder(events::add, FAILURES, "m", "", new LineShapes());
            decoder.head(new ResponseHead(status, "", List.of()), 0);
            decoder.end(end, 1);
            decoder.end(end, 2);
            assertThat(kinds(events)).containsExactly("Headers", "Fault");
        }
    }

    @Property(tries = 500)
    void stream_cutAnywhere_givesTheSameEvents(
            @ForAll("texts") List<String> texts, @ForAll @IntRange(min = 1, max = 30) int piece) {
        StringBuilder stream = new StringBuilder();
        StringBuilder whole = new StringBuilder();
        for (String text : texts) {
            String json = Json.write(Json.object().put("c", text));
            String quoted = json.substring(json.indexOf(':') + 1, json.length() - 1);
            stream.append("data: {\"choices\":[{\"delta\":{\"content\":")
                    .append(quoted)
                    .append("}}]}\r\n\r\n");
            whole.append(text);
        }
        stream.append("data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\n\n");
        List<StreamEvent> events = new ArrayList<>();
        StreamDecoder decoder = new SseDecoder(events::add, FAILURES, "m", "", new LineShapes());
        decoder.head(new ResponseHead(200, "OK", List.of()), 0);
        byte[] bytes = stream.toString().getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at += piece) {
            decoder.body(bytes, at, Math.min(piece, bytes.length - at), at);
        }
        decoder.end(COMPLETE, bytes.length);
        StringBuilder got = new StringBuilder();
        events.forEach(e -> got.append(e instanceof StreamEvent.Token t ? t.text() : ""));
        assertThat(got.toString()).isEqualTo(whole.toString());
        assertThat(events.getLast()).isInstanceOf(StreamEvent.End.class);
    }

    @Property(tries = 2000)
    void bytes_ofAnyKind_endInExactlyOneLastEvent(
            @ForAll("garbage") byte[] garbage, @ForAll boolean events) {
        List<StreamEvent> seen = new ArrayList<>();
        StreamDecoder decoder =
                events
                        ? new SseDecoder(seen::add, FAILURES, "m", "", new LineShapes())
                        : new OllamaDecoder(seen::add, FAILURES, "m", new LineShapes());
        decoder.head(new ResponseHead(200, "OK", List.of()), 0);
        decoder.body(garbage, 0, garbage.length, 1);
        decoder.end(COMPLETE, 2);
        assertThat(
                        seen.stream()
                                .filter(e ->
                                        e instanceof StreamEvent.End
                                                || e instanceof StreamEvent.Fault))
                .hasSize(1);
    }

    @Provide
    Arbitrary<List<String>> texts() {
        return Arbitraries.strings()
                .withCharRange('\u0000', '\ud7ff')
                .ofMinLength(1)
                .ofMaxLength(20)
                .list()
                .ofMaxSize(6);
    }

    /** Bytes without sense, and pieces of sense in a senseless order. */
    @Provide
    Arbitrary<byte[]> garbage() {
        Arbitrary<String> pieces =
                Arbitraries.of(
                        "data: ",
                        "{",
                        "}",
                        "\n",
                        "\r\n",
                        "[DONE]",
                        "{\"choices\":",
                        "[{\"delta\":{\"content\":\"a\"}}]",
                        "\"done\":true",
                        "{\"error\":",
                        "null",
                        "[[[[",
                        "1e999",
                        "\"",
                        ":",
                        "{\"usage\":7}",
                        "{\"timings\":{\"cache_n\":\"x\",\"predicted_n\":1e40}}");
        Arbitrary<byte[]> sense =
                pieces.list()
                        .ofMaxSize(30)
                        .map(l -> String.join("", l).getBytes(StandardCharsets.UTF_8));
        return Arbitraries.oneOf(sense, Arbitraries.bytes().array(byte[].class).ofMaxSize(300));
    }

    private static List<StreamEvent> sse(String stream, ExchangeEnd end) {
        List<StreamEvent> events = new ArrayList<>();
        return run(
                new SseDecoder(events::add, FAILURES, "m", "", new LineShapes()),
                events,
                stream,
                end);
    }

    private static List<StreamEvent> ndjson(String stream, ExchangeEnd end) {
        List<StreamEvent> events = new ArrayList<>();
        return run(
                new OllamaDecoder(events::add, FAILURES, "m", new LineShapes()),
                events,
                stream,
                end);
    }

    private static List<StreamEvent> run(
            StreamDecoder decoder, List<StreamEvent> events, String stream, ExchangeEnd end) {
        decoder.head(new ResponseHead(200, "OK", List.of()), 0);
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        decoder.body(bytes, 0, bytes.length, 1);
        decoder.end(end, 2);
        return events;
    }

    private static List<String> kinds(List<StreamEvent> events) {
        return events.stream().map(e -> e.getClass().getSimpleName()).toList();
    }

    private static ServerFailure fault(List<StreamEvent> events) {
        assertThat(events.getLast()).isInstanceOf(StreamEvent.Fault.class);
        return ((StreamEvent.Fault) events.getLast()).failure();
    }
}
