package dev.stoker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** The contract of the event loop, over real sockets on loopback, with either kind of poller. */
@ParameterizedClass
@EnumSource
class ExchangeLoopTest {
    /** How the loop reaches its sockets. */
    enum Kind {
        NATIVE,
        SELECTOR
    }

    @Parameter Kind kind = Kind.NATIVE;

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    /** Serves one connection; how often it was called is its number. */
    private interface Service {
        void serve(InputStream in, OutputStream out, int connection)
                throws IOException, InterruptedException;
    }

    private final Clock clock = Clock.system();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private ServerSocket listener;

    /** What came of one exchange. */
    private static final class Seen implements ResponseSink, SendStamps {
        final StringBuilder body = new StringBuilder();
        final List<Long> stamps = new ArrayList<>();
        int status;
        long connected;
        long sent;
        ExchangeEnd end;

        @Override
        public void head(ResponseHead head, long nanos) {
            status = head.status();
        }

        @Override
        public void body(byte[] buffer, int offset, int length, long nanos) {
            body.append(new String(buffer, offset, length, StandardCharsets.UTF_8));
            stamps.add(nanos);
        }

        @Override
        public void connected(long nanos) {
            connected = nanos;
        }

        @Override
        public void sent(long nanos) {
            sent = nanos;
        }
    }

    private Endpoint serve(Service service) {
        try {
            listener = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.add(
                Thread.startVirtualThread(() -> {
                    try {
                        while (true) {
                            Socket socket = listener.accept();
                            sockets.add(socket);
                            int n = connections.incrementAndGet();
                            threads.add(Thread.startVirtualThread(() -> serve(socket, service, n)));
                        }
                    } catch (IOException e) {
                        // The test is over.
                    }
                }));
        return new Endpoint(false, "127.0.0.1", listener.getLocalPort(), "");
    }

    private static void serve(Socket socket, Service service, int n) {
        try (socket) {
            service.serve(socket.getInputStream(), socket.getOutputStream(), n);
        } catch (IOException | InterruptedException e) {
            // The client left, or the test is over.
        }
    }

    /** Reads one question without a body; false when the client left. */
    private static boolean question(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return false;
            }
            head.append((char) b);
        }
        return true;
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @AfterEach
    void close() throws IOException {
        if (listener != null) {
            listener.close();
        }
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.forEach(Thread::interrupt);
    }

    /** Runs so many exchanges, so many at a time. */
    private List<Seen> run(ExchangeLoop loop, int count, int atOnce, Timeouts timeouts) {
        List<Seen> seen = new ArrayList<>();
        int[] open = {0};
        loop.run(now -> {
            while (open[0] < atOnce && seen.size() < count) {
                Seen one = new Seen();
                seen.add(one);
                open[0]++;
                loop.start(
                        HttpRequest.get("/"),
                        timeouts,
                        one,
                        one,
                        (end, nanos) -> {
                            open[0]--;
                            assertThat(one.end).as("ended once").isNull();
                            one.end = end;
                        });
            }
            return open[0] == 0 && seen.size() == count ? Carrier.STOP : Carrier.NEVER;
        });
        return seen;
    }

    private ExchangeLoop loop(Endpoint endpoint) {
        return kind == Kind.NATIVE
                ? new ExchangeLoop(endpoint, clock)
                : new ExchangeLoop(endpoint, clock, SelectorPoller.open());
    }

    private Seen one(Endpoint endpoint, Duration silence) {
        try (ExchangeLoop loop = loop(endpoint)) {
            return run(loop, 1, 1, Timeouts.stream(silence)).getFirst();
        }
    }

