package dev.stoker.warm;

import dev.stoker.server.RunnerOptions;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Finds out what happened to the models since the last look, and why, and writes it into the notes.
 * Pure but for the notes, which are a copy of its caller's.
 */
final class Changes {
    /** A time to live that ends later than this is for ever. */
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private static final String BY = "evicted by ";

    private static final Duration SLACK = Duration.ofSeconds(2);

    private final WarmSet set;
    private final Seen seen;
    private final Notes notes;
    private final List<String> log;
    private final UnaryOperator<String> asker;
    private final Set<String> newcomers = new TreeSet<>();

    /**
     * @param asker tells from where a model's load was asked for; empty if that is not known yet
     */
    Changes(WarmSet set, Seen seen, Notes notes, List<String> log, UnaryOperator<String> asker) {
        this.set = set;
        this.seen = seen;
        this.notes = notes;
        this.log = log;
        this.asker = asker;
    }

    /** Compares with the last look; the server is up. */
    void note() {
        boolean restarted =
                !notes.life.isEmpty() && !seen.life().isEmpty() && !notes.life.equals(seen.life());
        if (restarted) {
            notes.conflicts.clear();
            log.add("the server was restarted");
        } else if (notes.wasAway) {
            log.add("the server answers again");
        }
        for (SeenModel model : seen.models()) {
            if (!notes.listed.contains(model.name()) && !notes.listed.isEmpty()) {
                newcomers.add(model.name());
            }
        }
        boolean away = restarted || notes.wasAway;
        for (Desired desired : set.models()) {
            Optional<SeenModel> now = seen.find(desired.model());
            ModelNote note = notes.of(desired.model());
            if (now.isPresent() && !now.get().needsLoad()) {
                here(desired, note, now.get());
            } else if (note.resident) {
                lost(note, cause(desired, note, now, away), away);
            }
            if (!note.resident) {
                note.lost = withAskers(note.lost);
                note.untold = withAskers(note.untold);
            }
            now.ifPresent(m -> remember(note, m));
            note.seenAt = seen.at();
        }
        notes.listed.clear();
        seen.models().forEach(m -> notes.listed.add(m.name()));
        if (!seen.life().isEmpty()) {
            notes.life = seen.life();
        }
        notes.wasAway = false;
    }

    private void here(Desired desired, ModelNote note, SeenModel now) {
        boolean another =
                !note.runner.isEmpty()
                        && !now.runner().isEmpty()
                        && !note.runner.equals(now.runner());
        boolean otherContext =
                note.context.isPresent()
                        && now.context().isPresent()
                        && !note.context.equals(now.context());
        boolean ours = !note.intent.isEmpty() || isAfter(note.loadedAt, note.seenAt);
        if (!note.resident) {
            note.own = ours || (note.own && note.runner.equals(now.runner()));
            if (!note.lost.isEmpty() && !ours) {
                log.add(desired.model() + " was loaded by somebody, after: " + note.lost);
            }
            note.held = false;
        } else if ((another || otherContext) && !ours) {
            if (isAfter(note.tickedAt, note.seenAt) && note.tick != null && another) {
                tickLoaded(desired, note);
            } else {
                note.own = false;
                log.add(desired.model() + " was loaded anew by somebody" + change(note, now));
            }
        }
        note.resident = true;
        note.lost = "";
        note.lostToOthers = false;
        note.lostAt = null;
        note.intent = "";
    }

    /**
     * A tick that finds a living runner and gets another one has asked for other options, or the
     * runner had ended just before: only if it happens again are ticks left out.
     */
    private void tickLoaded(Desired desired, ModelNote note) {
        note.tickLoads.add(seen.at());
        note.own = true;
        if (!Decider.tooManyTickLoads(note, seen.at())) {
            log.add(
                    "reloaded "
                            + desired.model()
                            + " by a request of Stoker: its runner had ended");
            return;
        }
        note.noTicks =
                "a request of Stoker loads it anew, so that its real requests have options that"
                        + " can't be seen";
        log.add(
                desired.model()
                        + " was loaded anew by requests of Stoker: no more of them, as its requests"
                        + " have options that can't be seen; name them in the file");
    }

