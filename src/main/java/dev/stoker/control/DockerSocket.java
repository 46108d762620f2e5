package dev.stoker.control;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.http.MalformedResponse;
import dev.stoker.http.ResponseHead;
import dev.stoker.http.ResponseParser;
import dev.stoker.http.ResponseSink;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Speaks HTTP with Docker's daemon over its Unix domain socket: one connection a request, a bounded
 * answer, a bounded time. Thread-safe; each call blocks its thread.
 *
 * <p>Source: the Docker Engine API, whose unversioned paths are those of the daemon's own version.
 */
final class DockerSocket {
    private static final int LARGEST_ANSWER = 4 << 20;

    private final Path socket;
    private final Clock clock;

    DockerSocket(Path socket, Clock clock) {
        this.socket = socket;
        this.clock = clock;
    }

    /**
     * What the daemon said.
     *
     * @param status the HTTP status
     * @param body text, usually JSON
     */
    record Answer(int status, String body) {}

    /**
     * Sends a request without a body and returns the answer.
     *
     * @throws IOException if no whole answer came within the limit, or the caller was cancelled
     */
    Answer request(String method, String path, Duration limit, Cancellation cancellation)
            throws IOException {
        AtomicBoolean late = new AtomicBoolean();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Cancellation.Registration _ = cancellation.onCancel(() -> close(channel))) {
            Thread guard =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    clock.sleep(limit);
                                    late.set(true);
                                    close(channel);
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            });
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                return converse(channel, method, path);
            } catch (IOException e) {
                if (late.get()) {
                    throw new IOException("no answer within " + limit.toSeconds() + " s", e);
                }
                throw cancellation.isCancelled() ? new IOException("cancelled", e) : e;
            } finally {
                guard.interrupt();
            }
        }
    }

    private Answer converse(SocketChannel channel, String method, String path) throws IOException {
        String head =
                method
                        + " "
                        + path
                        + " HTTP/1.1\r\nHost: docker\r\nUser-Agent: stoker\r\nContent-Length: 0\r\n"
                        + "Connection: close\r\n\r\n";
        ByteBuffer out = ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII));
        while (out.hasRemaining()) {
            channel.write(out);
        }
        Collector collector = new Collector();
        ResponseParser parser = new ResponseParser(method, collector);
        ByteBuffer in = ByteBuffer.allocate(16 << 10);
        while (!parser.isDone()) {
            in.clear();
            int read = channel.read(in);
            if (read < 0) {
                if (parser.headSeen() && parser.mayEndByClose()) {
                    break;
                }
                throw new IOException("the connection was closed before the answer was complete");
            }
            try {
                parser.feed(in.array(), 0, read, clock.nanos());
            } catch (MalformedResponse e) {
                throw new IOException("the answer is not HTTP: " + e.getMessage(), e);
            }
            if (collector.body.size() > LARGEST_ANSWER) {
                throw new IOException("the answer has more than " + LARGEST_ANSWER + " bytes");
            }
        }
        return new Answer(collector.status, collector.body.toString(StandardCharsets.UTF_8));
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // A channel that can't be closed is gone already.
        }
    }

    private static final class Collector implements ResponseSink {
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private int status;

        @Override
        public void head(ResponseHead response, long nanos) {
            status = response.status();
        }

        @Override
        public void body(byte[] buffer, int offset, int length, long nanos) {
            body.write(buffer, offset, length);
        }
    }
}
