package dev.stoker.warm;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes into the notes what became of actions. Pure: the notes given are not changed. */
public final class Outcomes {
    private Outcomes() {}

    /** The notes after an action, and what there is to say of it. */
    public record After(Notes notes, List<String> log) {
        public After {
            log = List.copyOf(log);
        }
    }

    /**
     * A load ended.
     *
     * @param seconds how long it took
     * @param failure why it failed, a sentence; empty where it did not
     */
    public static After loaded(
            Notes before,
            Desired desired,
            String why,
            boolean reload,
            double seconds,
            String failure,
            Instant now) {
        Notes notes = before.copy();
        ModelNote note = notes.of(desired.model());
        List<String> log = new ArrayList<>();
        note.loadedAt = now;
        note.tick = null;
        if (reload) {
            note.respawnedAt = now;
            note.reconfiguredAt = now;
        }
        if (failure.isEmpty()) {
            note.failures = 0;
            note.failure = "";
            if (note.evictions.isEmpty() || Judgement.isQuiet(note, now)) {
                note.retryAt = null;
            }
            note.said = "";
            note.lost = "";
            note.lostToOthers = false;
            note.own = true;
            note.held = true;
            log.add(
                    (why.equals("it was not in memory") ? "loaded " : "reloaded ")
                            + desired.model()
                            + (why.equals("it was not in memory") ? "" : ": " + why)
                            + " ("
                            + String.format(Locale.ROOT, "%.1f", seconds)
                            + " s)");
        } else {
            note.failures++;
            note.failure = failure;
            note.intent = "";
            note.retryAt = now.plus(WarmSet.pause(note.failures));
            note.said = "";
        }
        return new After(notes, log);
    }

    /**
     * A tick came back.
     *
     * @param seen the model as it was seen before
     */
    public static After ticked(
            Notes before, Desired desired, TickResult tick, Optional<SeenModel> seen, Instant now) {
        double gpuShare = seen.map(SeenModel::gpuShare).orElse(-1.0);
        // Where the runner is seen, the next look tells whether it is another one.
        boolean loaded = tick.hadToLoad() && seen.map(m -> m.runner().isEmpty()).orElse(true);
        Notes notes = before.copy();
        ModelNote note = notes.of(desired.model());
        List<String> log = new ArrayList<>();
        note.tickedAt = now;
        boolean slow = Judgement.isSlow(desired, note, tick);
        if (tick.isGood() && tick.computed() && !slow && !tick.hadToLoad()) {
            note.baseline = note.baseline.with(tick.tokensPerSecond().orElse(-1), gpuShare);
        }
        note.held = tick.isGood();
        if (!slow) {
            note.slowSince = null;
        } else if (note.slowSince == null) {
            note.slowSince = now;
        }
        if (loaded) {
            note.tickLoads.add(now);
            note.own = true;
            note.runner = "";
            if (Decider.tooManyTickLoads(note, now)) {
                note.noTicks =
                        "ticks of Stoker load it anew again and again, as its real requests have"
                                + " other options";
                log.add(desired.model() + ": no more ticks: " + note.noTicks);
            } else {
                log.add(
                        "reloaded "
                                + desired.model()
                                + ": it was listed, but its runner had ended or had other options");
            }
        }
        note.tick = tick;
        return new After(notes, log);
    }

    /** A time to live was set. */
    public static After held(Notes before, Desired desired, boolean forEver) {
        Notes notes = before.copy();
        notes.of(desired.model()).held = forEver;
        return new After(notes, List.of());
    }

    /** Returns whether one more try of a tick may show that a slow answer was by chance. */
    static boolean worthAnother(Notes notes, Desired desired, Optional<TickResult> tick) {
        return tick.isPresent()
                && Judgement.isSlow(desired, notes.copy().of(desired.model()), tick.get());
    }
}
