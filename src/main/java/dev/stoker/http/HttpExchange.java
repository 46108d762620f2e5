package dev.stoker.http;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Carries HTTP/1.1 exchanges to one endpoint over blocking sockets, one connection an exchange,
 * with a stamp of the clock at every read. It knows nothing of language models. Each call blocks
 * its own thread (a virtual one will do); the object itself holds no state and may be shared.
 */
public final class HttpExchange {
    private static final int BUFFER_BYTES = 64 << 10;

    private final Endpoint endpoint;
    private final Clock clock;

    public HttpExchange(Endpoint endpoint, Clock clock) {
        this.endpoint = endpoint;
        this.clock = clock;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    public Clock clock() {
        return clock;
    }

    /**
     * Sends a request and hands on the response until its end, whatever that is. Never throws for
     * what a server does.
     */
    public ExchangeEnd run(
            HttpRequest request,
            Timeouts timeouts,
            SendStamps stamps,
            ResponseSink sink,
            Cancellation cancellation) {
        if (cancellation.isCancelled()) {
            return new ExchangeEnd.Cancelled();
        }
        AtomicReference<Socket> open = new AtomicReference<>(new Socket());
        try (Cancellation.Registration _ =
                cancellation.onCancel(() -> Dial.closeQuietly(open.get()))) {
            Socket socket;
            try {
                socket = new Dial(endpoint).connect(open, millis(timeouts.connect()), cancellation);
            } catch (IOException e) {
                return cancellation.isCancelled()
                        ? new ExchangeEnd.Cancelled()
                        : new ExchangeEnd.Unreachable(ConnectFailure.why(e, timeouts));
            }
            stamps.connected(clock.nanos());
            return converse(socket, request, timeouts, stamps, sink, cancellation);
        } finally {
            Dial.closeQuietly(open.get());
        }
    }

    /** Sends a request and collects the whole answer, at most so many bytes of it. */
    public HttpAnswer fetch(
            HttpRequest request, Timeouts timeouts, int largestBody, Cancellation cancellation) {
        Collector collector = new Collector(largestBody);
        ExchangeEnd end;
        try {
            end = run(request, timeouts, SendStamps.NONE, collector, cancellation);
        } catch (BodyTooLarge e) {
            end = new ExchangeEnd.Malformed("an answer of more than " + largestBody + " bytes");
        }
        return new HttpAnswer(collector.head, collector.bytes.toByteArray(), end);
    }

    private ExchangeEnd converse(
            Socket socket,
            HttpRequest request,
            Timeouts timeouts,
            SendStamps stamps,
            ResponseSink sink,
            Cancellation cancellation) {
        ResponseParser parser = new ResponseParser(request.method(), sink);
        long deadline = clock.nanos() + timeouts.total().toNanos();
        long last = clock.nanos();
        try {
            send(socket, request);
            last = clock.nanos();
            stamps.sent(last);
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            while (true) {
                long left = deadline - clock.nanos();
                if (left <= 0) {
                    return new ExchangeEnd.Stalled(timeouts.total(), parser.headSeen());
                }
                Duration wait = Duration.ofNanos(Math.min(left, timeouts.silence().toNanos()));
                socket.setSoTimeout(millis(wait));
                int n = in.read(buffer);
                last = clock.nanos();
                if (n < 0) {
                    return parser.mayEndByClose() && parser.headSeen()
                            ? new ExchangeEnd.Complete(last, ExchangeEnd.Framing.CLOSED)
                            : new ExchangeEnd.Cut(
                                    last, parser.headSeen(), "the server closed the connection");
                }
                parser.feed(buffer, 0, n, last);
                if (parser.isDone()) {
                    return new ExchangeEnd.Complete(last, parser.framing());
                }
            }
        } catch (SocketTimeoutException e) {
            return new ExchangeEnd.Stalled(
                    Duration.ofNanos(clock.nanos() - last), parser.headSeen());
        } catch (IOException e) {
            return cancellation.isCancelled()
                    ? new ExchangeEnd.Cancelled()
                    : new ExchangeEnd.Cut(
                            clock.nanos(), parser.headSeen(), ConnectFailure.reset(e));
        } catch (MalformedResponse e) {
            return new ExchangeEnd.Malformed(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Writes the request. A server that refuses early (too large, wrong path) may answer and close
     * while the body is still being written: then its answer counts, not the broken pipe.
     */
    private void send(Socket socket, HttpRequest request) throws IOException {
        try {
            socket.getOutputStream().write(request.encoded(endpoint, false));
            socket.getOutputStream().flush();
        } catch (SocketException e) {
            if (socket.isClosed()) {
                throw e;
            }
        }
    }

    private int millis(Duration duration) {
        return Math.clamp(clock.toWall(duration).toMillis(), 1, Integer.MAX_VALUE);
    }

    private static final class BodyTooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Collector implements ResponseSink {
        private final int largest;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Optional<ResponseHead> head = Optional.empty();

        Collector(int largest) {
            this.largest = largest;
        }

        @Override
        public void head(ResponseHead response, long nanos) {
            head = Optional.of(response);
        }

        @Override
        public void body(byte[] buffer, int offset, int length, long nanos) {
            if (bytes.size() + length > largest) {
                throw new BodyTooLarge();
            }
            bytes.write(buffer, offset, length);
        }
    }
}
