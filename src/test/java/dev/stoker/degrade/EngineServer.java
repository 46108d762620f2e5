package dev.stoker.degrade;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.http.Endpoint;
import dev.stoker.http.SendStamps;
import dev.stoker.server.Ability;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.LoadReport;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ModelInfo;
import dev.stoker.server.RunnerOptions;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;
import dev.stoker.server.StreamCall;
import dev.stoker.server.StreamEvent;
import dev.stoker.server.StreamEvents;
import dev.stoker.server.UnloadReport;
import dev.stoker.sim.engine.Ask;
import dev.stoker.sim.engine.BrokenStream;
import dev.stoker.sim.engine.Engine;
import dev.stoker.sim.engine.EngineFailure;
import dev.stoker.sim.engine.Job;
import dev.stoker.sim.engine.KeepAlive;
import dev.stoker.sim.engine.Lease;
import dev.stoker.sim.engine.Result;
import dev.stoker.sim.engine.TokenSink;
import dev.stoker.sim.physics.ModelSpec;
import dev.stoker.trace.ServerTimings;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The server of a simulated box without sockets, on a clock that passes only by sleeping: a run of
 * many simulated minutes takes milliseconds. For one thread.
 */
final class EngineServer implements InferenceServer {
    private final Engine engine;

    /** Called before each load; may stop the run. */
    private Runnable beforeLoad = () -> {};

    EngineServer(Engine engine) {
        this.engine = engine;
    }

    void beforeLoad(Runnable action) {
        beforeLoad = action;
    }

    @Override
    public ServerIdentity identity() {
        return new ServerIdentity(
                ServerKind.OLLAMA,
                Reading.known("0.12.6"),
                Endpoint.parse("http://127.0.0.1:1"),
                Optional.of(new ServerIdentity.SimulatedBox("thor", 1)));
    }

    @Override
    public Clock clock() {
        return engine.clock();
    }

    @Override
    public Set<Ability> abilities() {
        return EnumSet.of(Ability.LOAD, Ability.UNLOAD);
    }

    @Override
    public void ping() {}

    @Override
    public List<ModelInfo> models() {
        return List.of();
    }

    @Override
    public List<LoadedModel> loaded() {
        return engine.residents().stream()
                .map(r ->
                        new LoadedModel(
                                r.model().name(),
                                Reading.unsupported("not told"),
                                Reading.known(Bytes.of(r.totalBytes())),
                                Reading.known(Bytes.of(r.gpuBytes())),
                                Reading.known((long) r.context()),
                                Reading.unsupported("not told")))
                .toList();
    }

    private ModelSpec spec(String model) {
        return engine.box().model(model).orElseThrow();
    }

    private Lease acquire(String model) throws ServerException {
        try {
            return engine.acquire(spec(model), model, new Ask(0, -1, KeepAlive.seconds(600)));
        } catch (EngineFailure | InterruptedException e) {
            throw new ServerException(
                    new ServerFailure.LoadFailed(model, String.valueOf(e.getMessage())));
        }
    }

    @Override
    public LoadReport load(
            String model, RunnerOptions options, Duration stall, Cancellation cancellation)
            throws ServerException {
        beforeLoad.run();
        if (cancellation.isCancelled()) {
            throw new ServerException(new ServerFailure.Cancelled());
        }
        boolean there = !engine.residents().isEmpty();
        try (Lease lease = acquire(model)) {
            Duration time = Duration.ofNanos(lease.acquireNanos());
            return new LoadReport(time, Reading.unsupported("not told"), there);
        }
    }

    @Override
    public UnloadReport unload(String model, Duration wait, Cancellation cancellation)
            throws ServerException {
        engine.unload(spec(model));
        try {
            while (!engine.residents().isEmpty()) {
                clock().sleep(Duration.ofMillis(100));
            }
        } catch (InterruptedException e) {
            throw new ServerException(new ServerFailure.Cancelled());
        }
        return new UnloadReport(true, Duration.ofSeconds(2));
    }

    @Override
    public void stream(
            GenerationRequest request,
            SendStamps stamps,
            StreamEvents events,
            Cancellation cancellation) {
        stamps.connected(clock().nanos());
        stamps.sent(clock().nanos());
        String prompt = request.nonce().orElse("") + request.messages().getLast().content();
        int most = (int) request.maxTokens().orElse(16);
        try (Lease lease = acquire(request.model())) {
            Job job = new Job(prompt, 12, most, true, 0, true, true);
            Result result =
                    engine.generate(
                            lease,
                            job,
                            new TokenSink() {
                                @Override
                                public void token(String text, boolean thinking) {
                                    events.on(new StreamEvent.Token(clock().nanos(), text));
                                }

                                @Override
                                public void flush() {}
                            });
            events.on(new StreamEvent.Usage(clock().nanos(), timings(result)));
            events.on(new StreamEvent.End(clock().nanos(), "length"));
        } catch (ServerException e) {
            events.on(new StreamEvent.Fault(clock().nanos(), e.failure()));
        } catch (BrokenStream | InterruptedException | IOException e) {
            events.on(
                    new StreamEvent.Fault(
                            clock().nanos(),
                            new ServerFailure.StreamCut(String.valueOf(e.getMessage()))));
        }
    }

    private static ServerTimings timings(Result r) {
        Duration prompt = Duration.ofNanos(r.promptNanos());
        Duration decode = Duration.ofNanos(r.decodeNanos());
        return new ServerTimings(
                Reading.known(prompt.plus(decode)),
                Reading.known(Duration.ZERO),
                Reading.known(r.promptTokens()),
                Reading.known(r.cachedTokens()),
                Reading.known(prompt),
                Reading.known((long) r.tokens()),
                Reading.known(decode));
    }

    @Override
    public StreamCall prepare(GenerationRequest request, StreamEvents events) {
        throw new UnsupportedOperationException("requests are sent one by one here");
    }
}
