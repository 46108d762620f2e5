package dev.stoker.load;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.history.JournalLine;
import dev.stoker.history.RunStore;
import dev.stoker.history.StoredEvent;
import dev.stoker.history.StoredRequest;
import dev.stoker.json.Json;

import java.util.Optional;
import java.util.stream.Stream;

/** A load test's events as the journal that the store keeps, and back. Stateless. */
public final class LoadRuns {
    private LoadRuns() {}

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
        return each ->
                store.journal(
                        id,
                        line -> {
                            switch (line) {
                                case StoredRequest r ->
                                        each.accept(
                                                new LoadEvent.RequestEnded(
                                                        r.iteration(), r.at(), r.trace()));
                                // The header is no event, and is passed over here.
                                case StoredEvent(String json) ->
                                        Json.parse(json)
                                                .flatMap(LoadEventJson::read)
                                                .ifPresent(each);
                            }
                        });
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
