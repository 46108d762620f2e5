package dev.stoker.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.json.Json;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.wire.RandomRecords;
import dev.stoker.machine.wire.SampleJson;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The pages over a real connection, and what clients cannot do to the server. */
class WebServerTest {
    private static final String PAGE = "stoker_up 1\n".repeat(200);

    private final MachineSample first = new RandomRecords(1).sample();
    private final MachineSample second = new RandomRecords(2).sample();
    private final Feed feed = new Feed(Clock.system(), Duration.ofMinutes(1));
    private final HttpClient client = HttpClient.newHttpClient();
    private WebServer web;

    @BeforeEach
    void start() throws IOException {
        web = started(Gate.local());
    }

    @AfterEach
    void stop() {
        web.close();
        client.close();
    }

    private WebServer started(Gate gate) throws IOException {
        return WebServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                gate,
                feed,
                accept ->
                        new Body(
                                200,
                                accept.isEmpty() ? "text/plain" : accept,
                                PAGE.getBytes(StandardCharsets.UTF_8)),
                Clock.system());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://localhost:" + web.address().getPort() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    @Test
    void metrics_asked_areThePageInTheFormatThatWasAskedFor() throws Exception {
        HttpResponse<String> answer =
                client.send(
                        request("/metrics").header("Accept", "application/x").build(),
                        BodyHandlers.ofString());
        assertThat(answer.body()).isEqualTo(PAGE);
        assertThat(answer.headers().firstValue("content-type")).contains("application/x");
    }

    @Test
    void metrics_askedZipped_areZipped() throws Exception {
        HttpResponse<byte[]> answer =
                client.send(
                        request("/metrics").header("Accept-Encoding", "gzip").build(),
                        BodyHandlers.ofByteArray());
        assertThat(answer.headers().firstValue("content-encoding")).contains("gzip");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            assertThat(in.readAllBytes()).asString().isEqualTo(PAGE);
        }
    }

    @Test
    void health_beforeTheFirstSample_saysSo() throws Exception {
        assertThat(get("/healthz").statusCode()).isEqualTo(503);
        assertThat(get("/healthz").body()).contains("not finished yet");
        assertThat(get("/api/sample").statusCode()).isEqualTo(503);
        feed.publish(first);
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void sample_asked_isTheNewest() throws Exception {
        feed.publish(first);
        feed.publish(second);
        HttpResponse<String> answer = get("/api/sample");
        assertThat(SampleJson.read(Json.parse(answer.body()).orElseThrow())).isEqualTo(second);
    }

    @Test
    void samples_followed_beginWithTheNewestAndGoOn() throws Exception {
        feed.publish(first);
        HttpResponse<InputStream> answer =
                client.send(request("/api/samples").build(), BodyHandlers.ofInputStream());
        assertThat(answer.headers().firstValue("content-type")).contains("text/event-stream");
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            assertThat(sample(in)).isEqualTo(first);
            feed.publish(second);
            assertThat(sample(in)).isEqualTo(second);
        }
    }

    private static MachineSample sample(BufferedReader in) throws IOException {
        String line = in.readLine();
        while (line != null && !line.startsWith("data: ")) {
            line = in.readLine();
        }
        assertThat(line).isNotNull();
        return SampleJson.read(Json.parse(line.substring("data: ".length())).orElseThrow());
    }

    @Test
    void followers_oneTooMany_isTurnedAway() throws Exception {
        feed.publish(first);
        List<Socket> sockets = new ArrayList<>();
        try {
            String status = "";
            for (int i = 0; i < 33; i++) {
                Socket socket = connect();
                sockets.add(socket);
                write(socket, "GET /api/samples HTTP/1.1\r\nHost: localhost\r\n\r\n");
                status = reader(socket).readLine();
                if (i < 32) {
                    assertThat(status).startsWith("HTTP/1.1 200");
                }
            }
            assertThat(status).startsWith("HTTP/1.1 503");
            assertThat(get("/healthz").statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void page_unknown_isNotFoundAndNamesTheOthers() throws Exception {
        HttpResponse<String> answer = get("/nothing");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("/metrics");
        assertThat(get("/").body()).contains("href=\"metrics\"");
    }

    @Test
    void method_thatChanges_isRefused() throws Exception {
        HttpResponse<String> answer =
                client.send(request("/metrics").DELETE().build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD");
    }

    @Test
    void head_always_hasNoBody() throws Exception {
        HttpResponse<String> answer =
                client.send(
                        request("/metrics")
                                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValue("content-length"))
                .contains(Integer.toString(PAGE.length()));
    }

    @Test
    void host_ofAnotherName_isRefused() throws Exception {
        assertThat(raw("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
    }

    @Test
    void token_needed_isAskedForButNotByHealth() throws Exception {
        web.close();
        web = started(Gate.withToken("0123456789abcdef"));
        feed.publish(first);
        assertThat(get("/metrics").statusCode()).isEqualTo(401);
        assertThat(get("/metrics").headers().firstValue("www-authenticate")).contains("Bearer");
        assertThat(get("/api/samples").statusCode()).isEqualTo(401);
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        HttpRequest allowed =
                request("/metrics").header("Authorization", "Bearer 0123456789abcdef").build();
        assertThat(client.send(allowed, BodyHandlers.ofString()).body()).isEqualTo(PAGE);
    }

    @Test
    void head_tooLarge_endsTheConnection() throws Exception {
        // More than the library's own limit: another test may have read its settings before ours.
        String answer =
                raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(900_000) + "\r\n\r\n");
        assertThat(answer == null || !answer.startsWith("HTTP/1.1 200")).isTrue();
        assertThat(get("/").statusCode()).isEqualTo(200);
    }

    @Test
    void rubbish_always_leavesTheServerWell() throws Exception {
        for (String rubbish :
                List.of(
                        "\r\n\r\n",
                        "GET\r\n\r\n",
                        "\u0000\u0001\u0002\r\n\r\n",
                        "GET / HTTP/9.9\r\n\r\n",
                        "GET //// HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        "GET http:///x HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            try (Socket socket = connect()) {
                write(socket, rubbish);
            }
        }
        assertThat(get("/").statusCode()).isEqualTo(200);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(web.address(), 5000);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Returns the first line of the answer; null where there is none. */
    private String raw(String request) throws IOException {
        try (Socket socket = connect()) {
            write(socket, request);
            return reader(socket).readLine();
        } catch (java.net.SocketException e) {
            return null; // The server has let go of it, with what was still under way.
        }
    }
}
