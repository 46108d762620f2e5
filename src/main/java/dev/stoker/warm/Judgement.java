package dev.stoker.warm;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Says whether models are ready, by measured answers, not by residence. Pure. */
public final class Judgement {
    /** Less than this share of a model's own speed is slow. */
    private static final double SLOW = 0.5;

    private static final double MOST_SHARE_LOST = 0.1;
    private static final Duration LONGEST_START = Duration.ofMinutes(2);

    private Judgement() {}

    /** Returns a verdict on each model, in the order of the set. */
    public static Map<String, Verdict> of(WarmSet set, Seen seen, Notes before) {
        Notes notes = before.copy();
        Map<String, Verdict> all = new LinkedHashMap<>();
        Map<String, String> out =
                seen.health() == Seen.Health.UP ? Decider.outsiders(set, seen, notes) : Map.of();
        for (Desired desired : set.models()) {
            all.put(
                    desired.model(),
                    verdict(
                            set,
                            seen,
                            notes,
                            desired,
                            Optional.ofNullable(out.get(desired.model()))));
        }
        return all;
    }

    private static Verdict verdict(
            WarmSet set, Seen seen, Notes notes, Desired desired, Optional<String> outside) {
        String model = desired.model();
        ModelNote note = notes.of(model);
        if (!desired.isWanted(seen.at(), set.zone())) {
            return new Verdict(
                    model,
                    true,
                    Verdict.Code.RESTING,
                    "It shall rest now: "
                            + desired.schedule().map(WarmSchedule::text).orElse("")
                            + ".",
                    "",
                    note.resident,
                    -1);
        }
        if (seen.health() != Seen.Health.UP) {
            boolean starting =
                    seen.health() == Seen.Health.STARTING
                            && (notes.startingAt == null
                                    || notes.startingAt.plus(LONGEST_START).isAfter(seen.at()));
            return bad(
                    model,
                    starting ? Verdict.Code.NOT_READY : Verdict.Code.SERVER_DOWN,
                    (starting ? "The server is starting: " : "The server does not answer: ")
                            + seen.why(),
                    starting ? "" : "Look into its log: 'journalctl -u ollama', or where it runs.",
                    false);
        }
        Optional<SeenModel> now = seen.find(model);
        boolean resident = now.isPresent() && !now.get().needsLoad();
        long fresh =
                note.evictions.stream()
                        .filter(e -> !e.isBefore(seen.at().minus(WarmSet.QUARREL_WINDOW)))
                        .count();
        if (outside.isPresent() || fresh >= WarmSet.QUARREL) {
            return bad(
                    model,
                    Verdict.Code.THRASH,
                    outside.map(why -> "It can not stay in memory: " + why + ".")
                            .orElseGet(() ->
                                    "Others took it out of memory "
                                            + fresh
                                            + " times in 10 minutes; last: "
                                            + last(note)
                                            + "."),
                    "Keep fewer models, give them less context or fewer slots"
                            + " (OLLAMA_NUM_PARALLEL), take a smaller quantisation, or allow more"
                            + " at once (OLLAMA_MAX_LOADED_MODELS): 'stoker plan' with the models'"
                            + " names shows what fits. Models with a higher priority stay.",
                    resident);
        }
        if (!resident) {
            return absent(desired, note, now);
        }
        return speed(desired, note, now.get(), seen);
    }

    private static String last(ModelNote note) {
        return note.lost.isEmpty() ? "it is in memory again" : note.lost;
    }

    private static Verdict absent(Desired desired, ModelNote note, Optional<SeenModel> now) {
        String model = desired.model();
        if (note.failures > 0) {
            return bad(
                    model,
                    Verdict.Code.NOT_READY,
                    "It could not be loaded: " + note.failure,
                    "'stoker plan " + model + "' says whether it fits.",
                    false);
        }
        if (note.lostToOthers) {
            return bad(
                    model,
                    Verdict.Code.EVICTED,
                    "It is out of memory: " + note.lost + ".",
                    "",
                    false);
        }
        String why =
                now.map(m ->
                                switch (m.condition()) {
                                    case RUNNER_GONE -> "it is listed, but its runner has ended";
                                    case ASLEEP -> "it sleeps, and the first answer would wait";
                                    case FAILED -> "its runner has failed";
                                    case LOADED, LOADING, SILENT -> "";
                                })
                        .orElse(note.lost);
        return bad(
                model,
                Verdict.Code.NOT_READY,
                why.isEmpty() ? "It is not in memory." : "It is not in memory: " + why + ".",
                "",
                false);
    }

