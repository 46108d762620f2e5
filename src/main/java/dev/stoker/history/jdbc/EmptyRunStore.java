package dev.stoker.history.jdbc;

import dev.stoker.history.JournalLine;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.RunSummary;
import dev.stoker.history.StoredEvent;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A store that is not there yet, for those who only look: it has no run. Stateless. */
record EmptyRunStore(String place) implements RunStore {
    @Override
    public void put(Run run, Stream<? extends JournalLine> journal) {
        throw notThere();
    }

    private static IllegalStateException notThere() {
        return new IllegalStateException("a store opened for looking was changed");
    }

    @Override
    public List<RunSummary> list(int most) {
        return List.of();
    }

    @Override
    public Optional<Run> get(String id) {
        return Optional.empty();
    }

    @Override
    public List<String> idsWithPrefix(String prefix, int most) {
        return List.of();
    }

    @Override
    public Optional<String> tagged(String tag) {
        return Optional.empty();
    }

    @Override
    public List<StoredEvent> events(String id) {
        return List.of();
    }

    @Override
    public void journal(String id, Consumer<JournalLine> each) {}

    @Override
    public Optional<String> tag(String id, String tag) {
        throw notThere();
    }

    @Override
    public Optional<String> untag(String tag) {
        throw notThere();
    }

    @Override
    public void note(String id, String note) {
        throw notThere();
    }

    @Override
    public boolean delete(String id) {
        throw notThere();
    }

    @Override
    public void close() {}
}
