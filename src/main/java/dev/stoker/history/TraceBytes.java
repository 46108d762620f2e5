package dev.stoker.history;

import dev.stoker.base.Reading;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * A request trace in few bytes and without loss: numbers as zigzag variable-length integers, the
 * stamps of chunks as the change of their gap, since tokens come at an even pace (three bytes a
 * token instead of eight), and a text that comes again as its number. Pure.
 */
public final class TraceBytes {
    private static final int FORM = 1;

    private TraceBytes() {}

    public static byte[] write(RequestTrace t) {
        Writer w = new Writer();
        w.number(FORM);
        w.number(t.intendedEpochMillis());
        w.number(t.connectedNanos());
        w.number(t.sentNanos());
        w.number(t.headNanos());
        w.number(t.firstAnswerNanos());
        w.number(t.endNanos());
        w.number(t.chars());
        w.number(t.chunkNanos().length);
        long last = 0;
        long gap = 0;
        for (long stamp : t.chunkNanos()) {
            w.number(stamp - last - gap);
            gap = stamp - last;
            last = stamp;
        }
        ServerTimings s = t.timings();
        w.reading(s.total(), Duration::toNanos);
        w.reading(s.load(), Duration::toNanos);
        w.reading(s.promptTokens(), n -> n);
        w.reading(s.cachedTokens(), n -> n);
        w.reading(s.promptTime(), Duration::toNanos);
        w.reading(s.outputTokens(), n -> n);
        w.reading(s.decodeTime(), Duration::toNanos);
        switch (t.outcome()) {
            case RequestTrace.Outcome.Ok(String finish) -> {
                w.number(0);
                w.text(finish);
            }
            case RequestTrace.Outcome.Failed(String kind, String sentence) -> {
                w.number(1);
                w.text(kind);
                w.text(sentence);
            }
        }
        return w.out.toByteArray();
    }

    /**
     * @throws IllegalArgumentException if the bytes are no trace
     */
    public static RequestTrace read(byte[] bytes) {
        Reader r = new Reader(bytes);
        if (r.number() != FORM) {
            throw new IllegalArgumentException("a trace of another form");
        }
        long started = r.number();
        long connected = r.number();
        long sent = r.number();
        long head = r.number();
        long firstAnswer = r.number();
        long end = r.number();
        long chars = r.number();
        long[] chunks = new long[r.count()];
        long last = 0;
        long gap = 0;
        for (int i = 0; i < chunks.length; i++) {
            gap += r.number();
            last += gap;
            chunks[i] = last;
        }
        ServerTimings timings =
                new ServerTimings(
                        r.reading(Duration::ofNanos),
                        r.reading(Duration::ofNanos),
                        r.reading(n -> n),
                        r.reading(n -> n),
                        r.reading(Duration::ofNanos),
                        r.reading(n -> n),
                        r.reading(Duration::ofNanos));
        RequestTrace.Outcome outcome =
                r.number() == 0
                        ? new RequestTrace.Outcome.Ok(r.text())
                        : new RequestTrace.Outcome.Failed(r.text(), r.text());
        return new RequestTrace(
                started, connected, sent, head, chunks, firstAnswer, end, chars, timings, outcome);
    }

    private static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        private final List<String> texts = new ArrayList<>();

        void number(long value) {
            long rest = (value << 1) ^ (value >> 63);
            while ((rest & ~0x7FL) != 0) {
                out.write((int) (rest & 0x7F) | 0x80);
                rest >>>= 7;
            }
            out.write((int) rest);
        }

        void text(String text) {
            int known = texts.indexOf(text);
            number(known + 1L);
            if (known < 0) {
                texts.add(text);
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                number(bytes.length);
                out.writeBytes(bytes);
            }
        }

        <T> void reading(Reading<T> reading, ToLongFunction<T> number) {
            switch (reading) {
                case Reading.Known<T>(T value) -> {
                    number(0);
                    number(number.applyAsLong(value));
                }
                case Reading.Unsupported<T>(String reason) -> {
                    number(1);
                    text(reason);
                }
                case Reading.Failed<T>(String reason) -> {
                    number(2);
                    text(reason);
                }
            }
        }
    }

    private static final class Reader {
        private final byte[] bytes;
        private final List<String> texts = new ArrayList<>();
        private int at;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        long number() {
            long rest = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                if (at >= bytes.length) {
                    throw new IllegalArgumentException("a trace that was cut off");
                }
                byte b = bytes[at++];
                rest |= (b & 0x7FL) << shift;
                if (b >= 0) {
                    return (rest >>> 1) ^ -(rest & 1);
                }
            }
            throw new IllegalArgumentException("a trace with a number that is too long");
        }

        /** A count of things that each take a byte at least, so that rubbish asks for no memory. */
        int count() {
            long n = number();
            if (n < 0 || n > bytes.length - at) {
                throw new IllegalArgumentException("a trace with a wrong length");
            }
            return (int) n;
        }

        String text() {
            long known = number();
            if (known == 0) {
                int length = count();
                String text = new String(bytes, at, length, StandardCharsets.UTF_8);
                at += length;
                texts.add(text);
                return text;
            }
            if (known < 0 || known > texts.size()) {
                throw new IllegalArgumentException("a trace with an unknown text");
            }
            return texts.get((int) known - 1);
        }

        <T> Reading<T> reading(Function<Long, T> value) {
            long kind = number();
            if (kind == 0) {
                return Reading.known(value.apply(number()));
            }
            return kind == 1 ? Reading.unsupported(text()) : Reading.failed(text());
        }
    }
}
