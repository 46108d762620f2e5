package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.http.Endpoint;
import dev.stoker.http.ResponseHead;
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
import dev.stoker.trace.ServerTimings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A server that plays a script on a fake clock: models with a size, a load time and a decode rate,
 * and failures at chosen steps. It keeps a list of what was asked of it. Thread-safe.
 */
public final class FakeServer implements InferenceServer {
    static final Duration LOAD_TIME = Duration.ofSeconds(2);
    static final long PROMPT_TOKENS = 100;
    static final Duration PROMPT_TIME = Duration.ofMillis(200);

    /** Every token takes so long: 50 tokens a second. */
    static final Duration TOKEN_TIME = Duration.ofMillis(20);

    final Set<Ability> abilities =
            EnumSet.of(
                    Ability.LIST_MODELS,
                    Ability.LIST_LOADED,
                    Ability.LOAD,
                    Ability.UNLOAD,
                    Ability.RUNNER_OPTIONS);
    final List<String> calls = new ArrayList<>();
    final Set<String> nonces = new HashSet<>();
    public ServerKind kind = ServerKind.OLLAMA;
    Optional<ServerIdentity.SimulatedBox> simulated = Optional.empty();
    Reading<Long> cached = Reading.known(0L);

    /** The server keeps at most so many models in memory. */
    int keeps = 9;

    /** What does not come back when a model is unloaded. */
    Bytes retains = Bytes.ZERO;

    boolean unloadWorks = true;
    boolean down;
    Bytes retained = Bytes.ZERO;
    private final FakeClock clock;
    private final Map<String, ModelInfo> models = new LinkedHashMap<>();
    private final LinkedHashSet<String> loaded = new LinkedHashSet<>();
    private final List<Fault> faults = new ArrayList<>();

    public FakeServer(FakeClock clock) {
        this.clock = clock;
    }

    /**
     * Something that goes wrong.
     *
     * @param call which call, such as {@code load a} or {@code stream a short}
     * @param token in a stream: after so many tokens
     */
    private record Fault(String call, int token, Runnable effect, ServerFailure failure) {}

    static ModelInfo info(String name, Bytes size) {
        return new ModelInfo(
                name,
                Reading.unsupported("not told"),
                Reading.known(size),
                Reading.known("Q4_K_M"),
                Reading.unsupported("not told"),
                Reading.unsupported("not told"),
                Reading.unsupported("not told"),
                Set.of("completion"),
                false);
    }

    public FakeServer model(String name, double gigabytes) {
        return model(info(name, Bytes.gb(gigabytes)));
    }

    FakeServer model(ModelInfo info) {
        models.put(info.name(), info);
        return this;
    }

    public synchronized FakeServer alreadyLoaded(String name) {
        loaded.add(name);
        return this;
    }

    /** So much does not come back when a model is unloaded. */
    public void retains(Bytes bytes) {
        retains = bytes;
    }

    /** The next call of this name fails. */
    public FakeServer failOnce(String call, ServerFailure failure) {
        return fault(call, 0, () -> {}, failure);
    }

    /** The next stream of this name fails after so many tokens. */
    FakeServer failOnce(String call, int token, ServerFailure failure) {
        return fault(call, token, () -> {}, failure);
    }

    /** The next call of this name has an effect first, and then fails. */
    synchronized FakeServer fault(String call, int token, Runnable effect, ServerFailure failure) {
        faults.add(new Fault(call, token, effect, failure));
        return this;
    }

    private synchronized Optional<Fault> takeFault(String call) {
        for (Fault f : faults) {
            if (f.call().equals(call)) {
                faults.remove(f);
                return Optional.of(f);
            }
        }
        return Optional.empty();
    }

    /** Comes back fresh, with nothing in memory. */
    synchronized void restarted() {
        loaded.clear();
        retained = Bytes.ZERO;
        down = false;
    }

    public synchronized Set<String> inMemory() {
        return Set.copyOf(loaded);
    }

    synchronized Bytes memory() {
        Bytes sum = retained;
        for (String name : loaded) {
            sum = sum.plus(size(name));
        }
        return sum;
    }

    private Bytes size(String name) {
        ModelInfo info = models.get(name);
        return info == null ? Bytes.gb(1) : info.fileSize().value();
    }

    public synchronized List<String> calls(String prefix) {
        return calls.stream().filter(c -> c.startsWith(prefix)).toList();
    }

