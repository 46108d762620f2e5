package dev.stoker.warm;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.server.RunnerOptions;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A server in memory that evicts the model that was loaded first, as Ollama may, with time that a
 * test moves on. Not thread-safe.
 */
final class FakeServer implements Hands, Clock {
    /** A model in memory. */
    static final class Resident {
        long context = 4096;
        Map<String, Object> flags = Map.of();
        Instant expiresAt = FOR_EVER;
        int runner;
        long running;
        boolean runnerGone;
        double gpuShare = 1;
    }

    static final Instant FOR_EVER = Instant.parse("2319-01-01T00:00:00Z");

    final Map<String, Resident> residents = new LinkedHashMap<>();
    final List<String> calls = new ArrayList<>();
    Instant now = Instant.parse("2026-03-02T10:00:00Z");
    int room = 2;
    boolean tellsRoom;
    boolean up = true;
    int life = 1;
    double rate = 50;
    double ttftMillis = 40;

    /** A model that can never fit. */
    String failing = "";

    /** Thrown by the next load, as if this program were killed in it. */
    boolean killedInLoad;

    private int runners;

    void pass(Duration time) {
        now = now.plus(time);
        residents.values().removeIf(r -> !r.expiresAt.isAfter(now));
    }

    /** Somebody else asks for a model. */
    Resident request(String model, long context) {
        Resident there = residents.get(model);
        if (there != null && !there.runnerGone && there.context == context) {
            return there;
        }
        residents.remove(model);
        while (residents.size() >= room) {
            residents.remove(residents.keySet().iterator().next());
        }
        Resident fresh = new Resident();
        fresh.context = context;
        fresh.runner = ++runners;
        residents.put(model, fresh);
        return fresh;
    }

    void restart() {
        residents.clear();
        life++;
    }

    @Override
    public Seen look() {
        now = now.plusMillis(10);
        if (!up) {
            return Seen.without(now, Seen.Health.DOWN, "connection refused.");
        }
        List<SeenModel> models = new ArrayList<>();
        residents.forEach((name, r) ->
                models.add(
                        new SeenModel(
                                name,
                                List.of(),
                                r.runnerGone
                                        ? SeenModel.Condition.RUNNER_GONE
                                        : SeenModel.Condition.LOADED,
                                Reading.known(Bytes.mib(1000)),
                                Reading.known(Bytes.mib(Math.round(1000 * r.gpuShare))),
                                OptionalLong.of(r.context),
                                Optional.of(r.expiresAt),
                                "runner " + r.runner,
                                Optional.of(r.flags),
                                OptionalLong.of(r.running))));
        return new Seen(
                now,
                Seen.Health.UP,
                "",
                "life " + life,
                models,
                OptionalLong.empty(),
                tellsRoom ? OptionalInt.of(room) : OptionalInt.empty(),
                true,
                Optional.empty());
    }

    @Override
    public LoadEnd load(String model, RunnerOptions options) {
        calls.add("load " + model);
        if (killedInLoad) {
            killedInLoad = false;
            throw new Killed();
        }
        now = now.plusSeconds(4);
        if (model.equals(failing)) {
            residents.clear(); // What can never fit empties the server.
            return new LoadEnd(4, "Memory ran out.");
        }
        obey(request(model, options.contextLength().orElse(4096)), options);
        return new LoadEnd(4, "");
    }

    private void obey(Resident resident, RunnerOptions options) {
        options.keepAlive()
                .ifPresent(
                        keep -> resident.expiresAt = keep.isNegative() ? FOR_EVER : now.plus(keep));
    }

    @Override
    public String unload(String model) {
        calls.add("unload " + model);
        residents.remove(model);
        return "";
    }

    @Override
    public TickResult tick(String model, RunnerOptions options) {
        calls.add("tick " + model);
        now = now.plusMillis(100);
        Resident before = residents.get(model);
        Resident after = request(model, options.contextLength().orElse(4096));
        obey(after, options);
        return new TickResult(
                ttftMillis,
                OptionalDouble.of(rate),
                before == after ? Duration.ZERO : Duration.ofSeconds(4),
                "",
                true);
    }

    @Override
    public void hold(String model, RunnerOptions options) {
        calls.add("hold " + model);
        Resident there = residents.get(model);
        if (there != null) {
            obey(there, options);
        }
    }

    /** As if this program had been killed. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public long nanos() {
        return now.toEpochMilli() * 1_000_000;
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public void sleep(Duration duration) {
        pass(duration);
    }

    @Override
    public Duration toWall(Duration duration) {
        return Duration.ZERO;
    }

    @Override
    public double speed() {
        return 1;
    }
}
