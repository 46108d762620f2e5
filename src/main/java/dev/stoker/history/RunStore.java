package dev.stoker.history;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Keeps runs. Every change is made whole or not at all. Used by one thread at a time; several
 * processes may use the same store. All methods throw {@link dev.stoker.base.UserError} with one
 * sentence where the store can't be read or written.
 */
public interface RunStore extends AutoCloseable {

    /**
     * Keeps a run with its journal, which is taken line by line and may be long. A run with the
     * same id is replaced, but its tags and its note stay, and those of this run are added.
     */
    void put(Run run, Stream<? extends JournalLine> journal);

    /** Returns the latest runs, newest first. */
    List<RunSummary> list(int most);

    /** Returns the run with exactly this id. */
    Optional<Run> get(String id);

    /** Returns up to so many ids that begin with this text, newest first. */
    List<String> idsWithPrefix(String prefix, int most);

    /** Returns the id of the run that has this tag. */
    Optional<String> tagged(String tag);

    /** Hands out a run's journal, in its order, line by line. */
    void journal(String id, Consumer<JournalLine> each);

    /** Returns what a run's journal has besides requests, in its order; the header first. */
    List<StoredEvent> events(String id);

    /** Hands out a run's requests, in their order, one by one. */
    default void requests(String id, Consumer<StoredRequest> each) {
        journal(
                id,
                line -> {
                    if (line instanceof StoredRequest request) {
                        each.accept(request);
                    }
                });
    }

    /** Gives a tag to a run; returns the id of the run that had it before. */
    Optional<String> tag(String id, String tag);

    /** Takes a tag away; returns the id of the run that had it. */
    Optional<String> untag(String tag);

    /** Replaces a run's note; an empty one takes it away. */
    void note(String id, String note);

    /** Deletes a run and everything that belongs to it; returns whether there was one. */
    boolean delete(String id);

    /** Returns where the store is, fit to be printed: without a password. */
    String place();

    @Override
    void close();
}
