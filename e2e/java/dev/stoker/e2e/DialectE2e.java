package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.http.Endpoint;
import dev.stoker.http.SendStamps;
import dev.stoker.server.ApiKey;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.LoadReport;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ModelInfo;
import dev.stoker.server.RunnerOptions;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerKind;
import dev.stoker.server.StreamEvent;
import dev.stoker.server.UnloadReport;
import dev.stoker.server.discovery.Discovery;
import dev.stoker.trace.ServerTimings;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** What the dialects promise, held against the real servers, their deaths and their refusals. */
final class DialectE2e {
    private static final Duration LOAD = Duration.ofSeconds(60);
    private static final Duration UNLOAD = Duration.ofSeconds(20);
    private static final RunnerOptions SMALL =
            new RunnerOptions(OptionalLong.of(2048), Optional.empty(), Map.of());

    @Test
    void ollama_wholeRound_isTrueAtEveryStep() throws ServerException {
        try (RealOllama real = RealOllama.start()) {
            InferenceServer server = open(real.url());
            assertThat(server.identity().kind()).isEqualTo(ServerKind.OLLAMA);
            assertThat(server.identity().version().value()).isEqualTo("0.33.0");
            server.ping();
            assertThat(server.models())
                    .extracting(ModelInfo::name)
                    .containsExactlyInAnyOrder(RealOllama.SMOLLM2, RealOllama.GEMMA3);
            assertThat(server.loaded()).isEmpty();

            LoadReport cold = load(server, RealOllama.SMOLLM2);
            assertThat(cold.alreadyLoaded()).isFalse();
            assertThat(cold.clientTime()).isPositive();
            assertThat(load(server, RealOllama.SMOLLM2).alreadyLoaded()).isTrue();
            assertThat(server.loaded())
                    .singleElement()
                    .satisfies(m -> assertThat(m.contextLength().value()).isEqualTo(2048));

            List<Long> runners = real.runnerPids();
            List<StreamEvent> events = stream(server, story(RealOllama.SMOLLM2, 24));
            assertThat(end(events)).isEqualTo("length");
            assertThat(timings(events).outputTokens().value()).isEqualTo(24);
            assertThat(timings(events).decodeTokensPerSecond().value()).isPositive();
            assertThat(real.runnerPids()).as("a stream loads nothing anew").isEqualTo(runners);

            UnloadReport gone = unload(server, RealOllama.SMOLLM2);
            assertThat(gone.gone()).isTrue();
            assertThat(server.loaded()).isEmpty();
            assertThat(unload(server, RealOllama.SMOLLM2).gone()).isTrue();
        }
    }

    @Test
    void ollama_runnerKilledInMidStream_isServerDiedAndTheNextRequestWorks()
            throws ServerException {
        try (RealOllama real = RealOllama.start()) {
            InferenceServer server = open(real.url());
            load(server, RealOllama.SMOLLM2);
            List<StreamEvent> events =
                    streamAnd(
                            server,
                            story(RealOllama.SMOLLM2, 2000),
                            () -> real.runnerPids().forEach(Signal.KILL::sendTo));
            assertThat(fault(events)).isInstanceOf(ServerFailure.ServerDied.class);
            assertThat(server.loaded()).as("the ghost stays listed").hasSize(1);
            assertThat(end(stream(server, story(RealOllama.SMOLLM2, 4)))).isEqualTo("length");
        }
    }

    @Test
    void ollama_runnerStoppedInMidStream_isStalled() throws ServerException {
        try (RealOllama real = RealOllama.start()) {
            InferenceServer server = open(real.url());
            load(server, RealOllama.SMOLLM2);
            List<StreamEvent> events =
                    streamAnd(
                            server,
                            story(RealOllama.SMOLLM2, 2000).stall(Duration.ofSeconds(2)),
                            () -> real.runnerPids().forEach(Signal.STOP::sendTo));
            assertThat(fault(events)).isInstanceOf(ServerFailure.Stalled.class);
            real.runnerPids().forEach(Signal.KILL::sendTo);
        }
    }

    @Test
    void ollama_serverKilledInMidStream_isServerDiedThenUnreachable() throws ServerException {
        try (RealOllama real = RealOllama.start()) {
            InferenceServer server = open(real.url());
            load(server, RealOllama.SMOLLM2);
            List<StreamEvent> events =
                    streamAnd(server, story(RealOllama.SMOLLM2, 2000), real::kill);
            assertThat(fault(events)).isInstanceOf(ServerFailure.ServerDied.class);
            Waiting.until("nothing listens", UNLOAD, () -> isUnreachable(server));
        }
    }

