package dev.stoker.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes the summary of a load test from its events. Reads them twice: first for the steps' bounds,
 * then for the requests, of which none is kept. Stateless.
 */
public final class LoadReader {
    /**
     * A full load that lasted for a smaller share of the step is no steady window: then the figures
     * are of the whole step, and say so.
     */
    private static final double SHORTEST_SHARE = 1.0 / 3;

    private LoadReader() {}

    /** What is known of a step before its requests are added up. */
    private static final class Bounds {
        private Optional<LoadEvent.StepStarted> started = Optional.empty();
        private Optional<LoadEvent.StepEnded> ended = Optional.empty();
        private long lastBegun;
        private long lastEnded;

        /** Without an end (the process was killed) the full load lasted to the last start. */
        private long windowEnd() {
            return ended.map(LoadEvent.StepEnded::windowEnd).orElse(lastBegun);
        }

        private StepWindow window(LoadEvent.StepStarted step) {
            long from = step.lead().toNanos();
            boolean steady = windowEnd() - from >= SHORTEST_SHARE * (lastEnded - from);
            return new StepWindow(from, steady ? windowEnd() : lastEnded, lastEnded, steady);
        }
    }

    /** Returns the summary; goodput and verdicts are by the objectives. */
    public static LoadSummary summary(LoadFolder folder, List<Objective> objectives) {
        return summary(folder, objectives, LoadObserver.none());
    }

    /** Returns the summary, and shows every event of every step to an observer on the way. */
    public static LoadSummary summary(
            LoadFolder folder, List<Objective> objectives, LoadObserver observer) {
        return summary(folder.header(), folder, objectives, observer);
    }

    /** The same of events from wherever they are kept. */
    public static LoadSummary summary(
            LoadHeader header,
            LoadEvents events,
            List<Objective> objectives,
            LoadObserver observer) {
        Map<Integer, Bounds> bounds = new TreeMap<>();
        events.read(event -> {
            Bounds b = bounds.computeIfAbsent(event.step(), _ -> new Bounds());
            switch (event) {
                case LoadEvent.StepStarted e -> b.started = Optional.of(e);
                case LoadEvent.StepEnded e -> b.ended = Optional.of(e);
                case LoadEvent.ServerSampled _ -> {}
                case LoadEvent.RequestEnded e -> {
                    b.lastBegun = Math.max(b.lastBegun, e.at());
                    b.lastEnded = Math.max(b.lastEnded, e.at() + e.trace().endNanos());
                }
            }
        });
        Map<Integer, StepTally> tallies = new TreeMap<>();
        Map<Integer, StepWindow> windows = new TreeMap<>();
        bounds.forEach((step, b) ->
                b.started.ifPresent(s -> {
                    StepWindow window = b.window(s);
                    windows.put(step, window);
                    tallies.put(step, new StepTally(s, window, objectives));
                }));
        events.read(event -> {
            StepTally tally = tallies.get(event.step());
            StepWindow window = windows.get(event.step());
            if (tally == null || window == null) {
                return;
            }
            if (event instanceof LoadEvent.RequestEnded e) {
                tally.add(e);
            }
            observer.event(event, window);
        });
        List<StepSummary> steps = new ArrayList<>();
        tallies.forEach((step, tally) -> {
            Bounds b = bounds.get(step);
            steps.add(tally.summary(step, b == null ? Optional.empty() : b.ended));
        });
        return new LoadSummary(header, steps);
    }
}
