package dev.stoker.tui.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;

import dev.stoker.base.Clock;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.MachineSample;
import dev.stoker.server.ApiKey;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

class RemoteFeedTest {
    private final BlockingQueue<Update> news = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> tokens = new LinkedBlockingQueue<>();
    private volatile int status = 200;
    private HttpServer server;
    private int port;

    private void serve(int at) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 0);
        server.createContext(
                "/api/sample",
                exchange -> {
                    tokens.add(
                            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
                    byte[] body = "sample".getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        port = server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    private RemoteFeed feed(Function<String, MachineSample> form) {
        return new RemoteFeed(
                Endpoint.parse("http://127.0.0.1:" + port),
                ApiKey.fromEnvironment("T", Map.of("T", "secret")),
                form,
                _ -> List.of(),
                Duration.ofMillis(20),
                Clock.system());
    }

    private Update await(Predicate<Update> wanted) throws InterruptedException {
        while (true) {
            Update update = news.poll(30, TimeUnit.SECONDS);
            assertThat(update).as("news").isNotNull();
            if (wanted.test(update)) {
                return update;
            }
        }
    }

    @Test
    void feed_hostThatTells_handsItOnWithTheToken() throws Exception {
        serve(0);
        long[] count = {0};
        try (RemoteFeed feed = feed(_ -> Samples.at(++count[0]))) {
            feed.start(news::add);
            assertThat(await(u -> true).status()).isEqualTo("live");
            assertThat(tokens.take()).isEqualTo("Bearer secret");
        }
    }

    @Test
    void feed_hostThatGoesAndComesBack_saysWhyAndGoesOn() throws Exception {
        serve(0);
        long[] count = {0};
        try (RemoteFeed feed = feed(_ -> Samples.at(++count[0]))) {
            feed.start(news::add);
            await(u -> u.moment().isPresent());
            server.stop(0);
            Update gone = await(u -> u.moment().isEmpty());
            assertThat(gone.status()).isEqualTo("gone");
            assertThat(gone.trouble()).contains("127.0.0.1:" + port + " does not tell");
            serve(port);
            await(u -> u.moment().isPresent());
        }
    }

    @Test
    void feed_hostThatWantsAToken_saysHowToGiveIt() throws Exception {
        serve(0);
        status = 401;
        try (RemoteFeed feed = feed(_ -> Samples.at(1))) {
            feed.start(news::add);
            assertThat(await(u -> true).trouble()).contains("--token-env");
        }
    }

    @Test
    void feed_otherAnswer_isNoSample() throws Exception {
        serve(0);
        try (RemoteFeed feed =
                feed(_ -> {
                    throw new IllegalArgumentException("it is no JSON");
                })) {
            feed.start(news::add);
            assertThat(await(u -> true).trouble())
                    .contains("no sample of this version")
                    .contains("it is no JSON");
        }
    }
}