    @Test
    void ollama_clientLeavesInMidStream_isCancelledAndTheServerGoesOn() throws ServerException {
        try (RealOllama real = RealOllama.start()) {
            InferenceServer server = open(real.url());
            load(server, RealOllama.SMOLLM2);
            Cancellation cancellation = new Cancellation();
            List<StreamEvent> events = new ArrayList<>();
            server.stream(
                    story(RealOllama.SMOLLM2, 2000),
                    SendStamps.NONE,
                    once(events, cancellation::cancel)::accept,
                    cancellation);
            assertThat(fault(events)).isInstanceOf(ServerFailure.Cancelled.class);
            assertThat(end(stream(server, story(RealOllama.SMOLLM2, 4)))).isEqualTo("length");
        }
    }

    @Test
    void ollama_wrongRequests_areToldApart() throws ServerException {
        try (RealOllama real = RealOllama.setup().brokenModel().start()) {
            InferenceServer server = open(real.url());
            assertThat(failure(() -> load(server, "nope")))
                    .isInstanceOf(ServerFailure.ModelMissing.class);
            assertThat(failure(() -> unload(server, "nope")))
                    .isInstanceOf(ServerFailure.ModelMissing.class);
            assertThat(failure(() -> load(server, RealOllama.BROKEN)))
                    .isInstanceOf(ServerFailure.LoadFailed.class);
            assertThat(fault(stream(server, story(RealOllama.BROKEN, 4))))
                    .isInstanceOf(ServerFailure.LoadFailed.class);
            assertThat(fault(stream(server, story("nope", 4))))
                    .isInstanceOf(ServerFailure.ModelMissing.class);
            RunnerOptions wrong =
                    new RunnerOptions(
                            OptionalLong.empty(), Optional.empty(), Map.of("num_batch", "many"));
            assertThat(
                            failure(() ->
                                    server.load(
                                            RealOllama.SMOLLM2, wrong, LOAD, Cancellation.never())))
                    .isInstanceOf(ServerFailure.BadRequest.class);
        }
    }

