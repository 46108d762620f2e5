package dev.stoker.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.host.NoHost;
import dev.stoker.http.Endpoint;
import dev.stoker.server.ApiKey;
import dev.stoker.server.KeepingServer;
import dev.stoker.server.state.AskPolicy;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ServerState;
import dev.stoker.server.state.ServerWatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Looks at servers once a second, as a screen takes them. */
class ServerLookTest {
    /** So long that a look which waited for it would be seen to hang. */
    private static final AskPolicy PATIENT = new AskPolicy(Duration.ofSeconds(60), false, false);

    private static final Duration LONG = Duration.ofSeconds(30);
    private final Clock clock = Clock.system();
    private final NoHost host = new NoHost("the server runs elsewhere");
    private KeepingServer server;

    @BeforeEach
    void start() throws IOException {
        server = ollama(0);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static KeepingServer ollama(int port) throws IOException {
        return new KeepingServer(port)
                .on("/", KeepingServer.json("Ollama is running", "Connection: close\r\n"))
                .on("/api/version", KeepingServer.json("{\"version\":\"0.33.0\"}"))
                .on("/api/ps", KeepingServer.json("{\"models\":[]}"));
    }

    private ServerLook named(Endpoint... endpoints) {
        return new ServerLook(List.of(endpoints), true, ApiKey.none(), host, PATIENT, clock);
    }

    @Test
    void looks_shareAConnection() throws InterruptedException {
        try (ServerLook look = named(server.endpoint())) {
            look.look();
            int after = server.connections();
            for (int i = 0; i < 3; i++) {
                assertThat(look.look()).extracting(s -> s.health().code()).containsExactly("up");
            }
            assertThat(server.connections()).isEqualTo(after);
        }
    }

    @Test
    void connection_thatIsClosedBetweenLooks_doesNoHarm() throws InterruptedException {
        try (ServerLook look = named(server.endpoint())) {
            for (int i = 0; i < 3; i++) {
                assertThat(look.look()).extracting(s -> s.health().code()).containsExactly("up");
                server.dropConnections();
            }
        }
    }

    @Test
    void server_thatBeginsAnew_isSeenAtOnce() throws InterruptedException, IOException {
        try (ServerLook look = named(server.endpoint())) {
            look.look();
            int port = server.endpoint().port();
            server.close();
            assertThat(look.look()).extracting(s -> s.health().code()).containsExactly("down");
            server = ollama(port);
            assertThat(look.look()).extracting(s -> s.health().code()).containsExactly("up");
        }
    }

    @Test
    void llamaServer_isNotLeftWithAConnection() throws InterruptedException, IOException {
        String name = "Server: llama.cpp\r\n";
        try (KeepingServer llama = new KeepingServer();
                ServerLook look = named(llama.endpoint())) {
            llama.on("/", KeepingServer.json("{}", name))
                    .on("/props", KeepingServer.json("{\"total_slots\":1}", name))
                    .on("/health", KeepingServer.json("{}", name))
                    .on("/v1/models", KeepingServer.json("{\"data\":[]}", name));
            look.look();
            int before = llama.connections();
            int asked = llama.asked().size();
            look.look();
            assertThat(llama.connections()).isEqualTo(before + 1);
            assertThat(llama.asked()).hasSizeGreaterThan(asked + 1);
            assertThat(llama.heads().getLast()).contains("Connection: close");
        }
    }

    @Test
    void server_thatHangs_doesNotHoldUpTheLook() throws InterruptedException, IOException {
        try (KeepingServer other = ollama(0);
                ServerLook look = named(server.endpoint(), other.endpoint())) {
            List<ServerState> first = look.look();
            assertThat(first).extracting(s -> s.health().code()).containsExactly("up", "up");
            server.hang("/api/ps");
            List<ServerState> second = look.look();
            assertThat(second.getFirst()).isSameAs(first.getFirst());
            assertThat(second.getLast().takenAt()).isAfter(first.getLast().takenAt());
        }
    }

    @Test
    void server_thatHasHungForLong_isSaidToBeSilent() throws InterruptedException {
        ServerWatch watch = new ServerWatch(server.endpoint(), ApiKey.none(), host, PATIENT, clock);
        ServerWorker worker = new ServerWorker(watch, Duration.ZERO, clock);
        worker.ask();
        assertThat(worker.await(LONG).map(ServerState::health)).contains(new Health.Up());
        server.hang("/api/ps");
        worker.ask();
        ServerState silent = worker.await(Duration.ofMillis(50)).orElseThrow();
        assertThat(silent.health())
                .isInstanceOfSatisfying(
                        Health.Unknown.class,
                        unknown -> assertThat(unknown.detail()).startsWith("It has not answered"));
        assertThat(silent.models().isKnown()).isFalse();
        assertThat(silent.identity().value().title()).isEqualTo("Ollama 0.33.0");
        worker.stop();
    }

    @Test
    void server_thatNeverAnswered_isNoNewsYet() throws InterruptedException {
        server.hang("/");
        ServerWatch watch = new ServerWatch(server.endpoint(), ApiKey.none(), host, PATIENT, clock);
        ServerWorker worker = new ServerWorker(watch, Duration.ZERO, clock);
        worker.ask();
        assertThat(worker.await(Duration.ofMillis(50))).isEqualTo(Optional.empty());
        worker.stop();
    }

    @Test
    void addresses_whereSomethingListensLater_areFoundThen()
            throws InterruptedException, IOException {
        AddressProbe probe = new AddressProbe(clock);
        List<Endpoint> addresses = List.of(server.endpoint());
        int port = server.endpoint().port();
        server.close();
        probe.begin(addresses);
        assertThat(probe.found(LONG)).isEmpty();
        server = ollama(port);
        probe.begin(addresses);
        assertThat(probe.found(LONG)).containsExactly(server.endpoint());
        assertThat(probe.found(LONG)).as("it is told once").isEmpty();
    }

    @Test
    void addresses_whereNothingListens_areTriedSeldomAfterAWhile() throws InterruptedException {
        AddressProbe probe = new AddressProbe(clock);
        List<Endpoint> addresses = List.of(server.endpoint());
        for (int i = 0; i < 3; i++) {
            probe.begin(addresses);
            assertThat(probe.found(LONG)).hasSize(1);
        }
        probe.begin(addresses);
        assertThat(probe.found(LONG)).as("no round is due").isEmpty();
    }

    @Test
    void addresses_whereSomethingListens_areLookedAtFromTheFirstLookOn()
            throws InterruptedException {
        try (ServerLook look =
                new ServerLook(
                        List.of(server.endpoint()), false, ApiKey.none(), host, PATIENT, clock)) {
            for (int i = 0; i < 2; i++) {
                assertThat(look.look()).extracting(s -> s.health().code()).containsExactly("up");
            }
        }
    }

    @Test
    void addresses_thatNobodyNamed_areLeftOutWhereNothingListens() throws InterruptedException {
        int port = server.endpoint().port();
        server.close();
        Endpoint nobody = new Endpoint(false, "127.0.0.1", port, "");
        try (ServerLook look =
                new ServerLook(List.of(nobody), false, ApiKey.none(), host, PATIENT, clock)) {
            assertThat(look.look()).isEmpty();
        }
    }
}
