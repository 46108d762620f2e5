package dev.stoker.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;

import dev.stoker.base.Clock;
import dev.stoker.base.UserError;
import dev.stoker.host.ProcessRunner;
import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

@Timeout(60)
class OutletsTest {
    private static final Instant START = Instant.parse("2026-11-26T08:00:00Z");
    private static final Message FIRING =
            new Message(
                    "1-2",
                    false,
                    new Notice(
                            "evicted m",
                            "model.evicted",
                            Severity.CRITICAL,
                            "qwen3:8b",
                            "It was evicted by \"mistral:7b\".",
                            "Run: stoker warm",
                            START),
                    START.plusSeconds(5));
    private static final Message OVER =
            new Message("1-2-resolved", true, FIRING.notice(), START.plusSeconds(300));

    @TempDir Path folder;

    private record Got(String path, String title, String body) {}

    private static Outlet.Sent post(
            int status, AtomicReference<Got> got, Webhook.Form form, List<Message> messages)
            throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    String title = exchange.getRequestHeaders().getFirst("Title");
                    got.set(
                            new Got(
                                    exchange.getRequestURI().toString(),
                                    title == null ? "" : title,
                                    new String(
                                            exchange.getRequestBody().readAllBytes(),
                                            StandardCharsets.UTF_8)));
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/hook/x?k=1";
            return Webhook.to(url, Optional.of(form), Clock.system()).send(messages);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void webhook_json_hasEveryMessage() throws Exception {
        AtomicReference<Got> got = new AtomicReference<>();

        assertThat(post(204, got, Webhook.Form.JSON, List.of(FIRING, OVER)))
                .isEqualTo(new Outlet.Sent.Taken());

        assertThat(got.get().path()).isEqualTo("/hook/x?k=1");
        JsonNode body = Json.parse(got.get().body()).orElseThrow();
        assertThat(body.path("alerts")).hasSize(2);
        assertThat(body.at("/alerts/0/state").asString()).isEqualTo("firing");
        assertThat(body.at("/alerts/0/code").asString()).isEqualTo("model.evicted");
        assertThat(body.at("/alerts/1/state").asString()).isEqualTo("resolved");
        assertThat(Message.read(body.at("/alerts/1"))).contains(OVER);
    }

    @Test
    void webhook_ntfyAndSlack_areTextForPeople() throws Exception {
        AtomicReference<Got> got = new AtomicReference<>();

        post(200, got, Webhook.Form.NTFY, List.of(FIRING));
        assertThat(got.get().title()).isEqualTo("Stoker: model.evicted");
        assertThat(got.get().body())
                .isEqualTo(
                        "critical: qwen3:8b: It was evicted by \"mistral:7b\". Run: stoker warm");

        post(200, got, Webhook.Form.SLACK, List.of(OVER));
        assertThat(Json.parse(got.get().body()).orElseThrow().path("text").asString())
                .isEqualTo("resolved: qwen3:8b: model.evicted, after 5 min");
    }

    @ParameterizedTest
    @CsvSource({"500,true", "429,true", "404,false", "401,false"})
    void webhook_status_saysWhetherAnotherTryMayHelp(int status, boolean later) throws Exception {
        Outlet.Sent sent =
                post(status, new AtomicReference<>(), Webhook.Form.JSON, List.of(FIRING));

        assertThat(sent)
                .isEqualTo(
                        new Outlet.Sent.Failed("127.0.0.1 answered HTTP " + status + ".", later));
    }

    @Test
    void webhook_nobodyThere_failsForNow() throws Exception {
        Outlet.Sent sent =
                Webhook.to("http://127.0.0.1:1/secret", Optional.empty(), Clock.system())
                        .send(List.of(FIRING));

        assertThat(sent).isInstanceOf(Outlet.Sent.Failed.class);
        assertThat(((Outlet.Sent.Failed) sent).later()).isTrue();
        assertThat(sent.toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ntfy.sh/x", "ftp://a/b", "http://", "http://a b/"})
    void webhook_noAddress_isRefused(String url) {
        assertThatThrownBy(() -> Webhook.to(url, Optional.empty(), Clock.system()))
                .isInstanceOf(UserError.class);
    }

    @ParameterizedTest
    @CsvSource({
        "https://ntfy.sh/t, NTFY",
        "https://ntfy.example.org/t, NTFY",
        "https://hooks.slack.com/services/x, SLACK",
        "https://example.org/hook, JSON"
    })
    void webhook_host_tellsTheForm(String url, Webhook.Form form) {
        String host = java.net.URI.create(url).getHost();
        assertThat(Webhook.Form.of(host)).isEqualTo(form);
        assertThat(Webhook.to(url, Optional.empty(), Clock.system()).name()).contains(host);
    }

    @Test
    void command_getsTheJsonAsItsArgument() throws Exception {
        Path file = folder.resolve("told");

        assertThat(
                        new ShellCommand("printf %s \"$1\" > " + file, new ProcessRunner())
                                .send(List.of(FIRING)))
                .isEqualTo(new Outlet.Sent.Taken());

        assertThat(Json.parse(read(file)).orElseThrow().at("/alerts/0/sentence").asString())
                .isEqualTo("It was evicted by \"mistral:7b\".");
    }

    @Test
    void command_thatFails_saysWhatItSaid() throws Exception {
        assertThat(
                        new ShellCommand("echo no mail here; exit 3", new ProcessRunner())
                                .send(List.of(FIRING)))
                .isEqualTo(new Outlet.Sent.Failed("The command ended with 3: no mail here", true));
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file);
    }
}