    private static String change(ModelNote note, SeenModel now) {
        return note.context.isPresent()
                        && now.context().isPresent()
                        && !note.context.equals(now.context())
                ? " (context " + note.context.getAsLong() + " → " + now.context().getAsLong() + ")"
                : "";
    }

    /** A server's log tells who asked when the answer has ended, which may be later. */
    private String withAskers(String lost) {
        if (!lost.startsWith(BY)) {
            return lost;
        }
        return BY
                + Arrays.stream(lost.substring(BY.length()).split(", ", -1))
                        .map(name -> name.contains(" ") ? name : requested(name))
                        .collect(Collectors.joining(", "));
    }

    private String requested(String name) {
        String who = asker.apply(name);
        return who.isEmpty() ? name : name + " requested by " + who;
    }

    private void lost(ModelNote note, Cause cause, boolean away) {
        note.resident = false;
        note.held = false;
        note.lost = cause.words();
        note.untold = cause.words();
        note.lostToOthers = cause.byOthers() && !away;
        note.lostAt = seen.at();
        note.noTicks = "";
        if (note.lostToOthers) {
            note.evictions.add(seen.at());
            note.evictions.removeIf(e -> e.isBefore(seen.at().minus(WarmSet.CALM)));
            int times = note.evictions.size();
            // The first time it is loaded again at once; then ever later.
            note.retryAt = times <= 1 ? null : seen.at().plus(WarmSet.pause(times - 1));
        }
        if (note.intent.isEmpty()) {
            note.said = "";
        }
    }

    /** Why a model is out of memory. */
    private record Cause(String words, boolean byOthers) {}

    private Cause cause(Desired desired, ModelNote note, Optional<SeenModel> now, boolean away) {
        if (now.isPresent() && now.get().condition() == SeenModel.Condition.RUNNER_GONE) {
            return new Cause("its runner had ended", false);
        }
        if (away) {
            return new Cause("the server was restarted", false);
        }
        if (now.isPresent() && now.get().condition() == SeenModel.Condition.ASLEEP) {
            return new Cause("it slept, since nobody had asked it for long", false);
        }
        if (now.isPresent() && now.get().condition() == SeenModel.Condition.FAILED) {
            return new Cause("its runner had failed", false);
        }
        if (!note.intent.isEmpty()) {
            return new Cause(note.intent, false);
        }
        for (Desired other : set.models()) {
            ModelNote theirs = notes.of(other.model());
            if (!other.model().equals(desired.model())
                    && isAfter(theirs.loadedAt, note.seenAt)
                    && seen.find(other.model()).isPresent()) {
                notes.conflicts.add(Notes.pair(desired.model(), other.model()));
                return new Cause("the load of " + other.model() + " pushed it out", false);
            }
        }
        for (Desired other : set.models()) {
            ModelNote theirs = notes.of(other.model());
            if (theirs.failures > 0 && isAfter(theirs.loadedAt, note.seenAt)) {
                return new Cause(
                        "the failed load of " + other.model() + " emptied the server", false);
            }
        }
        if (!newcomers.isEmpty()) {
            return new Cause(BY + String.join(", ", newcomers), true);
        }
        Instant expires = note.expiresAt;
        if (expires != null && !expires.isAfter(seen.at().plus(SLACK))) {
            return new Cause("its keep-alive had run out", false);
        }
        return new Cause("somebody had it unloaded", true);
    }

    private static void remember(ModelNote note, SeenModel now) {
        boolean sameRunner = note.runner.equals(now.runner());
        if (!sameRunner && !now.runner().isEmpty()) {
            note.runner = now.runner();
        }
        note.context = now.context();
        note.expiresAt = now.expiresAt().orElse(null);
        if (!now.needsLoad()) {
            note.inEffect =
                    new RunnerOptions(
                            now.context(),
                            Optional.empty(),
                            now.flags().orElse(note.inEffect.extra()));
        }
    }

    static boolean isForEver(Optional<Instant> expiresAt, Instant now) {
        return expiresAt.isEmpty()
                || Duration.between(now, expiresAt.get()).compareTo(FOR_EVER) > 0;
    }

    /** Returns whether something was done since a look. */
    private static boolean isAfter(@Nullable Instant done, @Nullable Instant look) {
        return done != null && (look == null || done.isAfter(look));
    }
}
