package dev.stoker.warm;

import dev.stoker.base.Clock;
import dev.stoker.server.RunnerOptions;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Keeps the models of one server ready: looks, decides, writes down what it is about to do, does
 * it, and looks again, until nothing is left to be loaded; then measures. Used by one thread.
 */
public final class Keeper {
    /** A slow answer may be chance: so often it is measured in all. */
    private static final int TRIES = 3;

    private final WarmSet set;
    private final Hands hands;
    private final NotesStore store;
    private final Clock clock;
    private final Consumer<String> log;
    private final UnaryOperator<String> asker;
    private Notes notes;
    private boolean complained;

    /**
     * @param log takes a sentence for each thing that happened
     */
    public Keeper(WarmSet set, Hands hands, NotesStore store, Clock clock, Consumer<String> log) {
        this(set, hands, store, clock, log, _ -> "");
    }

    /**
     * @param log takes a sentence for each thing that happened
     * @param asker tells from where a model's load was asked for; empty if that is not known
     */
    public Keeper(
            WarmSet set,
            Hands hands,
            NotesStore store,
            Clock clock,
            Consumer<String> log,
            UnaryOperator<String> asker) {
        this.set = set;
        this.hands = hands;
        this.store = store;
        this.clock = clock;
        this.log = log;
        this.asker = asker;
        this.notes = store.read().copy();
        notes.models.values().forEach(note -> note.said = ""); // This log has not said it.
    }

    /**
     * What a round came to.
     *
     * @param seen at its last look
     * @param verdicts of each model, in the order of the set
     * @param lost what was found out of memory, and not told yet, with the reason
     * @param slowSince since when models have been slow
     */
    public record Round(
            Seen seen,
            Map<String, Verdict> verdicts,
            Map<String, String> lost,
            Map<String, Instant> slowSince) {}

    /** Does all that is to be done now. */
    public Round round() throws InterruptedException {
        // Each model may be loaded once, and once more for what another load did to it.
        for (int i = 0; ; i++) {
            Seen seen = hands.look();
            Decision decision = Decider.decide(set, seen, notes, asker);
            notes = decision.notes();
            decision.log().forEach(log);
            if (decision.loads() && i < 2 * set.models().size()) {
                keep(); // What is about to be done, before it is done.
                act(decision.actions().getFirst(), seen);
                keep();
            } else {
                for (WarmAction action : decision.actions()) {
                    if (!(action instanceof WarmAction.Load
                            || action instanceof WarmAction.Reload)) {
                        act(action, seen);
                    }
                }
                keep();
                Map<String, Instant> slow = new LinkedHashMap<>();
                notes.models.forEach((name, note) -> {
                    if (note.slowSince != null) {
                        slow.put(name, note.slowSince);
                    }
                });
                return new Round(seen, Judgement.of(set, seen, notes), untold(), slow);
            }
        }
    }

    /** Notes that what the last round came to was told, so that the next start knows it. */
    public void told() {
        if (!untold().isEmpty()) {
            notes.models.values().forEach(note -> note.untold = "");
            keep();
        }
    }

    private Map<String, String> untold() {
        Map<String, String> lost = new LinkedHashMap<>();
        notes.models.forEach((name, note) -> {
            if (!note.untold.isEmpty()) {
                lost.put(name, note.untold);
            }
        });
        return lost;
    }

    private void act(WarmAction action, Seen seen) throws InterruptedException {
        String model = action.desired().model();
        switch (action) {
            case WarmAction.Load(Desired desired, RunnerOptions options, String why) ->
                    load(desired, options, why, false);
            case WarmAction.Reload(Desired desired, RunnerOptions options, String why) -> {
                String failure = hands.unload(model);
                if (failure.isEmpty()) {
                    load(desired, options, why, true);
                } else {
                    take(Outcomes.loaded(notes, desired, why, true, 0, failure, clock.now()));
                }
            }
            case WarmAction.Tick(Desired desired, RunnerOptions options) ->
                    tick(desired, options, seen);
            case WarmAction.Hold(Desired desired, RunnerOptions options) -> {
                hands.hold(model, options);
                take(Outcomes.held(notes, desired, true));
            }
            case WarmAction.Release(Desired desired, RunnerOptions options) -> {
                hands.hold(model, options);
                take(Outcomes.held(notes, desired, false));
                log.accept(model + " may go: its schedule has ended");
            }
        }
    }

    private void load(Desired desired, RunnerOptions options, String why, boolean reload)
            throws InterruptedException {
        Hands.LoadEnd end = hands.load(desired.model(), options);
        take(
                Outcomes.loaded(
                        notes, desired, why, reload, end.seconds(), end.failure(), clock.now()));
    }

    private void tick(Desired desired, RunnerOptions options, Seen seen)
            throws InterruptedException {
        TickResult best = hands.tick(desired.model(), options);
        for (int i = 1;
                i < TRIES && Outcomes.worthAnother(notes, desired, Optional.of(best));
                i++) {
            TickResult next = hands.tick(desired.model(), options);
            if (next.isGood()
                    && next.tokensPerSecond().orElse(0) >= best.tokensPerSecond().orElse(0)) {
                best = next;
            }
        }
        take(Outcomes.ticked(notes, desired, best, seen.find(desired.model()), clock.now()));
    }

    private void take(Outcomes.After after) {
        notes = after.notes();
        after.log().forEach(log);
    }

    private void keep() {
        try {
            store.write(notes);
            complained = false;
        } catch (IOException e) {
            if (!complained) {
                complained = true;
                log.accept(
                        "what was done can't be noted ("
                                + e.getMessage()
                                + "): a restart would not know it");
            }
        }
    }
}
