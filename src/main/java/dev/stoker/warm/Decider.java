package dev.stoker.warm;

import dev.stoker.server.RunnerOptions;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Decides what is to be done for a set of models: from what is wanted, what is seen now and what is
 * remembered. It looks at the level of things, not at what changed: whatever was missed, the next
 * decision makes good. Pure.
 */
public final class Decider {
    private static final Duration FOR_EVER = Duration.ofSeconds(-1);
    private static final Duration USUAL = Duration.ofMinutes(5);
    private static final Duration BETWEEN_RELOADS = Duration.ofHours(6);
    private static final Duration SLOW_FOR_LONG = Duration.ofMinutes(5);
    private static final Duration TICK_LOADS = Duration.ofHours(1);

    private Decider() {}

    /**
     * Returns what follows.
     *
     * @param before what was remembered; it is not changed
     */
    public static Decision decide(WarmSet set, Seen seen, Notes before) {
        return decide(set, seen, before, _ -> "");
    }

    /**
     * Returns what follows.
     *
     * @param before what was remembered; it is not changed
     * @param asker tells from where a model's load was asked for; empty if that is not known
     */
    static Decision decide(WarmSet set, Seen seen, Notes before, UnaryOperator<String> asker) {
        Notes notes = before.copy();
        List<String> log = new ArrayList<>();
        if (seen.health() != Seen.Health.UP) {
            away(seen, notes, log);
            return new Decision(notes, List.of(), log);
        }
        new Changes(set, seen, notes, log, asker).note();
        notes.downAt = null;
        notes.startingAt = null;
        Map<String, String> out = outsiders(set, seen, notes);
        List<WarmAction> actions = new ArrayList<>();
        Optional<WarmAction> load = Optional.empty();
        for (Desired desired : set.models()) {
            ModelNote note = notes.of(desired.model());
            Optional<SeenModel> now = seen.find(desired.model());
            boolean here = now.isPresent() && !now.get().needsLoad();
            if (!desired.isWanted(seen.at(), set.zone())) {
                if (here && note.held && set.care().loads()) {
                    actions.add(new WarmAction.Release(desired, inEffect(desired, note, USUAL)));
                }
            } else if (here) {
                Optional<WarmAction> care =
                        care(
                                set,
                                seen,
                                desired,
                                note,
                                now.get(),
                                !out.containsKey(desired.model()));
                if (care.isPresent() && care.get() instanceof WarmAction.Reload) {
                    load = load.isPresent() ? load : care;
                } else {
                    care.filter(a -> set.care().loads() || a instanceof WarmAction.Tick)
                            .ifPresent(actions::add);
                }
            } else if (load.isEmpty() && set.care().loads()) {
                String wait = wait(set, seen, note, out.getOrDefault(desired.model(), ""));
                if (wait.isEmpty()) {
                    load = Optional.of(load(desired, note));
                } else if (!wait.equals(note.said)) {
                    note.said = wait;
                    log.add(desired.model() + " is not loaded: " + wait);
                }
            }
        }
        load.ifPresent(l -> {
            // Nothing else until it is seen what the load did to the others.
            actions.clear();
            actions.add(l);
            ModelNote note = notes.of(l.desired().model());
            note.intent =
                    l instanceof WarmAction.Reload(Desired _, RunnerOptions _, String why)
                            ? "Stoker took it out to load it anew: " + why
                            : "Stoker was loading it: " + note.lost;
        });
        return new Decision(notes, actions, log);
    }

    private static void away(Seen seen, Notes notes, List<String> log) {
        notes.wasAway |= seen.health() == Seen.Health.DOWN;
        if (seen.health() == Seen.Health.STARTING) {
            if (notes.startingAt == null) {
                notes.startingAt = seen.at();
                log.add("the server is starting: " + seen.why());
            }
        } else if (notes.downAt == null) {
            notes.downAt = seen.at();
            log.add("the server is down: " + seen.why());
        }
    }

    /** Returns the models that can't stay beside those of higher priority, with the reason. */
    static Map<String, String> outsiders(WarmSet set, Seen seen, Notes notes) {
        Map<String, String> out = new LinkedHashMap<>();
        List<Desired> kept = new ArrayList<>();
        for (Desired desired : set.models()) {
            if (!desired.isWanted(seen.at(), set.zone())) {
                continue;
            }
            String why = outside(set, seen, notes, desired, kept);
            if (why.isEmpty()) {
                kept.add(desired);
            } else {
                out.put(desired.model(), why);
            }
        }
        return out;
    }

    private static String outside(
            WarmSet set, Seen seen, Notes notes, Desired desired, List<Desired> kept) {
        if (seen.mostModels().isPresent() && kept.size() >= seen.mostModels().getAsInt()) {
            int most = seen.mostModels().getAsInt();
            return "the server keeps at most "
                    + most
                    + (most == 1 ? " model" : " models")
                    + " at once, and "
                    + names(kept)
                    + (kept.size() == 1 ? " comes first" : " come first");
        }
        for (Desired other : kept) {
            if (notes.conflict(desired.model(), other.model())) {
                return "it and " + other.model() + " push each other out of memory";
            }
        }
        return set.room()
                .refuses(desired.model(), kept.stream().map(Desired::model).toList())
                .orElse("");
    }

    private static String names(List<Desired> kept) {
        return String.join(", ", kept.stream().map(Desired::model).toList());
    }

