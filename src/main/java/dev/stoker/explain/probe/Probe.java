package dev.stoker.explain.probe;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.load.Nonces;
import dev.stoker.load.TraceRecorder;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.RunnerOptions;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.ServerState;
import dev.stoker.trace.RequestTrace;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Sends one request and looks at the server before and after it. The request asks for the context
 * that the model is loaded with, so that it is not loaded anew for it. One thread.
 */
public final class Probe {
    private static final Duration STALL = Duration.ofMinutes(10);
    private static final String PROMPT =
            "A harbour town wants to know how its tides work. Explain to its people in plain words"
                + " why the sea rises and falls twice a day, what the moon and the sun do to it,"
                + " why a spring tide is higher than a neap tide, and what a fisherman should look"
                + " at before he leaves the harbour in the morning. Use short sentences.";

    private final InferenceServer server;
    private final Supplier<ServerState> look;

    /**
     * @param look tells the server's state, without changing it
     */
    public Probe(InferenceServer server, Supplier<ServerState> look) {
        this.server = server;
        this.look = look;
    }

    /**
     * What came of it.
     *
     * @param model as it was asked for
     * @param others requests that the server worked on just before it
     */
    public record Result(
            String model,
            RequestTrace trace,
            ServerState before,
            ServerState after,
            Reading<Long> others) {

        /** Returns the model's state before, if it was there. */
        public Optional<ModelState> wasThere() {
            return find(before, model);
        }

        /** Returns its state after. */
        public Optional<ModelState> isThere() {
            return find(after, model);
        }

        /** Returns the models that were there before and are not any more. */
        public List<String> left() {
            return names(before).stream().filter(n -> !names(after).contains(n)).toList();
        }
    }

    private static List<String> names(ServerState state) {
        return state.models().orElse(List.of()).stream().map(ModelState::name).toList();
    }

    private static Optional<ModelState> find(ServerState state, String model) {
        List<ModelState> all = state.models().orElse(List.of());
        return all.stream()
                .filter(m ->
                        m.name().equals(model)
                                || m.name().equals(model + ":latest")
                                || m.otherNames().contains(model))
                .findFirst();
    }

    /** Sends the request; what goes wrong is in the trace. */
    public Result send(String model, long tokens, Cancellation cancellation) {
        ServerState before = look.get();
        Reading<Long> others = server.requestsInProgress();
        OptionalLong context =
                find(before, model)
                        .map(m -> m.contextLength())
                        .filter(Reading::isKnown)
                        .map(c -> OptionalLong.of(c.value()))
                        .orElse(OptionalLong.empty());
        GenerationRequest request =
                GenerationRequest.chat(model, PROMPT)
                        .maxTokens(tokens)
                        .deterministic(7)
                        .nonce(new Nonces().next())
                        .runner(new RunnerOptions(context, Optional.empty(), Map.of()))
                        .stall(STALL);
        TraceRecorder recorder = new TraceRecorder(server.clock());
        server.stream(request, recorder, recorder, cancellation);
        return new Result(model, recorder.trace(), before, look.get(), others);
    }
}