    @Test
    void llamaServer_wholeRound_isTrueAtEveryStep() throws ServerException {
        try (RealLlamaServer real =
                RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2).flags("-np", "1").start()) {
            InferenceServer server = open(real.url());
            assertThat(server.identity().kind()).isEqualTo(ServerKind.LLAMA_SERVER);
            assertThat(server.identity().version().isKnown()).isTrue();
            server.ping();
            String model = server.models().getFirst().name();
            assertThat(server.loaded()).extracting(LoadedModel::name).containsExactly(model);
            assertThat(load(server, model).alreadyLoaded()).isTrue();
            for (int i = 0; i < 2; i++) {
                List<StreamEvent> events = stream(server, story(model, 16).nonce("n" + i));
                assertThat(end(events)).isEqualTo("length");
                assertThat(timings(events).outputTokens().value()).isEqualTo(16);
                assertThat(timings(events).cachedTokens().value()).isZero();
                assertThat(timings(events).promptTokensPerSecond().value()).isPositive();
            }
            assertThat(failure(() -> unload(server, model)))
                    .isInstanceOf(ServerFailure.BadRequest.class);
            assertThat(failure(() -> load(server, "nope")))
                    .isInstanceOf(ServerFailure.ModelMissing.class);
            assertThat(fault(streamAnd(server, story(model, 2000), real::kill)))
                    .isInstanceOf(ServerFailure.ServerDied.class);
            Waiting.until("nothing listens", UNLOAD, () -> isUnreachable(server));
        }
    }

    @Test
    void llamaServer_asleep_isNotLoadedAndNotWokenByLooking() throws ServerException {
        try (RealLlamaServer real =
                RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2)
                        .flags("-np", "1", "--sleep-idle-seconds", "1")
                        .start()) {
            InferenceServer server = open(real.url());
            String model = server.models().getFirst().name();
            Waiting.until("it sleeps", LOAD, () -> asleep(server));
            open(real.url());
            server.ping();
            server.models();
            assertThat(server.loaded()).as("looking does not wake it").isEmpty();
            LoadReport woken = load(server, model);
            assertThat(woken.alreadyLoaded()).isFalse();
            assertThat(end(stream(server, story(model, 4)))).isEqualTo("length");
        }
    }

    @Test
    void router_wholeRound_isTrueAtEveryStep() throws ServerException {
        try (RealLlamaServer real =
                RealLlamaServer.router().brokenModel().flags("-np", "1").start()) {
            InferenceServer server = open(real.url());
            assertThat(server.identity().kind()).isEqualTo(ServerKind.LLAMA_ROUTER);
            assertThat(server.models()).extracting(ModelInfo::name).contains("broken");
            assertThat(server.loaded()).isEmpty();
            assertThat(real.runnerPids()).as("looking loads nothing").isEmpty();

            assertThat(load(server, RealLlamaServer.SMOLLM2).alreadyLoaded()).isFalse();
            assertThat(load(server, RealLlamaServer.SMOLLM2).alreadyLoaded()).isTrue();
            assertThat(server.loaded())
                    .extracting(LoadedModel::name)
                    .containsExactly(RealLlamaServer.SMOLLM2);
            assertThat(end(stream(server, story(RealLlamaServer.SMOLLM2, 8)))).isEqualTo("length");

            for (int i = 0; i < 2; i++) {
                assertThat(failure(() -> load(server, RealLlamaServer.BROKEN)))
                        .isInstanceOf(ServerFailure.LoadFailed.class);
            }
            assertThat(failure(() -> load(server, "nope")))
                    .isInstanceOf(ServerFailure.ModelMissing.class);
            assertThat(fault(stream(server, story("nope", 8))))
                    .isInstanceOf(ServerFailure.ModelMissing.class);

            assertThat(
                            fault(
                                    streamAnd(
                                            server,
                                            story(RealLlamaServer.SMOLLM2, 2000),
                                            () -> real.runnerPids().forEach(Signal.KILL::sendTo))))
                    .isInstanceOf(ServerFailure.ServerDied.class);
            load(server, RealLlamaServer.SMOLLM2);
            assertThat(unload(server, RealLlamaServer.SMOLLM2).gone()).isTrue();
            assertThat(unload(server, RealLlamaServer.SMOLLM2).gone()).isTrue();
            assertThat(server.loaded()).isEmpty();
            Waiting.until("the instance ends", UNLOAD, () -> real.runnerPids().isEmpty());
        }
    }

    @Test
    void ollama_nonce_leavesOnlyTheTemplatesHeadInTheCache() throws ServerException {
        try (RealOllama real = RealOllama.start()) {
            InferenceServer server = open(real.url());
            load(server, RealOllama.SMOLLM2);
            for (int i = 0; i < 3; i++) {
                GenerationRequest request = story(RealOllama.SMOLLM2, 4).nonce("q" + i * 7919);
                assertThat(end(stream(server, request))).isEqualTo("length");
            }
            List<Integer> cached =
                    Pattern.compile("cached n_tokens = (\\d+)")
                            .matcher(real.log())
                            .results()
                            .map(m -> Integer.valueOf(m.group(1)))
                            .toList();
            assertThat(cached).hasSizeGreaterThanOrEqualTo(3).allMatch(n -> n <= 5);
        }
    }

    @Test
    void ollama_hostNameNotAccepted_isRefusedWithTheWayOut() {
        try (RealOllama real = RealOllama.start()) {
            // Resolves to loopback, but is no name and no address that Ollama accepts.
            Endpoint odd = new Endpoint(false, "127.1", real.url().getPort(), "");
            assertThat(failure(() -> Discovery.open(odd, Clock.system(), ApiKey.none())))
                    .isInstanceOfSatisfying(
                            ServerFailure.Refused.class,
                            f -> assertThat(f.reason()).contains("127.1", "OLLAMA_HOST"));
        }
    }

    @Test
    void ollama_runnerStoppedBeforeTheStream_isStalled() throws ServerException {
        try (RealOllama real = RealOllama.start()) {
            InferenceServer server = open(real.url());
            load(server, RealOllama.SMOLLM2);
            real.runnerPids().forEach(Signal.STOP::sendTo);
            GenerationRequest request = story(RealOllama.SMOLLM2, 4).stall(Duration.ofSeconds(2));
            assertThat(fault(stream(server, request)))
                    .isInstanceOfSatisfying(
                            ServerFailure.Stalled.class,
                            f -> assertThat(f.when()).contains("before the answer"));
            real.runnerPids().forEach(Signal.KILL::sendTo);
        }
    }

    @Test
    void llamaServer_wantingAKey_isOpenedWithItAlone() throws ServerException {
        try (RealLlamaServer real =
                RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2)
                        .flags("-np", "1", "--api-key", "sk-e2e")
                        .start()) {
            assertThat(failure(() -> open(real.url()))).isInstanceOf(ServerFailure.Refused.class);
            ApiKey key = ApiKey.fromEnvironment("K", Map.of("K", "sk-e2e"));
            Endpoint endpoint = Endpoint.parse(real.url().toString());
            InferenceServer server = Discovery.open(endpoint, Clock.system(), key);
            String model = server.models().getFirst().name();
            assertThat(end(stream(server, story(model, 4)))).isEqualTo("length");
        }
    }

    @Test
    void llamaServer_contextTooSmall_isABadRequestBeforeAndLengthWithin() throws ServerException {
        try (RealLlamaServer real =
                RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2)
                        .flags("-np", "1", "-c", "256")
                        .start()) {
            InferenceServer server = open(real.url());
            String model = server.models().getFirst().name();
            GenerationRequest large = GenerationRequest.chat(model, "word ".repeat(2000));
            assertThat(fault(stream(server, large))).isInstanceOf(ServerFailure.BadRequest.class);
            assertThat(end(stream(server, story(model, 1000)))).isEqualTo("length");
        }
    }

    /** A server that was killed this moment may still reset a connection. */
    private static boolean isUnreachable(InferenceServer server) {
        return failure(server::ping) instanceof ServerFailure.Unreachable;
    }

    private static boolean asleep(InferenceServer server) {
        try {
            return server.loaded().isEmpty();
        } catch (ServerException e) {
            return false;
        }
    }

    private static InferenceServer open(URI url) throws ServerException {
        return Discovery.open(Endpoint.parse(url.toString()), Clock.system(), ApiKey.none());
    }

    private static GenerationRequest story(String model, long tokens) {
        return GenerationRequest.chat(model, "Write a very long story about a lighthouse.")
                .maxTokens(tokens)
                .runner(SMALL)
                .deterministic(7);
    }

    private static LoadReport load(InferenceServer server, String model) throws ServerException {
        boolean ollama = server.identity().kind() == ServerKind.OLLAMA;
        RunnerOptions options = ollama ? SMALL : RunnerOptions.defaults();
        return server.load(model, options, LOAD, Cancellation.never());
    }

    private static UnloadReport unload(InferenceServer server, String model)
            throws ServerException {
        return server.unload(model, UNLOAD, Cancellation.never());
    }

    private static List<StreamEvent> stream(InferenceServer server, GenerationRequest request) {
        return streamAnd(server, request, () -> {});
    }

    /** Streams, and does something once, at the first token. */
    private static List<StreamEvent> streamAnd(
            InferenceServer server, GenerationRequest request, Runnable atFirstToken) {
        List<StreamEvent> events = new ArrayList<>();
        server.stream(
                request, SendStamps.NONE, once(events, atFirstToken)::accept, Cancellation.never());
        return events;
    }

    private static Consumer<StreamEvent> once(List<StreamEvent> events, Runnable atFirstToken) {
        return event -> {
            boolean first = events.stream().noneMatch(StreamEvent.Token.class::isInstance);
            events.add(event);
            if (first && event instanceof StreamEvent.Token) {
                atFirstToken.run();
            }
        };
    }

    private static String end(List<StreamEvent> events) {
        assertThat(events.getLast()).isInstanceOf(StreamEvent.End.class);
        return ((StreamEvent.End) events.getLast()).finishReason();
    }

    private static ServerFailure fault(List<StreamEvent> events) {
        assertThat(events.getLast()).isInstanceOf(StreamEvent.Fault.class);
        return ((StreamEvent.Fault) events.getLast()).failure();
    }

    private static ServerTimings timings(List<StreamEvent> events) {
        return events.stream()
                .filter(StreamEvent.Usage.class::isInstance)
                .map(e -> ((StreamEvent.Usage) e).timings())
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    private static ServerFailure failure(ThrowingCallable call) {
        return catchThrowableOfType(ServerException.class, call).failure();
    }
}
