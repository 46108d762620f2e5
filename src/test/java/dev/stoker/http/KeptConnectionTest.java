package dev.stoker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.server.KeepingServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Servers that keep a connection, give it up, begin anew and fall silent between two questions. */
class KeptConnectionTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int LARGEST = 1000;
    private final Clock clock = Clock.system();
    private KeepingServer server;
    private KeptConnection connection;

    @BeforeEach
    void start() throws IOException {
        server = new KeepingServer().on("/a", KeepingServer.json("{\"a\":1}"));
        connection = new KeptConnection(server.endpoint(), clock);
    }

    @AfterEach
    void close() {
        connection.close();
        server.close();
    }

    private long in(Duration duration) {
        return clock.nanos() + duration.toNanos();
    }

    private HttpAnswer ask(HttpRequest request, boolean keep) {
        return connection
                .send(request, keep, LARGEST, in(LONG))
                .or(() -> connection.await(in(LONG)))
                .orElseThrow();
    }

    private HttpAnswer ask(String path) {
        return ask(HttpRequest.get(path), true);
    }

    @Test
    void questions_areAskedOverOneConnection() {
        for (int i = 0; i < 3; i++) {
            assertThat(ask("/a").text()).isEqualTo("{\"a\":1}");
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void lastQuestion_closes() {
        ask(HttpRequest.get("/a"), false);
        assertThat(ask("/a").isSuccess()).isTrue();
        assertThat(server.connections()).isEqualTo(2);
        assertThat(server.heads().getFirst()).contains("Connection: close");
    }

    @Test
    void connection_thatTheServerClosedMeanwhile_isOpenedAnew() {
        ask("/a");
        server.dropConnections();
        assertThat(ask("/a").isSuccess()).isTrue();
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void connection_thatTheServerClosedHalf_isOpenedAnew() {
        ask("/a");
        server.closeHalf();
        assertThat(ask("/a").isSuccess()).isTrue();
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void server_thatBeganAnew_isAskedOverANewConnection() throws IOException {
        ask("/a");
        int port = server.endpoint().port();
        server.close();
        server = new KeepingServer(port).on("/a", KeepingServer.json("{\"a\":2}"));
        assertThat(ask("/a").text()).isEqualTo("{\"a\":2}");
    }

    @Test
    void server_thatIsGone_isUnreachable() {
        ask("/a");
        server.close();
        assertThat(ask("/a").end()).isInstanceOf(ExchangeEnd.Unreachable.class);
    }

    @Test
    void answer_thatSaysClose_isTheLastOfItsConnection() {
        server.on("/a", KeepingServer.json("{}", "Connection: close\r\n"));
        assertThat(ask("/a").isSuccess()).isTrue();
        assertThat(ask("/a").isSuccess()).isTrue();
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void words_thatNobodyAskedFor_areNotTakenForTheAnswer() {
        ask("/a");
        server.say("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
        assertThat(ask("/a").status()).isEqualTo(200);
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void answer_thatDoesNotCome_leavesTheQuestionOpenUntilItIsGivenUp() {
        ask("/a");
        assertThat(connection.send(HttpRequest.get("/b"), true, LARGEST, in(LONG))).isEmpty();
        assertThat(connection.await(in(Duration.ofMillis(20)))).isEmpty();
        assertThat(connection.await(in(Duration.ofMillis(20)))).isEmpty();
        ExchangeEnd silence = new ExchangeEnd.Stalled(LONG, connection.headSeen());
        assertThat(connection.giveUp(silence).end()).isEqualTo(silence);
        assertThat(ask("/a").isSuccess()).isTrue();
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void answer_thatComesLate_isTakenByTheSecondWait() {
        assertThat(connection.send(HttpRequest.get("/b"), true, LARGEST, in(LONG))).isEmpty();
        assertThat(connection.await(in(Duration.ofMillis(20)))).isEmpty();
        server.say(KeepingServer.json("late"));
        assertThat(connection.await(in(LONG)).map(HttpAnswer::text)).isEqualTo(Optional.of("late"));
    }

    @Test
    void connection_thatEndsInMidAnswer_isNotAskedAgain() {
        ask("/a");
        server.on("/a", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\n{");
        assertThat(ask("/a").end())
                .isInstanceOfSatisfying(
                        ExchangeEnd.Cut.class, cut -> assertThat(cut.headSeen()).isTrue());
        assertThat(server.asked()).hasSize(2);
    }

    @Test
    void server_thatClosesWithoutAWord_isAskedAgainOnce() {
        ask("/a");
        server.on("/a", KeepingServer.CLOSE);
        assertThat(ask("/a").end())
                .isInstanceOfSatisfying(
                        ExchangeEnd.Cut.class, cut -> assertThat(cut.headSeen()).isFalse());
        assertThat(server.asked()).hasSize(3);
    }

    @Test
    void post_getsAConnectionOfItsOwn() {
        ask("/a");
        assertThat(ask(HttpRequest.post("/a", "{}"), true).isSuccess()).isTrue();
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void answer_thatIsTooLarge_isMalformed() {
        server.on("/a", KeepingServer.json("x".repeat(LARGEST + 1)));
        assertThat(ask("/a").end()).isInstanceOf(ExchangeEnd.Malformed.class);
        server.on("/a", KeepingServer.json("x".repeat(LARGEST)));
        assertThat(ask("/a").body()).hasSize(LARGEST);
    }

    @Test
    void bytes_behindTheAnswer_areNotTakenForTheNext() {
        server.on("/a", KeepingServer.json("1") + KeepingServer.json("2"));
        assertThat(ask("/a").text()).isEqualTo("1");
        assertThat(ask("/a").text()).isEqualTo("1");
    }
}
