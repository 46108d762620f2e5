package dev.stoker.watch;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.ServerState;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells what became of the models of one server. A server says neither why it unloads nor for whom;
 * what is seen shortly after it is taken for the cause, and said in words that leave room. Used by
 * one thread.
 */
final class ModelHappenings {
    /** How long after a model left another that comes is taken for the one that pushed it out. */
    private static final Duration SOON = Duration.ofSeconds(15);

    /** A keep-alive that ended that shortly before or after ran out. */
    private static final Duration ABOUT = Duration.ofSeconds(2);

    private static final int MOST = 1_000;
    private static final int LONGEST_NAME = 80;

    private final Map<String, ModelState> present = new LinkedHashMap<>();
    private final Map<String, Left> gone = new LinkedHashMap<>();
    private boolean begun;

    /**
     * A model that is not there any more.
     *
     * @param unexplained whether nobody knows yet why
     */
    private record Left(ModelState state, Instant when, boolean unexplained) {}

    /** Returns what happened since the look before; of the first look nothing. */
    List<Event> between(ServerState now, Instant time) {
        if (!(now.models() instanceof Reading.Known<List<ModelState>>(List<ModelState> models))) {
            return List.of();
        }
        List<Event> events = new ArrayList<>();
        Map<String, ModelState> later = new LinkedHashMap<>();
        models.stream().limit(MOST).forEach(m -> later.put(m.name(), m));
        List<ModelState> came =
                later.values().stream().filter(m -> !present.containsKey(m.name())).toList();
        for (ModelState then : present.values()) {
            ModelState is = later.get(then.name());
            if (is == null) {
                left(then, came, time, events);
            } else {
                stayed(then, is, time, events);
            }
        }
        for (ModelState model : came) {
            came(model, time, events);
        }
        present.clear();
        present.putAll(later);
        gone.values().removeIf(l -> Duration.between(l.when(), time).compareTo(SOON) > 0);
        boolean first = !begun;
        begun = true;
        return first ? List.of() : events;
    }

    private void left(ModelState then, List<ModelState> came, Instant time, List<Event> events) {
        Reading<Instant> expires = then.expiresAt();
        boolean ranOut = expires.isKnown() && !expires.value().isAfter(time.plus(ABOUT));
        ModelState pusher = ranOut ? null : came.stream().findFirst().orElse(null);
        gone.remove(then.name());
        gone.put(then.name(), new Left(then, time, !ranOut && pusher == null));
        if (pusher != null) {
            events.add(event(then, time, Event.Kind.MODEL_EVICTED, madeRoom(pusher)));
        } else if (ranOut) {
            events.add(
                    event(
                            then,
                            time,
                            Event.Kind.MODEL_UNLOADED,
                            "was unloaded: its keep-alive ran out"));
        } else {
            events.add(
                    event(
                            then,
                            time,
                            Event.Kind.MODEL_UNLOADED,
                            expires.isKnown()
                                    ? "was unloaded before its keep-alive ran out"
                                    : "was unloaded"));
        }
    }

    private void came(ModelState model, Instant time, List<Event> events) {
        Left before = gone.remove(model.name());
        List<Map.Entry<String, Left>> pushed =
                gone.entrySet().stream().filter(e -> e.getValue().unexplained()).toList();
        for (Map.Entry<String, Left> one : pushed) {
            Left left = one.getValue();
            events.add(event(left.state(), time, Event.Kind.MODEL_EVICTED, madeRoom(model)));
            gone.put(one.getKey(), new Left(left.state(), left.when(), false));
        }
        switch (model.condition()) {
            case ModelCondition.Loading _ ->
                    events.add(event(model, time, Event.Kind.MODEL_LOADING, "is being loaded"));
            case ModelCondition.Sleeping _ -> {}
            case ModelCondition.Failed _, ModelCondition.RunnerGone _, ModelCondition.Silent _ ->
                    events.add(failed(model, time));
            case ModelCondition.Loaded _ -> events.add(loaded(model, before, time));
        }
        if (before != null && model.condition() instanceof ModelCondition.Loading) {
            gone.put(model.name(), before); // So that the end of the load can say what changed.
        }
    }

    private void stayed(ModelState then, ModelState now, Instant time, List<Event> events) {
        if (!then.condition().code().equals(now.condition().code())) {
            switch (now.condition()) {
                case ModelCondition.Loaded _ ->
                        events.add(
                                then.condition() instanceof ModelCondition.Sleeping
                                        ? event(now, time, Event.Kind.MODEL_AWAKE, "was woken up")
                                        : loaded(now, gone.remove(now.name()), time));
                case ModelCondition.Loading _ ->
                        events.add(event(now, time, Event.Kind.MODEL_LOADING, "is being loaded"));
                case ModelCondition.Sleeping _ ->
                        events.add(event(now, time, Event.Kind.MODEL_ASLEEP, "was put to sleep"));
                case ModelCondition.Failed _,
                        ModelCondition.RunnerGone _,
                        ModelCondition.Silent _ ->
                        events.add(failed(now, time));
            }
            return;
        }
        if (!(now.condition() instanceof ModelCondition.Loaded)) {
            return;
        }
        String context = contextChange(then, now);
        if (!context.isEmpty()) {
            events.add(
                    event(
                            now,
                            time,
                            Event.Kind.MODEL_RELOADED,
                            "was loaded anew because its context changed: " + context));
        } else if (then.runnerPid().isKnown()
                && now.runnerPid().isKnown()
                && !then.runnerPid().value().equals(now.runnerPid().value())) {
            events.add(
                    event(
                            now,
                            time,
                            Event.Kind.MODEL_RELOADED,
                            "was loaded anew: process "
                                    + then.runnerPid().value()
                                    + " → "
                                    + now.runnerPid().value()));
        }
    }

    private static Event loaded(ModelState model, @Nullable Left before, Instant time) {
        String context = before == null ? "" : contextChange(before.state(), model);
        if (!context.isEmpty()) {
            return event(
                    model,
                    time,
                    Event.Kind.MODEL_RELOADED,
                    "was loaded anew because its context changed: " + context);
        }
        String size =
                model.total() instanceof Reading.Known<Bytes>(Bytes b) && b.count() > 0
                        ? ", " + b.binary()
                        : "";
        String length =
                model.contextLength().isKnown() ? ", context " + model.contextLength().value() : "";
        return event(model, time, Event.Kind.MODEL_LOADED, "is loaded" + size + length);
    }

    private static Event failed(ModelState model, Instant time) {
        return event(
                model,
                time,
                Event.Kind.MODEL_FAILED,
                switch (model.condition()) {
                    case ModelCondition.RunnerGone _ ->
                            "has no runner any more: the next request will load it again";
                    case ModelCondition.Failed(Reading<Long> exit) ->
                            "could not be loaded, or its runner ended"
                                    + (exit.isKnown() ? " (exit code " + exit.value() + ")" : "");
                    default -> "does not answer: its runner lives and says nothing";
                });
    }

    private static String contextChange(ModelState then, ModelState now) {
        return then.contextLength().isKnown()
                        && now.contextLength().isKnown()
                        && !then.contextLength().value().equals(now.contextLength().value())
                ? then.contextLength().value() + " → " + now.contextLength().value()
                : "";
    }

    private static String madeRoom(ModelState pusher) {
        return "was pushed out by " + Text.plain(pusher.name(), LONGEST_NAME);
    }

    private static Event event(ModelState model, Instant time, Event.Kind kind, String sentence) {
        return new Event(time, kind, Text.plain(model.name(), LONGEST_NAME), sentence);
    }
}