    @Override
    public ServerIdentity identity() {
        return new ServerIdentity(
                kind, Reading.known("0.33.0"), Endpoint.parse("http://127.0.0.1:11434"), simulated);
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public Set<Ability> abilities() {
        return abilities;
    }

    private synchronized void requireUp() throws ServerException {
        if (down) {
            throw new ServerException(unreachable());
        }
    }

    static ServerFailure unreachable() {
        return new ServerFailure.Unreachable("http://127.0.0.1:11434", "connection refused");
    }

    @Override
    public void ping() throws ServerException {
        requireUp();
    }

    @Override
    public List<ModelInfo> models() throws ServerException {
        requireUp();
        return List.copyOf(models.values());
    }

    @Override
    public synchronized List<LoadedModel> loaded() throws ServerException {
        requireUp();
        return loaded.stream()
                .map(name ->
                        new LoadedModel(
                                name,
                                Reading.unsupported("not told"),
                                Reading.known(size(name)),
                                Reading.known(Bytes.of(size(name).count() / 2)),
                                Reading.known(4096L),
                                Reading.unsupported("not told")))
                .toList();
    }

    @Override
    public LoadReport load(
            String model, RunnerOptions options, Duration stall, Cancellation cancellation)
            throws ServerException {
        called("load " + model);
        if (cancellation.isCancelled()) {
            throw new ServerException(new ServerFailure.Cancelled());
        }
        requireUp();
        synchronized (this) {
            if (loaded.contains(model)) {
                return new LoadReport(
                        Duration.ofMillis(1), Reading.unsupported("already loaded"), true);
            }
            while (loaded.size() >= keeps) {
                loaded.removeFirst();
            }
            loaded.add(model);
        }
        clock.pass(LOAD_TIME);
        return new LoadReport(LOAD_TIME, Reading.known(Duration.ofMillis(1900)), false);
    }

    private void called(String call) throws ServerException {
        synchronized (this) {
            calls.add(call);
        }
        Optional<Fault> fault = takeFault(call);
        if (fault.isPresent()) {
            fault.get().effect().run();
            throw new ServerException(fault.get().failure());
        }
    }

    @Override
    public UnloadReport unload(String model, Duration wait, Cancellation cancellation)
            throws ServerException {
        called("unload " + model);
        requireUp();
        clock.pass(Duration.ofMillis(500));
        synchronized (this) {
            if (unloadWorks && loaded.remove(model)) {
                retained = retained.plus(retains);
            }
            return new UnloadReport(!loaded.contains(model), Duration.ofMillis(500));
        }
    }

    @Override
    public void stream(
            GenerationRequest request,
            SendStamps stamps,
            StreamEvents events,
            Cancellation cancellation) {
        String call = "stream " + request.model() + " " + prompt(request);
        synchronized (this) {
            calls.add(call);
            if (!nonces.add(request.nonce().orElse("none"))) {
                throw new AssertionError("a nonce was used twice");
            }
        }
        Optional<Fault> fault = takeFault(call);
        try {
            requireUp();
        } catch (ServerException e) {
            events.on(new StreamEvent.Fault(clock.nanos(), e.failure()));
            return;
        }
        stamps.connected(clock.nanos());
        stamps.sent(clock.nanos());
        clock.pass(PROMPT_TIME);
        long tokens = request.maxTokens().orElse(16);
        for (int i = 0; i < tokens; i++) {
            if (fault.isPresent() && i == fault.get().token()) {
                fault.get().effect().run();
                if (!cancellation.isCancelled()) {
                    events.on(new StreamEvent.Fault(clock.nanos(), fault.get().failure()));
                    return;
                }
            }
            if (cancellation.isCancelled()) {
                events.on(new StreamEvent.Fault(clock.nanos(), new ServerFailure.Cancelled()));
                return;
            }
            if (i == 0) {
                events.on(
                        new StreamEvent.Headers(
                                clock.nanos(), new ResponseHead(200, "OK", List.of())));
            } else {
                clock.pass(TOKEN_TIME);
            }
            events.on(new StreamEvent.Token(clock.nanos(), "word "));
        }
        events.on(new StreamEvent.Usage(clock.nanos(), timings(tokens)));
        events.on(new StreamEvent.End(clock.nanos(), "length"));
    }

    private ServerTimings timings(long tokens) {
        Duration decode = TOKEN_TIME.multipliedBy(tokens - 1);
        return new ServerTimings(
                Reading.known(PROMPT_TIME.plus(decode)),
                Reading.known(Duration.ofMillis(1)),
                Reading.known(PROMPT_TOKENS),
                cached,
                Reading.known(PROMPT_TIME),
                Reading.known(tokens),
                tokens > 1 ? Reading.known(decode) : Reading.unsupported("one token"));
    }

    /** Returns the prompt's name: the rig's prompts have their name as text. */
    private static String prompt(GenerationRequest request) {
        String text = request.messages().getLast().content();
        return text.equals("Say hello.") ? "warm-up" : text;
    }

    @Override
    public StreamCall prepare(GenerationRequest request, StreamEvents events) {
        throw new UnsupportedOperationException("a benchmark sends its requests itself");
    }
}