    /** Returns why a model is not loaded now, a phrase; empty when it is. */
    private static String wait(WarmSet set, Seen seen, ModelNote note, String outside) {
        Instant retryAt = note.retryAt;
        if (!outside.isEmpty()) {
            return outside;
        }
        if (!seen.loads()) {
            return "this server loads its model at its start only";
        }
        if (retryAt != null && retryAt.isAfter(seen.at())) {
            return note.failures > 0
                    ? "the load failed ("
                            + note.failure
                            + "); it is tried again at "
                            + shown(retryAt, set)
                    : note.lost + " again; it is loaded again at " + shown(retryAt, set);
        }
        boolean loading =
                seen.models().stream().anyMatch(m -> m.condition() == SeenModel.Condition.LOADING);
        if (loading && !set.care().evenBusy()) {
            return "the server loads another model";
        }
        if (seen.isBusy() && !set.care().evenBusy()) {
            return "the server works on requests; it is loaded when they are done"
                    + " (--even-busy does not wait)";
        }
        return "";
    }

    private static String shown(Instant at, WarmSet set) {
        return LocalDateTime.ofInstant(at, set.zone())
                .toLocalTime()
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }

    /** As the file says; else as real traffic had it last. */
    private static WarmAction load(Desired desired, ModelNote note) {
        RunnerOptions asked = desired.options();
        RunnerOptions last = note.inEffect;
        Map<String, Object> extra = new HashMap<>(last.extra());
        extra.putAll(asked.extra());
        RunnerOptions options =
                new RunnerOptions(
                        asked.contextLength().isPresent()
                                ? asked.contextLength()
                                : last.contextLength(),
                        Optional.of(FOR_EVER),
                        extra);
        String why =
                !note.lost.isEmpty()
                        ? note.lost
                        : !note.intent.isEmpty() ? note.intent : "it was not in memory";
        return new WarmAction.Load(desired, options, why);
    }

    /** What a model in memory needs. */
    private static Optional<WarmAction> care(
            WarmSet set, Seen seen, Desired desired, ModelNote note, SeenModel now, boolean kept) {
        if (now.condition() == SeenModel.Condition.LOADING) {
            return Optional.empty();
        }
        RunnerOptions options =
                inEffect(desired, note, kept && set.care().loads() ? FOR_EVER : null);
        if (kept && set.care().reloads() && !seen.isBusy() && seen.loads()) {
            Optional<String> why = reload(seen, desired, note, now);
            if (why.isPresent()) {
                RunnerOptions fresh = ((WarmAction.Load) load(desired, note)).options();
                return Optional.of(new WarmAction.Reload(desired, fresh, why.get()));
            }
        }
        if (now.isBusy() || !note.noTicks.isEmpty()) {
            boolean hold =
                    kept
                            && note.noTicks.isEmpty()
                            && !Changes.isForEver(now.expiresAt(), seen.at());
            return hold ? Optional.of(new WarmAction.Hold(desired, options)) : Optional.empty();
        }
        return Optional.of(new WarmAction.Tick(desired, options));
    }

    private static Optional<String> reload(
            Seen seen, Desired desired, ModelNote note, SeenModel now) {
        boolean otherContext =
                desired.options().contextLength().isPresent()
                        && now.context().isPresent()
                        && !desired.options().contextLength().equals(now.context());
        if (otherContext && isLongAgo(note.reconfiguredAt, seen)) {
            return Optional.of(
                    "it was loaded with a context of "
                            + now.context().getAsLong()
                            + ", not "
                            + desired.options().contextLength().getAsLong());
        }
        Verdict verdict = Judgement.speed(desired, note, now, seen);
        boolean onCpu = verdict.code() == Verdict.Code.CPU_FALLBACK;
        // A neighbour of the CPU makes a model slow for a while, and a reload does not help.
        boolean slow =
                verdict.code() == Verdict.Code.DEGRADED
                        && note.baseline.isKnown()
                        && now.gpuShare() != 0
                        && note.slowSince != null
                        && note.slowSince.plus(SLOW_FOR_LONG).isBefore(seen.at());
        return (onCpu || slow) && note.tick != null && isLongAgo(note.respawnedAt, seen)
                ? Optional.of(verdict.reason())
                : Optional.empty();
    }

    private static boolean isLongAgo(@Nullable Instant last, Seen seen) {
        return last == null || last.plus(BETWEEN_RELOADS).isBefore(seen.at());
    }

    /** Returns the options that change nothing: those in effect, whoever chose them. */
    private static RunnerOptions inEffect(
            Desired desired, ModelNote note, @Nullable Duration keepAlive) {
        Map<String, Object> extra = new HashMap<>(note.inEffect.extra());
        if (note.own) {
            // Some can't be seen at a runner; those of a runner of our own are known.
            desired.options().extra().forEach(extra::putIfAbsent);
        }
        extra.remove("num_gpu"); // Left out it never reloads; given it may.
        return new RunnerOptions(
                note.inEffect.contextLength(), Optional.ofNullable(keepAlive), extra);
    }

    /** Returns whether ticks have loaded so often that they do harm. */
    static boolean tooManyTickLoads(ModelNote note, Instant now) {
        note.tickLoads.removeIf(t -> t.isBefore(now.minus(TICK_LOADS)));
        return note.tickLoads.size() >= 2;
    }
}
