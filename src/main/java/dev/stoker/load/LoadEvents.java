package dev.stoker.load;

import java.util.function.Consumer;

/** What happened in a load test, from its folder or from the store; can be read again and again. */
@FunctionalInterface
public interface LoadEvents {

    /**
     * Gives all events, in order, one at a time.
     *
     * @throws dev.stoker.base.UserError if they can't be read
     */
    void read(Consumer<LoadEvent> events);
}