    @Test
    void exchanges_oneAfterTheOther_useOneConnection() {
        Endpoint endpoint =
                serve((in, out, _) -> {
                    while (question(in)) {
                        say(out, OK);
                    }
                });
        try (ExchangeLoop loop = loop(endpoint)) {
            List<Seen> seen = run(loop, 50, 1, Timeouts.stream(Duration.ofSeconds(5)));
            assertThat(seen)
                    .allSatisfy(s -> {
                        assertThat(s.end).isInstanceOf(ExchangeEnd.Complete.class);
                        assertThat(s.body).hasToString("hello");
                        assertThat(s.sent).isGreaterThanOrEqualTo(s.connected);
                        assertThat(s.stamps.getFirst()).isGreaterThanOrEqualTo(s.sent);
                    });
        }
        assertThat(connections).hasValue(1);
    }

    @Test
    void exchanges_manyAtOnce_allEndWell() {
        Endpoint endpoint =
                serve((in, out, _) -> {
                    while (question(in)) {
                        say(out, OK);
                    }
                });
        try (ExchangeLoop loop = loop(endpoint)) {
            List<Seen> seen = run(loop, 2000, 300, Timeouts.stream(Duration.ofSeconds(20)));
            assertThat(seen).allMatch(s -> s.end instanceof ExchangeEnd.Complete);
            assertThat(loop.figures().reads()).isGreaterThanOrEqualTo(2000);
        }
        assertThat(connections.get()).isLessThanOrEqualTo(300);
    }

    @Test
    void answer_oneByteAtATime_isWhole() {
        Endpoint endpoint =
                serve((in, out, _) -> {
                    question(in);
                    for (byte b :
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                                    .getBytes(StandardCharsets.UTF_8)) {
                        out.write(b);
                        out.flush();
                    }
                });
        Seen seen = one(endpoint, Duration.ofSeconds(5));
        assertThat(seen.end).isInstanceOf(ExchangeEnd.Complete.class);
        assertThat(seen.body).hasToString("abc");
    }

