package dev.stoker.jmh;

import dev.stoker.base.Clock;
import dev.stoker.http.Endpoint;
import dev.stoker.http.MalformedResponse;
import dev.stoker.http.ResponseParser;
import dev.stoker.json.LineShapes;
import dev.stoker.load.TraceRecorder;
import dev.stoker.server.ApiKey;
import dev.stoker.server.Failures;
import dev.stoker.server.ServerKind;
import dev.stoker.server.StreamDecoder;
import dev.stoker.server.StreamEvent;
import dev.stoker.server.StreamEvents;
import dev.stoker.server.ollama.OllamaDecoder;
import dev.stoker.server.openai.SseDecoder;
import dev.stoker.stats.LatencyDigest;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * What a token costs on its way from the bytes of a read to its stamp, in hot caches: HTTP framing,
 * lines, the event of each dialect; keeping its stamp; adding its gap to a digest.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TokenBenchmark {
    private static final int TOKENS = 128;

    /** The forms of a token, as the servers send them. */
    public enum Dialect {
        OLLAMA(
                "{\"model\":\"m\",\"created_at\":\"2026-01-01T00:00:00.%09dZ\",\"message\":{\"role\":\"assistant\",\"content\":\""
                    + " word\"},\"done\":false}\n"),
        OPENAI(
                "data: {\"id\":\"chatcmpl-%09d\",\"object\":\"chat.completion.chunk\",\"created\":"
                    + "1760000000,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
                    + " word\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n"),
        LLAMA_SERVER(
                "data: {\"index\":0,\"content\":\" word\",\"tokens\":[1%09d],\"stop\":false,"
                        + "\"id_slot\":-1,\"tokens_predicted\":7,\"tokens_evaluated\":12}\n\n");

        private final String form;

        Dialect(String form) {
            this.form = form;
        }
    }

    /** A stream in the middle, and the bytes of some reads. */
    @State(Scope.Thread)
    public static class Stream implements StreamEvents {
        @Param public Dialect dialect = Dialect.OPENAI;

        /** Whether a line is the same as an earlier one but for its values. */
        @Param({"true", "false"})
        public boolean known;

        byte[][] reads = new byte[TOKENS][];
        @Nullable ResponseParser parser;
        long chars;

        @Setup
        public void start() throws MalformedResponse {
            Failures failures =
                    new Failures(
                            ServerKind.OPENAI,
                            new Endpoint(false, "127.0.0.1", 1, ""),
                            ApiKey.none());
            LineShapes shapes = new LineShapes();
            StreamDecoder decoder =
                    dialect == Dialect.OLLAMA
                            ? new OllamaDecoder(this, failures, "m", shapes)
                            : new SseDecoder(this, failures, "m", "", shapes);
            parser = new ResponseParser("POST", decoder);
            feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < TOKENS; i++) {
                String line = dialect.form.formatted(i);
                if (!known) {
                    // A name of its own for each: no line has the form of another.
                    line = line.replaceFirst("\\{", "{\"k" + i + "\":1,");
                }
                String chunk = Integer.toHexString(line.length()) + "\r\n" + line + "\r\n";
                reads[i] = chunk.getBytes(StandardCharsets.UTF_8);
            }
        }

        private void feed(String text) throws MalformedResponse {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            parser.feed(bytes, 0, bytes.length, 0);
        }

        @Override
        public void on(StreamEvent event) {}

        @Override
        public boolean wantsText() {
            return false;
        }

        @Override
        public void chunk(long nanos, boolean reasoning, int length) {
            chars += length;
        }
    }

    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public long parse(Stream stream) throws MalformedResponse {
        for (byte[] read : stream.reads) {
            stream.parser.feed(read, 0, read.length, 1);
        }
        return stream.chars;
    }

    /** A whole request's stamps; what is made is the recorder and the stamps themselves. */
    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public int record() {
        TraceRecorder recorder = new TraceRecorder(Clock.system(), 0, false);
        for (int i = 0; i < TOKENS; i++) {
            recorder.chunk(i, false, 5);
        }
        return recorder.chunkCount();
    }

    /** A digest that has more values than it keeps one by one. */
    @State(Scope.Thread)
    public static class Full {
        final LatencyDigest digest = new LatencyDigest();
        long next;

        @Setup
        public void fill() {
            for (int i = 0; i < 200_000; i++) {
                digest.add(20_000_000 + i);
            }
        }
    }

    @Benchmark
    public long digest(Full full) {
        full.digest.add(20_000_000 + (full.next++ & 0xfffff));
        return full.digest.count();
    }
}
