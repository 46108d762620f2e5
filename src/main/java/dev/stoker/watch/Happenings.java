package dev.stoker.watch;

import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.MachineSample;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ServerState;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tells what happened between samples of a machine. What a server has in memory is compared with
 * what it had when it was seen last, also over a time in which it told nothing. Used by one thread.
 */
final class Happenings {
    private final Map<Endpoint, ModelHappenings> models = new HashMap<>();

    /** Notes what is there in the first sample. */
    void begin(MachineSample first) {
        for (ServerState state : first.servers()) {
            ofModels(state.endpoint()).between(state, first.time());
        }
    }

    List<Event> between(MachineSample before, MachineSample now) {
        List<Event> events = new ArrayList<>();
        gpus(before, now, events);
        Map<Endpoint, ServerState> earlier = MachineCourse.byAddress(before);
        for (ServerState state : now.servers()) {
            ServerState then = earlier.get(state.endpoint());
            if (then != null) {
                server(then, state, now.time(), events);
            } else if (state.health() instanceof Health.Up) {
                events.add(server(state, now.time(), Event.Kind.SERVER_UP, "answers"));
            }
            List<Event> ofModels = ofModels(state.endpoint()).between(state, now.time());
            if (then != null) {
                events.addAll(ofModels);
            }
        }
        return events;
    }

    private ModelHappenings ofModels(Endpoint server) {
        return models.computeIfAbsent(server, _ -> new ModelHappenings());
    }

    private static void server(
            ServerState then, ServerState now, Instant time, List<Event> events) {
        boolean wasUp = then.health() instanceof Health.Up;
        boolean isUp = now.health() instanceof Health.Up;
        boolean anotherLife =
                then.counters().life().isPresent()
                        && now.counters().life().isPresent()
                        && !then.counters().life().equals(now.counters().life());
        if (wasUp && now.health() instanceof Health.Down) {
            events.add(
                    server(now, time, Event.Kind.SERVER_DOWN, "is down: " + now.health().reason()));
        } else if (then.health() instanceof Health.Down && !(now.health() instanceof Health.Down)) {
            events.add(
                    server(
                            now,
                            time,
                            Event.Kind.SERVER_UP,
                            isUp ? "answers again" : "is back: " + now.health().reason()));
        } else if (anotherLife) {
            events.add(server(now, time, Event.Kind.SERVER_RESTARTED, "was restarted in between"));
        }
    }

    private static Event server(ServerState state, Instant time, Event.Kind kind, String sentence) {
        String title = state.identity().map(id -> id.kind().title() + " at ").orElse("");
        return new Event(time, kind, title + state.endpoint().url(), sentence);
    }

    private static void gpus(MachineSample before, MachineSample now, List<Event> events) {
        Map<String, GpuSample> earlier = new HashMap<>();
        before.gpus().forEach(gpu -> earlier.put(gpu.device().key(), gpu));
        for (GpuSample gpu : now.gpus()) {
            GpuSample then = earlier.remove(gpu.device().key());
            if (then != null) {
                gpu(then, gpu, now.time(), events);
            }
        }
        earlier.values()
                .forEach(gone ->
                        events.add(
                                gpu(
                                        gone,
                                        now.time(),
                                        Event.Kind.GPU_FAULT,
                                        "is no longer listed")));
    }

    private static void gpu(GpuSample then, GpuSample now, Instant time, List<Event> events) {
        boolean wasFaulty = then.trouble().filter(GpuTrouble::isFault).isPresent();
        boolean isFaulty = now.trouble().filter(GpuTrouble::isFault).isPresent();
        if (isFaulty && !wasFaulty) {
            events.add(
                    gpu(
                            now,
                            time,
                            Event.Kind.GPU_FAULT,
                            "has a fault: " + now.trouble().map(GpuTrouble::sentence).orElse("")));
        } else if (wasFaulty && !isFaulty) {
            events.add(gpu(now, time, Event.Kind.GPU_BACK, "can be read again"));
        }
        String was = harm(then);
        String is = harm(now);
        if (!is.isEmpty() && was.isEmpty()) {
            events.add(gpu(now, time, Event.Kind.GPU_THROTTLED, "is " + is));
        } else if (is.isEmpty() && !was.isEmpty() && now.throttleReasons().isKnown()) {
            events.add(gpu(now, time, Event.Kind.GPU_UNTHROTTLED, "is no longer held down"));
        }
    }

    /** Returns what holds a GPU down and should not, in words. */
    private static String harm(GpuSample gpu) {
        List<String> words = new ArrayList<>();
        for (ThrottleReason reason : new TreeSet<>(gpu.throttleReasons().orElse(Set.of()))) {
            if (reason.effect() == ThrottleReason.Effect.HARMFUL) {
                words.add(reason.sentence());
            }
        }
        return String.join("; ", words);
    }

    private static Event gpu(GpuSample gpu, Instant time, Event.Kind kind, String sentence) {
        return new Event(time, kind, "GPU " + gpu.device().index(), sentence);
    }
}
