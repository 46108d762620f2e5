package dev.stoker.server.state;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.host.Launch;
import dev.stoker.host.NoHost;
import dev.stoker.http.Endpoint;
import dev.stoker.server.ApiKey;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the tests of states have in common: samples taken with a reader, and samples made up. */
final class States {
    static final Duration BOUND = Duration.ofSeconds(5);
    static final AskPolicy HARMLESS = new AskPolicy(BOUND, false, false);
    static final AskPolicy WITH_METRICS = new AskPolicy(BOUND, false, true);
    static final AskPolicy ALL = new AskPolicy(BOUND, true, true);
    static final HostSource ELSEWHERE = new NoHost("the server runs on another machine");

    private States() {}

    static ServerIdentity identity(ServerKind kind, Endpoint endpoint) {
        return new ServerIdentity(kind, Reading.known("1"), endpoint, Optional.empty());
    }

    static ServerState read(StateReader reader, ServerKind kind, Endpoint endpoint) {
        return read(reader, kind, endpoint, BOUND);
    }

    static ServerState read(
            StateReader reader, ServerKind kind, Endpoint endpoint, Duration bound) {
        Clock wall = Clock.system();
        return reader.read(
                new Session(wall, ApiKey.none(), bound),
                new Draft(identity(kind, endpoint), wall, wall.nanos()));
    }

    static ServerProcess process(HostSource host, Endpoint endpoint) {
        return new ServerProcess(host, endpoint.port(), Clock.system());
    }

    static Launch launch(String... arguments) {
        return new Launch(List.of(arguments), Reading.known(Map.of()));
    }

    static HostProcess process(long pid, long parent, String name) {
        return new HostProcess(pid, parent, name, name);
    }

    /** Returns a sample at a second, with these counters and models. */
    static ServerState at(double second, Counters counters, ModelState... models) {
        Endpoint endpoint = new Endpoint(false, "127.0.0.1", 1, "");
        return new ServerState(
                endpoint,
                Reading.known(identity(ServerKind.VLLM, endpoint)),
                Instant.EPOCH,
                Math.round(second * 1e9),
                new Health.Up(),
                Reading.known(Duration.ofMillis(1)),
                Reading.known(List.of(models)),
                Work.unsupported("not told"),
                counters,
                ToldSettings.unsupported("not told"));
    }

    static Counters counters(String life, Map<Counter, Double> values) {
        Counters.Builder builder = new Counters.Builder("not counted");
        values.forEach((c, v) -> builder.put(c, java.util.OptionalDouble.of(v)));
        return builder.build(life.isEmpty() ? Optional.empty() : Optional.of(life));
    }

    static Counters none() {
        return Counters.unsupported("not counted");
    }

    static ModelState model(String name, Counters counters, SlotState... slots) {
        return new ModelDraft(name, "not told")
                .counters(counters)
                .slots(Reading.known(List.of(slots)))
                .done();
    }

    static SlotState slot(long id, boolean busy, long task, long decoded) {
        return new SlotState(
                id,
                busy,
                task < 0 ? Optional.empty() : Optional.of(task),
                Reading.known(2048L),
                Reading.known(10L),
                Reading.known(decoded),
                Reading.unsupported("no limit"));
    }
}
