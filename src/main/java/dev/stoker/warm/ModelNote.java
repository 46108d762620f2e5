package dev.stoker.warm;

import dev.stoker.server.RunnerOptions;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What is remembered of one model from look to look, and on the disk from start to start. Changed
 * by {@link Decider} and {@link Outcomes} alone, on copies of their own.
 */
final class ModelNote {
    /** Whether it was in memory at the last look. */
    boolean resident;

    String runner = "";
    OptionalLong context = OptionalLong.empty();
    @Nullable Instant seenAt;
    @Nullable Instant expiresAt;

    /** The runner options that were in effect last: real traffic's own. */
    RunnerOptions inEffect = RunnerOptions.defaults();

    /** Whether this program has loaded the runner that was seen last. */
    boolean own;

    /** Whether this program holds its time to live at for ever. */
    boolean held;

    /** Why it is out of memory, a phrase; empty while it is in. */
    String lost = "";

    /** The same until it was told, whatever comes between; empty if there is nothing to tell. */
    String untold = "";

    boolean lostToOthers;
    @Nullable Instant lostAt;

    /** When others took it out of memory lately. */
    final List<Instant> evictions = new ArrayList<>();

    int failures;
    String failure = "";
    @Nullable Instant retryAt;

    /** What this program was about to do when the note was written; empty for nothing. */
    String intent = "";

    @Nullable Instant loadedAt;
    @Nullable Instant respawnedAt;
    @Nullable Instant reconfiguredAt;

    /** When a tick found that it had to load. */
    final List<Instant> tickLoads = new ArrayList<>();

    /** Whether ticks are left out, since each would load the model anew; then why. */
    String noTicks = "";

    @Nullable Instant tickedAt;
    @Nullable TickResult tick;

    /** Since when its answers have been slow. */
    @Nullable Instant slowSince;

    Baseline baseline = Baseline.NONE;

    /** What was said last of why nothing is done: it is said once. */
    String said = "";

    ModelNote copy() {
        ModelNote c = new ModelNote();
        c.resident = resident;
        c.runner = runner;
        c.context = context;
        c.seenAt = seenAt;
        c.expiresAt = expiresAt;
        c.inEffect = inEffect;
        c.own = own;
        c.held = held;
        c.lost = lost;
        c.untold = untold;
        c.lostToOthers = lostToOthers;
        c.lostAt = lostAt;
        c.evictions.addAll(evictions);
        c.failures = failures;
        c.failure = failure;
        c.retryAt = retryAt;
        c.intent = intent;
        c.loadedAt = loadedAt;
        c.respawnedAt = respawnedAt;
        c.reconfiguredAt = reconfiguredAt;
        c.tickLoads.addAll(tickLoads);
        c.noTicks = noTicks;
        c.tickedAt = tickedAt;
        c.tick = tick;
        c.slowSince = slowSince;
        c.baseline = baseline;
        c.said = said;
        return c;
    }
}