    @Test
    void answer_withCloseInItsHead_isNotFollowedByAnotherOnThatConnection() {
        Endpoint endpoint =
                serve((in, out, _) -> {
                    question(in);
                    say(out, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
                });
        try (ExchangeLoop loop = loop(endpoint)) {
            assertThat(run(loop, 3, 1, Timeouts.stream(Duration.ofSeconds(5))))
                    .allMatch(s -> s.end instanceof ExchangeEnd.Complete);
        }
        assertThat(connections).hasValue(3);
    }

    @Test
    void keptConnection_thatTheServerGaveUp_isReplacedWithoutAFailure() {
        Endpoint endpoint =
                serve((in, out, _) -> {
                    // Answers once, and hangs up when it is asked again.
                    question(in);
                    say(out, OK);
                    question(in);
                });
        try (ExchangeLoop loop = loop(endpoint)) {
            assertThat(run(loop, 4, 1, Timeouts.stream(Duration.ofSeconds(5))))
                    .allMatch(s -> s.end instanceof ExchangeEnd.Complete);
        }
        assertThat(connections).hasValue(4);
    }

    @Test
    void answer_longerThanTheBuffer_isWholeThoughTheServerHangsUpBehindIt() {
        String piece = "0123456789abcdef".repeat(1 << 16);
        Endpoint endpoint =
                serve((in, out, _) -> {
                    question(in);
                    say(out, "HTTP/1.1 200 OK\r\n\r\n" + piece);
                });
        Seen seen = one(endpoint, Duration.ofSeconds(5));
        assertThat(seen.end).isInstanceOf(ExchangeEnd.Complete.class);
        assertThat(seen.body).hasToString(piece);
    }

    @Test
    void request_longerThanTheSystemTakesAtOnce_arrivesWhole() {
        byte[] body = new byte[8 << 20];
        Arrays.fill(body, (byte) 'x');
        AtomicInteger arrived = new AtomicInteger();
        Endpoint endpoint =
                serve((in, out, _) -> {
                    question(in);
                    arrived.set(in.readNBytes(body.length).length);
                    say(out, OK);
                });
        Seen seen = new Seen();
        try (ExchangeLoop loop = loop(endpoint)) {
            boolean[] started = {false};
            loop.run(now -> {
                if (!started[0]) {
                    started[0] = true;
                    loop.start(
                            new HttpRequest("POST", "/", Map.of(), body),
                            Timeouts.stream(Duration.ofSeconds(20)),
                            seen,
                            seen,
                            (end, nanos) -> seen.end = end);
                }
                return seen.end == null ? Carrier.NEVER : Carrier.STOP;
            });
        }
        assertThat(seen.end).isInstanceOf(ExchangeEnd.Complete.class);
        assertThat(arrived).hasValue(body.length);
    }

    @Test
    void loop_whereverItIsTested_usesTheSystemsOwnQueue() {
        assertThat(EpollSockets.isUsable()).isEqualTo(OS.current() == OS.LINUX);
    }

    @Test
    void server_thatFallsSilent_isStalled() {
        Endpoint endpoint =
                serve((in, out, _) -> {
                    question(in);
                    say(out, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx");
                    new CountDownLatch(1).await();
                });
        Seen seen = one(endpoint, Duration.ofMillis(200));
        assertThat(seen.end).isInstanceOf(ExchangeEnd.Stalled.class);
        assertThat(((ExchangeEnd.Stalled) seen.end).headSeen()).isTrue();
        assertThat(((ExchangeEnd.Stalled) seen.end).silence())
                .isBetween(Duration.ofMillis(200), Duration.ofSeconds(5));
    }

    @Test
    void server_thatHangsUp_isCut() {
        Endpoint endpoint =
                serve((in, out, _) -> {
                    question(in);
                    say(out, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx");
                });
        Seen seen = one(endpoint, Duration.ofSeconds(5));
        assertThat(seen.end).isInstanceOf(ExchangeEnd.Cut.class);
        assertThat(seen.body).hasToString("x");
    }

    @Test
    void server_thatSaysRubbish_isMalformed() {
        Endpoint endpoint =
                serve((in, out, _) -> {
                    question(in);
                    say(out, "SSH-2.0-OpenSSH_9.9\r\n");
                });
        assertThat(one(endpoint, Duration.ofSeconds(5)).end)
                .isInstanceOf(ExchangeEnd.Malformed.class);
    }

    @Test
    void server_thatIsNotThere_isUnreachable() throws IOException {
        // Bound and not listening: refused, and no other test can get the port meanwhile.
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            Endpoint endpoint = new Endpoint(false, "127.0.0.1", bound.getLocalPort(), "");
            assertThat(one(endpoint, Duration.ofSeconds(5)).end)
                    .isEqualTo(
                            new ExchangeEnd.Unreachable(
                                    "nothing listens there (connection refused)"));
        }
    }

    @Test
    void cancelAll_inTheMiddle_endsEveryExchangeOnce() {
        CountDownLatch asked = new CountDownLatch(20);
        Endpoint endpoint =
                serve((in, out, _) -> {
                    question(in);
                    asked.countDown();
                    new CountDownLatch(1).await();
                });
        List<ExchangeEnd> ends = new ArrayList<>();
        try (ExchangeLoop loop = loop(endpoint)) {
            threads.add(
                    Thread.startVirtualThread(() -> {
                        try {
                            asked.await();
                            loop.wake();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }));
            int[] started = {0};
            loop.run(now -> {
                while (started[0] < 20) {
                    started[0]++;
                    Seen seen = new Seen();
                    loop.start(
                            HttpRequest.get("/"),
                            Timeouts.stream(Duration.ofMinutes(1)),
                            seen,
                            seen,
                            (end, nanos) -> ends.add(end));
                }
                if (asked.getCount() == 0) {
                    loop.cancelAll();
                    return Carrier.STOP;
                }
                return Carrier.NEVER;
            });
        }
        assertThat(ends).hasSize(20).containsOnly(new ExchangeEnd.Cancelled());
    }
}
