package dev.stoker.load;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.history.JournalLine;
import dev.stoker.history.JournalSource;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.Setting;
import dev.stoker.history.StoredEvent;
import dev.stoker.history.StoredRequest;
import dev.stoker.history.Subject;
import dev.stoker.json.Json;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A load test as a run of the store, and back. Every step is a subject of its own, so that each
 * load is compared with the same load of another run; the unit of its figures is the block ({@link
 * StepBlocks}). Stateless.
 */
public final class LoadRuns {
    private LoadRuns() {}

    /**
     * A load test that was read once.
     *
     * @param summary for the report
     * @param run for the store and for comparisons
     */
    public record Measured(LoadSummary summary, Run run) {}

    /** Reads the folder of a load test, as far as it got. */
    public static Measured read(LoadFolder folder) {
        return read(folder.header(), folder.setting(), folder);
    }

    static Measured read(LoadHeader header, Setting setting, LoadEvents events) {
        return read(header, setting, events, LoadObserver.none());
    }

    /** Reads the events of a load test, and shows every one to an observer on the way. */
    public static Measured read(
            LoadHeader header, Setting setting, LoadEvents events, LoadObserver observer) {
        Map<Integer, StepBlocks> blocks = new HashMap<>();
        LoadSummary summary =
                LoadReader.summary(
                        header,
                        events,
                        header.objectives(),
                        (event, window) -> {
                            observer.event(event, window);
                            switch (event) {
                                case LoadEvent.StepStarted e ->
                                        blocks.put(e.step(), new StepBlocks(e, window));
                                case LoadEvent.RequestEnded e -> {
                                    StepBlocks own = blocks.get(e.step());
                                    if (own != null) {
                                        own.add(e);
                                    }
                                }
                                default -> {}
                            }
                        });
        StepNames names = new StepNames(header.model());
        List<Subject> subjects = new ArrayList<>();
        for (StepSummary s : summary.steps()) {
            StepBlocks own = blocks.get(s.index());
            subjects.add(
                    new Subject(
                            names.add(s.started()),
                            outcome(s),
                            reason(s),
                            Setting.empty(),
                            s.ok(),
                            s.failed(),
                            own == null ? List.of() : own.series()));
        }
        return new Measured(
                summary,
                new Run(
                        header.id(),
                        "load",
                        header.startedEpochMillis(),
                        isComplete(summary),
                        header.simulatedBox().isPresent(),
                        setting,
                        subjects,
                        List.of(),
                        ""));
    }

    private static Subject.Outcome outcome(StepSummary s) {
        if (s.failed() > 0) {
            return Subject.Outcome.FAILED;
        }
        return s.why().equals("done") && s.ok() > 0
                ? Subject.Outcome.PASSED
                : Subject.Outcome.UNFINISHED;
    }

    private static String reason(StepSummary s) {
        List<String> kinds = new ArrayList<>();
        new TreeMap<>(s.failures()).forEach((kind, n) -> kinds.add(n + " " + kind));
        return kinds.isEmpty()
                ? ""
                : s.failed() + " of " + s.sent() + " requests failed: " + String.join(", ", kinds);
    }

    /** A sweep finds its steps as it goes: it is whole when its last step is. */
    private static boolean isComplete(LoadSummary summary) {
        List<StepSummary> steps = summary.steps();
        boolean sweep = Json.truth(summary.header().options(), "sweep").orElse(false);
        int wanted = summary.header().options().path("loads").size();
        boolean ended =
                steps.stream()
                        .allMatch(s -> s.why().equals("done") || s.why().equals("error-rate"));
        boolean stopped = !steps.isEmpty() && steps.getLast().why().equals("error-rate");
        return ended && !steps.isEmpty() && (sweep || stopped || steps.size() >= wanted);
    }

    /**
     * Returns the journal for the store: the header, then every event in its order, read while they
     * are taken. To be closed.
     */
    public static Stream<JournalLine> journal(LoadFolder folder) {
        LoadHeader header = folder.header();
        StepNames names = new StepNames(header.model());
        Stream<JournalLine> first = Stream.of(new StoredEvent(Json.write(header.json())));
        return Stream.concat(first, folder.stream().map(e -> line(e, names)));
    }

    private static JournalLine line(LoadEvent event, StepNames names) {
        return switch (event) {
            case LoadEvent.StepStarted e -> {
                names.add(e);
                yield new StoredEvent(json(e));
            }
            case LoadEvent.StepEnded _, LoadEvent.ServerSampled _ -> new StoredEvent(json(event));
            case LoadEvent.RequestEnded r ->
                    new StoredRequest(names.of(r.step()), "", r.step(), true, r.at(), r.trace());
        };
    }

    private static String json(LoadEvent event) {
        return Json.write(Json.tree(out -> LoadEventJson.write(out, event)));
    }

    /**
     * Returns what was asked, from the store alone; empty where it has no journal of such a load
     * test. Reads no request.
     */
    public static Optional<LoadHeader> header(RunStore store, String id) {
        return store.events(id).stream().findFirst().map(e -> header(id, e.json()));
    }

    private static LoadHeader header(String id, String json) {
        try {
            return LoadHeader.read(
                    Json.parse(json)
                            .orElseThrow(() -> new IllegalArgumentException("it is no JSON")));
        } catch (IllegalArgumentException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The journal of run " + id + " can not be read: " + e.getMessage() + ".",
                    "It may be of another version of Stoker.",
                    e);
        }
    }

    /**
     * Returns the events of a load test in the store; they are read from it, page by page, whenever
     * they are asked for, so the store has to be open then.
     */
    public static LoadEvents events(RunStore store, String id) {
        return events(each -> store.journal(id, each));
    }

    /** Returns the events of a load test's journal, read from it whenever they are asked for. */
    public static LoadEvents events(JournalSource journal) {
        return each ->
                journal.read(line -> {
                    switch (line) {
                        case StoredRequest r ->
                                each.accept(
                                        new LoadEvent.RequestEnded(
                                                r.iteration(), r.at(), r.trace()));
                        // The header is no event, and is passed over here.
                        case StoredEvent(String json) ->
                                Json.parse(json).flatMap(LoadEventJson::read).ifPresent(each);
                    }
                });
    }

    /** Returns what was asked, from a journal; empty where it does not begin with a header. */
    public static Optional<LoadHeader> header(JournalSource journal, String id) {
        List<LoadHeader> found = new ArrayList<>();
        boolean[] begun = {false};
        journal.read(line -> {
            if (!begun[0] && line instanceof StoredEvent(String json)) {
                found.add(header(id, json));
            }
            begun[0] = true;
        });
        return found.stream().findFirst();
    }

    /**
     * Returns the summary of a load test from the store alone: the same that {@link
     * LoadReader#summary} makes from its folder. Empty where the store has no journal of it.
     */
    public static Optional<LoadSummary> summary(RunStore store, String id) {
        return summary(store, id, LoadObserver.none());
    }

    /** The same, and shows every event of every step to an observer on the way. */
    public static Optional<LoadSummary> summary(RunStore store, String id, LoadObserver observer) {
        return header(store, id)
                .map(h -> LoadReader.summary(h, events(store, id), h.objectives(), observer));
    }
}
