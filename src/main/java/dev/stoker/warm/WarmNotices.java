package dev.stoker.warm;

import dev.stoker.alert.Notice;
import dev.stoker.alert.Severity;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** What people are to be told of a round. Pure. */
public final class WarmNotices {
    private static final double NEARLY_FULL = 0.95;
    private static final double FILLING = 0.8;
    private static final Duration SLOW_FOR = Duration.ofMinutes(1);

    private WarmNotices() {}

    /**
     * @param server the server's URL
     * @param memoryUsed the used share of the memory for models, 0 to 1, where that is known
     */
    public static List<Notice> of(String server, Keeper.Round round, OptionalDouble memoryUsed) {
        List<Notice> all = new ArrayList<>();
        for (Verdict verdict : round.verdicts().values()) {
            switch (verdict.code()) {
                case READY, RESTING -> {}
                case SERVER_DOWN -> {
                    if (all.isEmpty()) {
                        all.add(notice(server, "", verdict, server, round));
                    }
                }
                case NOT_READY, EVICTED, CPU_FALLBACK, DEGRADED, THRASH -> {
                    if (round.seen().health() == Seen.Health.UP && !isBrief(verdict, round)) {
                        all.add(notice(server, verdict.model(), verdict, verdict.model(), round));
                    }
                }
            }
        }
        for (Map.Entry<String, String> gone : round.lost().entrySet()) {
            Verdict verdict = round.verdicts().get(gone.getKey());
            if (verdict != null && verdict.ready()) {
                all.add(
                        new Notice(
                                Verdict.Code.EVICTED.text() + " " + server + " " + gone.getKey(),
                                Verdict.Code.EVICTED.text(),
                                Severity.WARNING,
                                gone.getKey(),
                                "It was out of memory: "
                                        + gone.getValue()
                                        + ". It is loaded again.",
                                "",
                                round.seen().at()));
            }
        }
        if (memoryUsed.orElse(0) >= FILLING) {
            all.add(memory(server, memoryUsed.getAsDouble(), round));
        }
        return all;
    }

    /** A slow answer may be a neighbour's doing, and over soon. */
    private static boolean isBrief(Verdict verdict, Keeper.Round round) {
        Instant since = round.slowSince().get(verdict.model());
        return verdict.code() == Verdict.Code.DEGRADED
                && (since == null || since.plus(SLOW_FOR).isAfter(round.seen().at()));
    }

    private static Notice notice(
            String server, String model, Verdict verdict, String subject, Keeper.Round round) {
        return new Notice(
                verdict.code().text() + " " + server + " " + model,
                verdict.code().text(),
                switch (verdict.code()) {
                    case READY, RESTING -> Severity.NOTE;
                    case EVICTED, DEGRADED -> Severity.WARNING;
                    case NOT_READY, CPU_FALLBACK, THRASH, SERVER_DOWN -> Severity.CRITICAL;
                },
                subject,
                verdict.reason(),
                verdict.next(),
                round.seen().at());
    }

    private static Notice memory(String server, double used, Keeper.Round round) {
        return new Notice(
                "warm-memory " + server,
                "warm-memory",
                used >= NEARLY_FULL ? Severity.CRITICAL : Severity.WARNING,
                server,
                "The memory for models is " + Math.round(used * 100) + " % full.",
                used >= NEARLY_FULL
                        ? "A longer context or one more model may fail: 'stoker plan' shows what"
                                + " fits."
                        : "",
                round.seen().at());
    }
}
