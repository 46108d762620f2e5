package dev.stoker.history;

import java.util.function.Consumer;

/** A run's journal, wherever it is kept; can be read again and again. */
@FunctionalInterface
public interface JournalSource {

    /** Hands out the lines, in their order, one by one. */
    void read(Consumer<JournalLine> each);
}