    /** Judges a model in memory by its last measured answer. */
    static Verdict speed(Desired desired, ModelNote note, SeenModel now, Seen seen) {
        String model = desired.model();
        double share = now.gpuShare();
        double before = note.baseline.gpuShare();
        if (now.condition() == SeenModel.Condition.LOADING) {
            return bad(model, Verdict.Code.NOT_READY, "It is being loaded.", "", true);
        }
        if (share == 0 && (before > 0.5 || seen.gpus().orElse(false))) {
            return bad(
                    model,
                    Verdict.Code.CPU_FALLBACK,
                    "It is computed on the CPU"
                            + (before > 0.5
                                    ? ", where "
                                            + percent(before)
                                            + " of it were on the GPU before."
                                    : ", although there is a GPU."),
                    "Look whether 'stoker gpu' shows the GPU; a restart of the server finds it"
                            + " again.",
                    true);
        }
        if (share >= 0 && before > 0 && share < before - MOST_SHARE_LOST) {
            return bad(
                    model,
                    Verdict.Code.CPU_FALLBACK,
                    "Only "
                            + percent(share)
                            + " of it are on the GPU, where "
                            + percent(before)
                            + " were before.",
                    "Something else takes GPU memory: 'stoker gpu' shows what.",
                    true);
        }
        TickResult tick = note.tick;
        if (!note.noTicks.isEmpty()) {
            return bad(
                    model,
                    Verdict.Code.NOT_READY,
                    "It is in memory, but can't be measured: " + note.noTicks + ".",
                    "Name the options of its requests in the file.",
                    true);
        }
        if (tick == null) {
            return now.isBusy()
                    ? good(model, "It works on a request.", -1)
                    : bad(
                            model,
                            Verdict.Code.NOT_READY,
                            "It is in memory, and has not been measured yet.",
                            "",
                            true);
        }
        if (!tick.isGood()) {
            return bad(
                    model,
                    Verdict.Code.NOT_READY,
                    "It is in memory and does not answer: " + tick.failure(),
                    "The next request makes the server look after its runner; if that does not"
                            + " help, restart it.",
                    true);
        }
        if (!tick.computed()) {
            return good(model, "It is in memory; such a model computes no text.", -1);
        }
        return measured(desired, note, tick);
    }

    private static Verdict measured(Desired desired, ModelNote note, TickResult tick) {
        double rate = tick.tokensPerSecond().orElse(-1);
        Baseline baseline = note.baseline;
        if (rate > 0 && baseline.isKnown() && rate < baseline.tokensPerSecond() * SLOW) {
            return slow(
                    desired,
                    tick,
                    "It answers with "
                            + one(rate)
                            + " tokens a second, where it had "
                            + one(baseline.tokensPerSecond())
                            + " before.",
                    "'stoker status' shows what else takes the machine's time.");
        }
        if (desired.ttftMillis().isPresent()
                && tick.ttftMillis() > desired.ttftMillis().getAsDouble()) {
            return slow(
                    desired,
                    tick,
                    "Its first token came after "
                            + Math.round(tick.ttftMillis())
                            + " ms; its objective is "
                            + Math.round(desired.ttftMillis().getAsDouble())
                            + " ms.",
                    "");
        }
        return good(
                desired.model(),
                "First token after "
                        + Math.round(tick.ttftMillis())
                        + " ms"
                        + (rate > 0 ? ", " + one(rate) + " tokens a second." : "."),
                tick.ttftMillis());
    }

    private static Verdict slow(Desired desired, TickResult tick, String reason, String next) {
        return new Verdict(
                desired.model(),
                false,
                Verdict.Code.DEGRADED,
                reason,
                next,
                true,
                tick.ttftMillis());
    }

    private static Verdict good(String model, String reason, double ttftMillis) {
        return new Verdict(model, true, Verdict.Code.READY, reason, "", true, ttftMillis);
    }

    private static Verdict bad(
            String model, Verdict.Code code, String reason, String next, boolean resident) {
        return new Verdict(model, false, code, reason, next, resident, -1);
    }

    private static String percent(double share) {
        return Math.round(share * 100) + " %";
    }

    private static String one(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    static boolean isSlow(Desired desired, ModelNote note, TickResult tick) {
        return tick.isGood() && tick.computed() && !measured(desired, note, tick).ready();
    }

    /** Returns when a quarrel is over at the earliest. */
    static boolean isQuiet(ModelNote note, Instant now) {
        return note.evictions.stream().noneMatch(e -> e.isAfter(now.minus(WarmSet.CALM)));
    }
}
