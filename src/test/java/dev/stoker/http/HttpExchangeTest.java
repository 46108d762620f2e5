package dev.stoker.http;

import static dev.stoker.server.LoopbackServer.SILENCE;
import static dev.stoker.server.LoopbackServer.bytes;
import static dev.stoker.server.LoopbackServer.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.server.LoopbackServer;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What the exchange makes of servers that stall, lie, talk without end, or die. */
class HttpExchangeTest {
    private static final Timeouts SHORT =
            new Timeouts(Duration.ofSeconds(5), Duration.ofMillis(150), Duration.ofSeconds(10));
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    @Test
    void answer_whole_isComplete() {
        HttpAnswer answer = fetch(text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        assertThat(answer.isSuccess()).isTrue();
        assertThat(answer.text()).isEqualTo("ok");
    }

    @Test
    void answer_endedByClosing_isComplete() {
        HttpAnswer answer = fetch(text("HTTP/1.1 200 OK\r\n\r\nok"));
        assertThat(answer.isSuccess()).isTrue();
        assertThat(answer.text()).isEqualTo("ok");
    }

    @Test
    void server_silentBeforeTheHead_isStalled() {
        assertThat(fetch(SILENCE).end())
                .isInstanceOfSatisfying(
                        ExchangeEnd.Stalled.class,
                        s -> {
                            assertThat(s.headSeen()).isFalse();
                            assertThat(s.silence()).isGreaterThanOrEqualTo(SHORT.silence());
                        });
    }

    @Test
    void server_silentInMidBody_isStalledWithWhatCame() {
        HttpAnswer answer = fetch(text(CHUNKED + "2\r\nab\r\n").then(SILENCE));
        assertThat(answer.end())
                .isInstanceOfSatisfying(
                        ExchangeEnd.Stalled.class, s -> assertThat(s.headSeen()).isTrue());
        assertThat(answer.text()).isEqualTo("ab");
    }

    @Test
    void server_dripping_isStoppedByTheLimitInAll() {
        Timeouts limits =
                new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(300));
        try (LoopbackServer server =
                new LoopbackServer()
                        .on(
                                "GET /",
                                out -> {
                                    CountDownLatch never = new CountDownLatch(1);
                                    out.write(CHUNKED.getBytes());
                                    while (!never.await(20, TimeUnit.MILLISECONDS)) {
                                        out.write("1\r\nx\r\n".getBytes());
                                        out.flush();
                                    }
                                })) {
            HttpAnswer answer = fetch(server, limits);
            assertThat(answer.end()).isInstanceOf(ExchangeEnd.Stalled.class);
        }
    }

    @Test
    void server_closingBeforeTheHead_isCut() {
        assertThat(fetch(bytes(new byte[0])).end())
                .isInstanceOfSatisfying(
                        ExchangeEnd.Cut.class, c -> assertThat(c.headSeen()).isFalse());
    }

    @Test
    void server_closingWithoutTheLastChunk_isCut() {
        assertThat(fetch(text(CHUNKED + "2\r\nab\r\n")).end())
                .isInstanceOfSatisfying(
                        ExchangeEnd.Cut.class, c -> assertThat(c.headSeen()).isTrue());
    }

    @Test
    void server_promisingMoreThanItSends_isCut() {
        HttpAnswer answer = fetch(text("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok"));
        assertThat(answer.end()).isInstanceOf(ExchangeEnd.Cut.class);
        assertThat(answer.isSuccess()).isFalse();
    }

