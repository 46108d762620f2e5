package dev.stoker.load;

import dev.stoker.base.Reading;
import dev.stoker.history.Run;
import dev.stoker.history.Setting;
import dev.stoker.json.Json;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A server with slots and a queue, as arithmetic: what a load test of it would have written. Its
 * speed differs from request to request by 3 %, answers have 32 to 128 tokens of 10 ms.
 */
record QueueSimulation(int slots, double seconds, double slowness) {
    private static final int CHUNKS = 5;

    /** A closed loop of so many users. */
    Run closed(int users, Random dice) {
        PriorityQueue<Double> free = freeSlots();
        PriorityQueue<Double> next = new PriorityQueue<>();
        for (int i = 0; i < users; i++) {
            next.add(0.0);
        }
        List<LoadEvent> events = new ArrayList<>();
        events.add(started("closed", users, 0));
        double lead = seconds / 10;
        while (next.peek() < lead + seconds) {
            double at = next.remove();
            next.add(serve(at, free, dice, events));
        }
        return run(events);
    }

    /** An open loop of random arrivals. */
    Run open(double perSecond, Random dice) {
        PriorityQueue<Double> free = freeSlots();
        List<LoadEvent> events = new ArrayList<>();
        events.add(started("poisson", 0, perSecond));
        double lead = seconds / 10;
        for (double at = 0;
                at < lead + seconds;
                at += -Math.log1p(-dice.nextDouble()) / perSecond) {
            serve(at, free, dice, events);
        }
        return run(events);
    }

    private PriorityQueue<Double> freeSlots() {
        PriorityQueue<Double> free = new PriorityQueue<>();
        for (int i = 0; i < slots; i++) {
            free.add(0.0);
        }
        return free;
    }

    /** Returns when the request is over. */
    private double serve(
            double at, PriorityQueue<Double> free, Random dice, List<LoadEvent> events) {
        double begin = Math.max(at, free.remove()) + 0.05;
        int tokens = 32 + dice.nextInt(97);
        double gap = 0.01 * slowness * (1 + 0.03 * dice.nextGaussian());
        double end = begin + tokens * gap;
        free.add(end);
        long[] chunks = new long[CHUNKS];
        for (int i = 0; i < CHUNKS; i++) {
            chunks[i] = nanos(begin - at + (tokens - 1) * gap * i / (CHUNKS - 1));
        }
        ServerTimings none = ServerTimings.none("a simulation");
        events.add(
                new LoadEvent.RequestEnded(
                        0,
                        nanos(at),
                        new RequestTrace(
                                0,
                                100_000,
                                200_000,
                                chunks[0],
                                chunks,
                                chunks[0],
                                nanos(end - at),
                                10,
                                new ServerTimings(
                                        none.total(),
                                        none.load(),
                                        none.promptTokens(),
                                        none.cachedTokens(),
                                        none.promptTime(),
                                        Reading.known((long) tokens),
                                        none.decodeTime()),
                                new RequestTrace.Outcome.Ok("length"))));
        return end;
    }

    private static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }

    private LoadEvent.StepStarted started(String arrivals, int users, double perSecond) {
        return new LoadEvent.StepStarted(
                0,
                1_000_000,
                arrivals,
                users,
                perSecond,
                Duration.ofNanos(nanos(seconds / 10)),
                Optional.of(Duration.ofNanos(nanos(seconds))),
                OptionalLong.empty());
    }

    private Run run(List<LoadEvent> events) {
        ClientFigures client =
                new ClientFigures(
                        OptionalDouble.empty(),
                        seconds,
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        0,
                        0,
                        0,
                        0,
                        List.of());
        events.add(new LoadEvent.StepEnded(0, nanos(seconds * 1.1), "done", client));
        LoadHeader header =
                new LoadHeader(
                        "id",
                        0,
                        "test",
                        "vllm",
                        "a simulation",
                        "",
                        "http://localhost",
                        Optional.empty(),
                        "m",
                        Json.object());
        return LoadRuns.read(header, Setting.empty(), events::forEach).run();
    }
}
