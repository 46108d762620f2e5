package dev.stoker.warm;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.host.HostSource;
import dev.stoker.http.Endpoint;
import dev.stoker.load.TraceRecorder;
import dev.stoker.server.Ability;
import dev.stoker.server.ApiKey;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.ModelInfo;
import dev.stoker.server.RunnerOptions;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerKind;
import dev.stoker.server.discovery.Discovery;
import dev.stoker.server.state.AskPolicy;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ServerState;
import dev.stoker.server.state.ServerWatch;
import dev.stoker.trace.RequestTrace;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Does it all on a real server. The server may come and go, and be another kind when it is back.
 * Used by one thread.
 */
public final class ServerHands implements Hands, AutoCloseable {
    /** A load that shows no progress for longer than this has failed. */
    private static final Duration LOAD_STALL = Duration.ofMinutes(15);

    /** A server looks 20 s after a runner that hangs, and loads anew. */
    private static final Duration TICK_STALL = Duration.ofMinutes(3);

    private static final Duration UNLOAD_WAIT = Duration.ofSeconds(60);

    /** Few enough to disturb nobody, enough for a rate. */
    private static final int TICK_TOKENS = 6;

    private static final String PROMPT = "Count from one to ten.";

    private final Endpoint endpoint;
    private final ApiKey key;
    private final ServerWatch watch;
    private final Looking looking;
    private final Set<String> wanted;
    private final Clock clock;
    private final Cancellation cancellation;
    private @Nullable InferenceServer server;
    private Map<String, List<ModelInfo>> byDigest = new HashMap<>();
    private final Set<String> asked = new HashSet<>();
    private final Set<String> embedding = new HashSet<>();

    /**
     * @param host the server's host, where it can be seen
     * @param wanted the names of the models to keep ready
     * @param clock for the times of what is seen
     */
    public ServerHands(
            Endpoint endpoint,
            ApiKey key,
            HostSource host,
            Set<String> wanted,
            Clock clock,
            Cancellation cancellation) {
        this.endpoint = endpoint;
        this.key = key;
        this.watch = new ServerWatch(endpoint, key, host, AskPolicy.harmless(), Clock.system());
        this.looking = new Looking(host, clock);
        this.wanted = Set.copyOf(wanted);
        this.clock = clock;
        this.cancellation = cancellation;
    }

    @Override
    public Seen look() throws InterruptedException {
        ServerState state = watch.look();
        goOn(); // What was cut off in the middle says nothing of the server.
        if (!(state.health() instanceof Health.Up)) {
            server = null; // It may be another one when it is back.
            return looking.seen(state, false, Map.of());
        }
        try {
            InferenceServer known = server();
            return looking.seen(state, loads(known), aliases(known, state));
        } catch (ServerException e) {
            return looking.seen(state, false, Map.of());
        }
    }

    private void goOn() throws InterruptedException {
        if (cancellation.isCancelled()) {
            throw new InterruptedException("cancelled");
        }
    }

    private InferenceServer server() throws ServerException {
        InferenceServer known = server;
        if (known == null) {
            known = Discovery.open(endpoint, Clock.system(), key);
            server = known;
            asked.clear();
        }
        return known;
    }

    /** A llama-server and a vLLM have their model from the start; but they can be woken. */
    private static boolean loads(InferenceServer server) {
        return server.abilities().contains(Ability.LOAD)
                || server.identity().kind() == ServerKind.LLAMA_SERVER
                || server.identity().kind() == ServerKind.VLLM;
    }

    /** Names that mean the same model as a listed one: they share its runner. */
    private Map<String, List<String>> aliases(InferenceServer known, ServerState state)
            throws ServerException {
        if (known.identity().kind() != ServerKind.OLLAMA) {
            return Map.of();
        }
        if (asked.addAll(wanted)) {
            byDigest = new HashMap<>();
            embedding.clear();
            for (ModelInfo info : known.models()) {
                byDigest.computeIfAbsent(info.digest().orElse(""), _ -> new ArrayList<>())
                        .add(info);
                if (info.embeddingOnly()) {
                    embedding.add(info.name());
                }
            }
        }
        Map<String, List<String>> aliases = new HashMap<>();
        state.models()
                .orElse(List.of())
                .forEach(m -> {
                    if (m.digest().isKnown()) {
                        List<ModelInfo> same = byDigest.getOrDefault(m.digest().value(), List.of());
                        aliases.put(m.name(), same.stream().map(ModelInfo::name).toList());
                    }
                });
        return aliases;
    }

    @Override
    public LoadEnd load(String model, RunnerOptions options) throws InterruptedException {
        long start = clock.nanos();
        try {
            InferenceServer known = server();
            long begin = known.clock().nanos();
            known.load(model, options, LOAD_STALL, cancellation);
            return new LoadEnd((known.clock().nanos() - begin) / 1e9, "");
        } catch (ServerException e) {
            goOn();
            return new LoadEnd((clock.nanos() - start) / 1e9, e.failure().sentence());
        }
    }

    @Override
    public String unload(String model) throws InterruptedException {
        try {
            return server().unload(model, UNLOAD_WAIT, cancellation).gone()
                    ? ""
                    : "It did not leave the memory in " + UNLOAD_WAIT.toSeconds() + " s.";
        } catch (ServerException e) {
            goOn();
            return e.failure().sentence();
        }
    }

    @Override
    public TickResult tick(String model, RunnerOptions options) throws InterruptedException {
        InferenceServer known;
        try {
            known = server();
        } catch (ServerException e) {
            return TickResult.failed(e.failure().sentence());
        }
        if (embedding.stream().anyMatch(name -> SeenModel.same(name, model))) {
            LoadEnd end = load(model, options);
            return end.failure().isEmpty()
                    ? new TickResult(-1, OptionalDouble.empty(), Duration.ZERO, "", false)
                    : TickResult.failed(end.failure());
        }
        GenerationRequest request =
                GenerationRequest.chat(model, PROMPT)
                        .maxTokens(TICK_TOKENS)
                        .deterministic(1)
                        .runner(options)
                        .stall(TICK_STALL);
        TraceRecorder recorder = new TraceRecorder(known.clock());
        known.stream(request, recorder, recorder, cancellation);
        goOn();
        RequestTrace trace = recorder.trace();
        return recorder.failure()
                .map(ServerFailure::sentence)
                .map(TickResult::failed)
                .orElseGet(() -> result(trace));
    }

    private static TickResult result(RequestTrace trace) {
        Reading<Double> rate =
                trace.timings().decodeTokensPerSecond().isKnown()
                        ? trace.timings().decodeTokensPerSecond()
                        : trace.decodeTokensPerSecond();
        return new TickResult(
                trace.ttftMillis().orElse(trace.e2eMillis()),
                rate.isKnown() ? OptionalDouble.of(rate.value()) : OptionalDouble.empty(),
                trace.timings().load().orElse(Duration.ZERO),
                "",
                true);
    }

    /** An empty request sets it; where a server keeps its models anyway there is nothing to do. */
    @Override
    public void hold(String model, RunnerOptions options) {
        try {
            InferenceServer known = server();
            if (known.identity().kind() == ServerKind.OLLAMA) {
                known.load(model, options, TICK_STALL, cancellation);
            }
        } catch (ServerException e) {
            server = null; // The next look tells what is wrong.
        }
    }

    @Override
    public void close() {
        watch.close();
    }
}