    @Test
    void server_sendingMoreThanItPromised_isReadToThePromise() {
        HttpAnswer answer = fetch(text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more"));
        assertThat(answer.text()).isEqualTo("ok");
    }

    @Test
    void server_sendingGarbage_isMalformed() {
        assertThat(fetch(text("\0\1\2\3 what is this")).end())
                .isInstanceOf(ExchangeEnd.Malformed.class);
    }

    @Test
    void server_sendingHeadersWithoutEnd_isMalformed() {
        assertThat(
                        fetch(
                                        out -> {
                                            out.write("HTTP/1.1 200 OK\r\n".getBytes());
                                            while (true) {
                                                out.write("A: bcdefghijklmnop\r\n".getBytes());
                                            }
                                        })
                                .end())
                .isInstanceOf(ExchangeEnd.Malformed.class);
    }

    @Test
    void server_sendingMoreThanAllowed_isMalformed() {
        String body = "x".repeat(20_000);
        HttpAnswer answer =
                fetch(text("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + body), 10_000);
        assertThat(answer.end()).isInstanceOf(ExchangeEnd.Malformed.class);
        assertThat(answer.body().length).isLessThanOrEqualTo(10_000);
    }

    @Test
    void server_resettingTheConnection_isCut() throws IOException, InterruptedException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread thread =
                    Thread.startVirtualThread(() -> {
                        try (Socket socket = listener.accept()) {
                            socket.getInputStream().read();
                            socket.setSoLinger(true, 0);
                        } catch (IOException e) {
                            // The test sees it.
                        }
                    });
            Endpoint there = new Endpoint(false, "127.0.0.1", listener.getLocalPort(), "");
            HttpAnswer answer = fetch(there, SHORT, 1000, Cancellation.never());
            assertThat(answer.end())
                    .isInstanceOfSatisfying(
                            ExchangeEnd.Cut.class, c -> assertThat(c.reason()).contains("reset"));
            thread.join();
        }
    }

    @Test
    void address_nobodyListens_isUnreachable() throws IOException {
        // Bound and not listening: refused, and no other test can get the port meanwhile.
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            Endpoint there = new Endpoint(false, "127.0.0.1", bound.getLocalPort(), "");
            assertThat(fetch(there, SHORT, 1000, Cancellation.never()).end())
                    .isInstanceOfSatisfying(
                            ExchangeEnd.Unreachable.class,
                            u -> assertThat(u.reason()).contains("connection refused"));
        }
    }

    @Test
    void address_unknownName_isUnreachable() {
        Endpoint there = new Endpoint(false, "no-such-host.invalid", 80, "");
        assertThat(fetch(there, SHORT, 1000, Cancellation.never()).end())
                .isInstanceOf(ExchangeEnd.Unreachable.class);
    }

    @Test
    void caller_cancellingInMidBody_endsAtOnce() {
        Cancellation cancellation = new Cancellation();
        Timeouts patient = Timeouts.stream(Duration.ofSeconds(100));
        try (LoopbackServer server =
                new LoopbackServer().on("GET /", text(CHUNKED + "2\r\nab\r\n").then(SILENCE))) {
            List<Long> stamps = new ArrayList<>();
            ResponseSink sink =
                    new ResponseSink() {
                        @Override
                        public void head(ResponseHead head, long nanos) {
                            stamps.add(nanos);
                        }

                        @Override
                        public void body(byte[] buffer, int offset, int length, long nanos) {
                            stamps.add(nanos);
                            cancellation.cancel();
                        }
                    };
            ExchangeEnd end =
                    new HttpExchange(server.endpoint(), Clock.system())
                            .run(
                                    HttpRequest.get("/"),
                                    patient,
                                    SendStamps.NONE,
                                    sink,
                                    cancellation);
            assertThat(end).isInstanceOf(ExchangeEnd.Cancelled.class);
            assertThat(stamps).hasSize(2).isSorted();
        }
    }

    @Test
    void caller_cancelledBefore_sendsNothing() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();
        try (LoopbackServer server = new LoopbackServer()) {
            assertThat(fetch(server.endpoint(), SHORT, 1000, cancellation).end())
                    .isInstanceOf(ExchangeEnd.Cancelled.class);
            assertThat(server.questions()).isEmpty();
        }
    }

    @Test
    void request_withALineBreakInAHeader_isRefused() {
        assertThatThrownBy(() -> HttpRequest.get("/").with("A", "b\r\nC: d"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void request_printed_showsNoHeader() {
        HttpRequest request =
                new HttpRequest("GET", "/", Map.of("Authorization", "Bearer secret"), new byte[0]);
        assertThat(request.toString()).doesNotContain("secret");
    }

    private static HttpAnswer fetch(LoopbackServer.Answer answer) {
        return fetch(answer, 1 << 20);
    }

    private static HttpAnswer fetch(LoopbackServer.Answer answer, int largest) {
        try (LoopbackServer server = new LoopbackServer().on("GET /", answer)) {
            return fetch(server.endpoint(), SHORT, largest, Cancellation.never());
        }
    }

    private static HttpAnswer fetch(LoopbackServer server, Timeouts limits) {
        return fetch(server.endpoint(), limits, 1 << 20, Cancellation.never());
    }

    private static HttpAnswer fetch(
            Endpoint there, Timeouts limits, int largest, Cancellation cancellation) {
        return new HttpExchange(there, Clock.system())
                .fetch(HttpRequest.get("/"), limits, largest, cancellation);
    }
}
