package dev.stoker.sim.engine;

import java.util.ArrayList;
import java.util.List;

/** What the server has done since its start, for the metrics pages. Thread-safe. */
public final class Counters {
    private static final int REMEMBERED = 100_000;

    private final List<Finished> finished = new ArrayList<>();
    private Totals totals = new Totals(0, 0, 0, 0, 0, 0, 0);

    /** Sums since the start, as the metrics pages want them: numbers with a point. */
    public record Totals(
            double requests,
            double promptTokens,
            double cachedTokens,
            double tokens,
            double promptSeconds,
            double decodeSeconds,
            double longest) {}

    /** One finished request, times in simulated seconds. */
    public record Finished(
            Result result, double firstTokenSeconds, double allSeconds, double queueSeconds) {}

    synchronized void add(Result r) {
        double queue = r.waitNanos() / 1e9;
        double first = queue + r.promptNanos() / 1e9;
        if (finished.size() < REMEMBERED) {
            finished.add(new Finished(r, first, first + r.decodeNanos() / 1e9, queue));
        }
        totals =
                new Totals(
                        totals.requests() + 1,
                        totals.promptTokens() + r.promptTokens() - r.cachedTokens(),
                        totals.cachedTokens() + r.cachedTokens(),
                        totals.tokens() + r.tokens(),
                        totals.promptSeconds() + r.promptNanos() / 1e9,
                        totals.decodeSeconds() + r.decodeNanos() / 1e9,
                        Math.max(totals.longest(), (double) (r.promptTokens() + r.tokens())));
    }

    synchronized void clear() {
        finished.clear();
        totals = new Totals(0, 0, 0, 0, 0, 0, 0);
    }

    public synchronized Totals totals() {
        return totals;
    }

    public synchronized List<Finished> finished() {
        return List.copyOf(finished);
    }
}
