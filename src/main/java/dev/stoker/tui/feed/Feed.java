package dev.stoker.tui.feed;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Tells what a machine does, on a thread of its own, until it is closed. The screen's thread may
 * call any method at any time; none of them waits.
 */
public interface Feed extends AutoCloseable {

    /** Returns the name of the machine. */
    String host();

    /** Begins to tell. Called once. */
    void start(Consumer<Update> sink);

    /** Returns how often it looks. */
    Duration interval();

    /** Looks so often from now on, if that is in its hand. */
    default void interval(Duration interval) {}

    @Override
    void close();
}
