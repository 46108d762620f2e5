package dev.stoker.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.http.Endpoint;
import dev.stoker.http.HttpRequest;
import dev.stoker.server.ollama.OllamaServer;
import dev.stoker.server.openai.OpenAiServer;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** A request that is written by the form of others is the one that its dialect writes. */
class RequestFormsTest {
    private static final Endpoint ENDPOINT = new Endpoint(false, "127.0.0.1", 1, "");

    private static ServerIdentity identity(ServerKind kind) {
        return new ServerIdentity(kind, Reading.unsupported("a test"), ENDPOINT, Optional.empty());
    }

    private static InferenceServer server(ServerKind kind) {
        ServerConnection connection =
                new ServerConnection(kind, ENDPOINT, Clock.system(), ApiKey.none());
        return kind == ServerKind.OLLAMA
                ? new OllamaServer(identity(kind), connection)
                : new OpenAiServer(identity(kind), connection);
    }

    @Provide
    Arbitrary<GenerationRequest> requests() {
        Arbitrary<String> text =
                Arbitraries.oneOf(
                        Arbitraries.strings().ofMaxLength(20),
                        Arbitraries.of("a word", "\"quoted\" \\ \n", "\u2060stoker-gap-B\u2060"));
        Arbitrary<List<Message>> messages =
                Combinators.combine(
                                Arbitraries.of("user", "system", "assistant"),
                                text,
                                Arbitraries.integers().between(0, 9))
                        .as((role, said, picture) ->
                                new Message(
                                        role,
                                        said,
                                        picture == 0 ? List.of(new byte[] {1}) : List.of()))
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(3);
        return Combinators.combine(messages, text, Arbitraries.integers().between(0, 15))
                .as(RequestFormsTest::request);
    }

    private static GenerationRequest request(List<Message> messages, String nonce, int kind) {
        GenerationRequest plain = GenerationRequest.chat("m", "-").messages(messages);
        GenerationRequest base = kind > 9 ? plain.nonce(nonce) : plain;
        return switch (kind) {
            case 1 -> base.maxTokens(5);
            case 2 -> base.deterministic(7).ignoreEos(true);
            case 3 -> base.think(true).temperature(0.5);
            case 4 -> base.answerSchema("{\"type\":\"object\"}");
            case 5 ->
                    base.runner(
                            new RunnerOptions(
                                    OptionalLong.of(4096),
                                    Optional.of(Duration.ofMinutes(5)),
                                    Map.of("top_k", 3)));
            default -> base;
        };
    }

    @Property(tries = 300)
    void prepare_anyRequestsInTurn_asEachWouldBeWrittenAlone(
            @ForAll("requests") GenerationRequest first,
            @ForAll @Size(max = 6) List<@From("requests") GenerationRequest> more) {
        for (ServerKind kind : List.of(ServerKind.OLLAMA, ServerKind.VLLM, ServerKind.OPENAI)) {
            InferenceServer server = server(kind);
            List<GenerationRequest> all = new ArrayList<>(List.of(first, first));
            all.addAll(more);
            all.addAll(more);
            for (GenerationRequest request : all) {
                assertThat(wire(server, request)).isEqualTo(wire(server(kind), request));
            }
        }
    }

    @Property(tries = 300)
    void write_requestThatDiffersInItsTexts_isNotWrittenByTheDialectAgain(
            @ForAll("requests") GenerationRequest request) {
        List<GenerationRequest> written = new ArrayList<>();
        Function<GenerationRequest, HttpRequest> dialect =
                r -> {
                    written.add(r);
                    return HttpRequest.post(
                            "/",
                            r.nonce().orElse("")
                                    + r.messages().stream().map(Message::content).toList());
                };
        RequestForms forms = new RequestForms(dialect);
        boolean plain = request.messages().stream().allMatch(m -> m.images().isEmpty());
        forms.write(request);
        int lessons = written.size();
        List<Message> others =
                request.messages().stream()
                        .map(m -> new Message(m.role(), "x", m.images()))
                        .toList();
        forms.write(request.messages(others));

        assertThat(written).hasSize(plain ? lessons : lessons + 1);
    }

    private static String wire(InferenceServer server, GenerationRequest request) {
        HttpRequest http = server.prepare(request, _ -> {}).request();
        return http + " " + http.headers() + new String(http.body(), StandardCharsets.UTF_8);
    }
}
